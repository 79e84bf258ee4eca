// What stands still on the map: legend, scale with attribution, hatching when the desk is not live.
"use strict";

(function () {
    const LEGEND = ["carrying", "to_pickup", "free", "paused", "stale", "off"];
    const LONGEST_BAR = 150;

    const element = (className, parent) => {
        const made = document.createElement("div");
        made.className = className;
        parent.appendChild(made);
        return made;
    };

    // The largest 1, 2 or 5 times a power of ten that is not above `limit`.
    const roundBelow = (limit) => {
        const power = Math.pow(10, Math.floor(Math.log10(limit)));
        return [5, 2, 1].map((digit) => digit * power).find((metres) => metres <= limit);
    };

    liveMap.Furniture = class {
        constructor(map) {
            this.container = map.getContainer();
            this.hatching = element("hatching", this.container);
            this.hatchingText = document.createElement("span");
            this.hatching.appendChild(this.hatchingText);
            const footer = element("footer", this.container);
            this.legend = element("legend", footer);
            this.scale = element("scale", footer);
            this.credit = element("credit", this.scale);
            this.bar = element("bar", this.scale);
            this.topInset = 0;
        }

        setWords(words) {
            this.words = words;
            this.credit.textContent = words.attribution;
        }

        drawLegend(drawing, cell) {
            const scale = window.devicePixelRatio || 1;
            this.legend.replaceChildren();
            LEGEND.forEach((state, row) => {
                const entry = document.createElement("span");
                const mark = document.createElement("canvas");
                mark.width = mark.height = cell;
                mark.style.width = mark.style.height = cell / scale + "px";
                mark.getContext("2d").drawImage(drawing, 0, row * cell, cell, cell, 0, 0, cell, cell);
                entry.append(mark, this.words[state]);
                this.legend.appendChild(entry);
            });
        }

        drawScale(view) {
            const latitude = Math.atan(Math.sinh(Math.PI * (1 - (2 * (view.top + view.height / 2)) / view.size)));
            const metres = (liveMap.EARTH_METRES * Math.cos(latitude)) / view.size;
            const length = roundBelow(LONGEST_BAR * metres);
            this.bar.style.width = Math.round(length / metres) + "px";
            this.bar.textContent =
                length >= 1000 ? `${length / 1000} ${this.words.kilometres}` : `${length} ${this.words.metres}`;
        }

        setHatched(hatched, text) {
            this.hatching.classList.toggle("shown", hatched);
            this.hatchingText.textContent = text;
        }

        setTopInset(pixels) {
            this.topInset = pixels;
            this.container.style.setProperty("--top-inset", pixels + "px");
        }

        // Boxes nothing else may cover, in pixels of the map.
        boxes(view) {
            const frame = this.container.getBoundingClientRect();
            const boxes = [this.legend, this.scale].map((part) => {
                const area = part.getBoundingClientRect();
                return {
                    left: area.left - frame.left - 6,
                    top: area.top - frame.top - 6,
                    right: area.right - frame.left + 6,
                    bottom: area.bottom - frame.top + 6,
                };
            });
            boxes.push({ left: 0, top: 0, right: view.width, bottom: this.topInset });
            return boxes;
        }
    };
})();
