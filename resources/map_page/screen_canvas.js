// A canvas as large as the map's window, and the way from the Mercator unit square to its pixels.
"use strict";

const liveMap = { EARTH_METRES: 40075016.7 };

// Where the view is: container pixel = unit * size - left/top.
liveMap.viewOf = function (map) {
    const corner = map.getPixelBounds().min;
    const window = map.getSize();
    return {
        size: 256 * Math.pow(2, map.getZoom()),
        left: corner.x,
        top: corner.y,
        width: window.x,
        height: window.y,
        zoom: map.getZoom(),
        x(point) {
            return point[0] * this.size - this.left;
        },
        y(point) {
            return point[1] * this.size - this.top;
        },
    };
};

liveMap.ScreenCanvas = class {
    constructor(map, height) {
        this.element = document.createElement("canvas");
        this.element.className = "screen-canvas";
        this.element.style.zIndex = height;
        map.getContainer().appendChild(this.element);
        this.context = this.element.getContext("2d");
    }

    // Fits the canvas to the view; true when its size changed.
    fit(view) {
        this.scale = window.devicePixelRatio || 1;
        const width = Math.round(view.width * this.scale);
        const height = Math.round(view.height * this.scale);
        if (this.element.width === width && this.element.height === height) {
            return false;
        }
        this.element.width = width;
        this.element.height = height;
        this.element.style.width = view.width + "px";
        this.element.style.height = view.height + "px";
        return true;
    }

    // Empties the canvas and returns its context in pixels of the page.
    begin() {
        this.context.setTransform(1, 0, 0, 1, 0, 0);
        this.context.clearRect(0, 0, this.element.width, this.element.height);
        this.context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
        return this.context;
    }
};

// Text with a halo, so that it reads over streets.
liveMap.haloText = function (context, text, x, y, ink, halo) {
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = halo;
    context.strokeText(text, x, y);
    context.fillStyle = ink;
    context.fillText(text, x, y);
};

// The shape of an alarm priority, filled, with its digit: square, triangle up, triangle down, circle.
liveMap.alarmShape = function (context, level, x, y, side, tokens) {
    const colours = tokens.priorities[level - 1];
    const half = side / 2 - 1;
    context.beginPath();
    if (level === 1) {
        context.roundRect(x - half, y - half, 2 * half, 2 * half, 2.5);
    } else if (level === 4) {
        context.arc(x, y, half, 0, 2 * Math.PI);
    } else {
        const tip = level === 2 ? -half : half;
        context.moveTo(x, y + tip);
        context.lineTo(x + half, y - tip);
        context.lineTo(x - half, y - tip);
        context.closePath();
    }
    context.lineJoin = "round";
    context.fillStyle = colours.fill;
    context.fill();
    context.lineWidth = 1.6;
    context.strokeStyle = colours.frame || colours.edge;
    context.stroke();
    const drop = { 2: 0.13, 3: -0.13 }[level] || 0;
    context.font = `600 ${Math.max(7, Math.round(side * (drop ? 0.54 : 0.62)))}px Inter`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = colours.on;
    context.fillText(String(level), x, y + side * drop + 0.5);
};
