// A shape drawn by hand: its edge, its handles, where it is wrong; and what the hand does to it, told to the desk.
"use strict";

(function () {
    const REACH = 12;
    const SIDE = 8;
    const MIDDLE_SIDE = 5;

    const trace = (context, line, view, closed) => {
        line.forEach((point, index) => {
            if (index === 0) context.moveTo(view.x(point), view.y(point));
            else context.lineTo(view.x(point), view.y(point));
        });
        if (closed && line.length) context.closePath();
    };

    liveMap.Editor = class {
        constructor(page) {
            this.page = page;
            this.canvas = new liveMap.ScreenCanvas(page.map, 440);
            this.shape = null;
            this.held = null;
            this.pending = null;
        }

        setShape(shape) {
            this.shape = shape;
            if (!shape) this.held = null;
            this.page.map.getContainer().style.cursor = shape && shape.adds ? "crosshair" : "";
        }

        // Before Leaflet hears of it: what is taken hold of here moves, not the map.
        listen() {
            const container = this.page.map.getContainer();
            container.addEventListener("mousedown", (event) => this._press(event), true);
            window.addEventListener("mousemove", (event) => this._move(event), true);
            window.addEventListener("mouseup", (event) => this._release(event), true);
            container.addEventListener("contextmenu", (event) => this._remove(event), true);
        }

        _place(event) {
            const frame = this.page.map.getContainer().getBoundingClientRect();
            return { x: event.clientX - frame.left, y: event.clientY - frame.top };
        }

        _hit({ x, y }) {
            if (!this.shape) return null;
            const view = liveMap.viewOf(this.page.map);
            const near = this.shape.handles
                .map((handle) => [Math.hypot(view.x(handle.at) - x, view.y(handle.at) - y), handle])
                .filter(([distance]) => distance <= REACH)
                .sort((a, b) => (a[1].kind === "middle") - (b[1].kind === "middle") || a[0] - b[0]);
            return near.length ? near[0][1] : null;
        }

        _tell(deed, handle, { x, y }) {
            const view = liveMap.viewOf(this.page.map);
            this.page.desk.report_edit(deed, handle, (x + view.left) / view.size, (y + view.top) / view.size);
        }

        _press(event) {
            const place = this._place(event);
            const handle = event.button === 0 ? this._hit(place) : null;
            if (!handle) return;
            event.stopImmediatePropagation();
            this.held = { id: handle.id, moved: false };
            this._tell("grab", handle.id, place);
        }

        // One place a frame: more would only queue up.
        _move(event) {
            if (!this.held) return;
            event.stopImmediatePropagation();
            this.held.moved = true;
            const isWaiting = this.pending !== null;
            this.pending = this._place(event);
            if (!isWaiting) requestAnimationFrame(() => this._sendMove());
        }

        _sendMove() {
            const place = this.pending;
            this.pending = null;
            if (place && this.held) this._tell("drag", this.held.id, place);
        }

        _release(event) {
            if (!this.held) return;
            event.stopImmediatePropagation();
            const place = this._place(event);
            this._sendMove();
            this._tell("drop", this.held.id, place);
            this.held = null;
            this.wasHeld = true;
            setTimeout(() => (this.wasHeld = false), 0); // the click of this very press comes before
        }

        _remove(event) {
            if (!this.shape) return;
            event.preventDefault();
            const place = this._place(event);
            const handle = this._hit(place);
            if (handle) this._tell("remove", handle.id, place);
        }

        // A click that Leaflet reports; the one after a drag is none.
        click(place, isSecond) {
            if (this.wasHeld || this._hit(place)) return;
            this._tell(isSecond ? "finish" : "place", "", place);
        }

        draw(view, tokens) {
            this.canvas.fit(view);
            const context = this.canvas.begin();
            if (!this.shape) return;
            context.lineJoin = "round";
            this._corridor(context, view, tokens);
            context.beginPath();
            this.shape.rings.forEach((ring) => trace(context, ring, view, true));
            this._fill(context, tokens, "evenodd");
            this._stroke(context, tokens, []);
            context.beginPath();
            trace(context, this.shape.open, view, false);
            this._stroke(context, tokens, [5, 4]);
            this.shape.handles.forEach((handle) => this._handle(context, handle, view, tokens));
            if (this.shape.fault) this._fault(context, view, tokens);
        }

        _corridor(context, view, tokens) {
            if (this.shape.line.length < 2) return;
            context.beginPath();
            trace(context, this.shape.line, view, false);
            context.globalAlpha = 0.22;
            context.strokeStyle = tokens.acc;
            context.lineWidth = Math.max(2, this.shape.width * view.size);
            context.lineCap = "round";
            context.stroke();
            context.lineCap = "butt";
            context.globalAlpha = 1;
            this._stroke(context, tokens, []);
        }

        _fill(context, tokens, rule) {
            context.globalAlpha = 0.12;
            context.fillStyle = tokens.acc;
            context.fill(rule);
            context.globalAlpha = 1;
        }

        _stroke(context, tokens, dash) {
            context.setLineDash(dash);
            context.strokeStyle = tokens.acc;
            context.lineWidth = 1.6;
            context.stroke();
            context.setLineDash([]);
        }

        _handle(context, handle, view, tokens) {
            const side = handle.kind === "middle" ? MIDDLE_SIDE : SIDE;
            const [x, y] = [Math.round(view.x(handle.at)), Math.round(view.y(handle.at))];
            context.beginPath();
            if (handle.kind === "corner") context.rect(x - side / 2, y - side / 2, side, side);
            else context.arc(x, y, side / 2 + (handle.kind === "middle" ? 0 : 1), 0, 2 * Math.PI);
            context.fillStyle = handle.kind === "middle" ? tokens.bg1 : tokens.acc;
            context.fill();
            context.lineWidth = handle.selected ? 2 : 1.2;
            context.strokeStyle = handle.selected ? tokens.ink1 : handle.kind === "middle" ? tokens.acc : tokens.bg1;
            context.stroke();
            if (!handle.selected) return;
            context.beginPath();
            context.arc(x, y, 10, 0, 2 * Math.PI);
            context.strokeStyle = tokens.acc;
            context.stroke();
        }

        // Where it is wrong: the shape of priority 2 with a ring, so that it is found without colour.
        _fault(context, view, tokens) {
            const [x, y] = [view.x(this.shape.fault), view.y(this.shape.fault)];
            context.beginPath();
            context.arc(x, y, 13, 0, 2 * Math.PI);
            context.lineWidth = 2.4;
            context.strokeStyle = tokens.priorities[1].edge;
            context.stroke();
            liveMap.alarmShape(context, 2, x, y, 17, tokens);
        }
    };
})();
