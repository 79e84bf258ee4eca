// Vehicles: rows from the desk, glided from fix to fix, copied from the sprite sheet into one image.
// Rows are 12 bytes: int32 x, int32 y, uint8 heading, uint8 look, uint16 generation (see vehicle_slots.py).
"use strict";

(function () {
    const UNIT = Math.pow(2, 31) - 1;
    const ROW_BYTES = 12;
    const EMPTY = 255;
    const NO_HEADING = 255;
    const PAUSED = 3;
    const STALE = 4;
    const OFF = 5;
    const STATES = 6;
    const LONGEST_GLIDE_MS = 15000;
    const JUMP = 5e-5; // of the unit square: 2 km at the equator; further is no driving between two fixes
    const CROWD = 1500;
    const CROWD_ZOOM = 13;

    liveMap.Vehicles = class {
        constructor(map) {
            this.canvas = new liveMap.ScreenCanvas(map, 420);
            this.count = 0;
            this.hold = false;
            this.frame = null;
            this.clusters = new liveMap.Clusters();
            this._grow(256);
        }

        _grow(capacity) {
            const keep = (old, kind) => {
                const grown = new kind(capacity);
                if (old) grown.set(old);
                return grown;
            };
            for (const name of ["fromX", "fromY", "toX", "toY", "since", "lasts", "x", "y"]) {
                this[name] = keep(this[name], Float64Array);
            }
            this.heading = keep(this.heading, Uint8Array);
            this.look = keep(this.look, Uint8Array);
            this.generation = keep(this.generation, Uint16Array);
            this.capacity = capacity;
        }

        setSprites(bytes, width, height, cell) {
            const pixels = new Uint8ClampedArray(bytes);
            this.sheet = { words: new Uint32Array(pixels.buffer), width, cell };
            this.drawing = document.createElement("canvas");
            this.drawing.width = width;
            this.drawing.height = height;
            this.drawing.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
        }

        // Takes all rows. A changed position starts a glide that lasts as long as the fix was away.
        setRows(buffer, now) {
            const table = new DataView(buffer);
            const count = buffer.byteLength / ROW_BYTES;
            if (count > this.capacity) this._grow(2 * count);
            for (let slot = 0; slot < count; slot++) {
                const at = slot * ROW_BYTES;
                const x = table.getInt32(at, true) / UNIT;
                const y = table.getInt32(at + 4, true) / UNIT;
                const look = table.getUint8(at + 9);
                const generation = table.getUint16(at + 10, true);
                const known =
                    slot < this.count && this.look[slot] !== EMPTY && this.generation[slot] === generation;
                this._head(slot, x, y, now, known);
                this.heading[slot] = table.getUint8(at + 8);
                this.look[slot] = look;
                this.generation[slot] = generation;
            }
            this.count = count;
        }

        _head(slot, x, y, now, known) {
            if (known && x === this.toX[slot] && y === this.toY[slot]) return;
            const far = Math.hypot(x - this.toX[slot], y - this.toY[slot]) > JUMP;
            const glides = known && !far && !this.still;
            this._place(slot, now);
            this.fromX[slot] = glides ? this.x[slot] : x;
            this.fromY[slot] = glides ? this.y[slot] : y;
            this.toX[slot] = x;
            this.toY[slot] = y;
            this.lasts[slot] = glides ? Math.min(now - this.since[slot], LONGEST_GLIDE_MS) : 0;
            this.since[slot] = now;
            this._place(slot, now);
        }

        _place(slot, now) {
            const lasts = this.lasts[slot];
            const share = lasts > 0 ? Math.min(1, (now - this.since[slot]) / lasts) : 1;
            this.x[slot] = this.fromX[slot] + (this.toX[slot] - this.fromX[slot]) * share;
            this.y[slot] = this.fromY[slot] + (this.toY[slot] - this.fromY[slot]) * share;
            return share < 1;
        }

        // Moves all vehicles to where they are now; the speed of the quickest in the unit square per second, 0 when
        // none glides.
        glide(now) {
            let quickest = 0;
            for (let slot = 0; slot < this.count; slot++) {
                if (this.look[slot] === EMPTY || !this._place(slot, now)) continue;
                const apart = Math.hypot(this.toX[slot] - this.fromX[slot], this.toY[slot] - this.fromY[slot]);
                quickest = Math.max(quickest, (apart * 1000) / this.lasts[slot]);
            }
            return quickest;
        }

        isPresent(slot) {
            return slot >= 0 && slot < this.count && this.look[slot] !== EMPTY;
        }

        isSelected(slot) {
            return (this.look[slot] & 64) !== 0;
        }

        level(slot) {
            return (this.look[slot] >> 3) & 7;
        }

        selectedSlot() {
            for (let slot = 0; slot < this.count; slot++) {
                if (this.look[slot] !== EMPTY && this.isSelected(slot)) return slot;
            }
            return -1;
        }

        point(slot) {
            return [this.x[slot], this.y[slot]];
        }

        _state(slot) {
            const state = this.look[slot] & 7;
            if (this.hold && state !== OFF) return STALE;
            return state;
        }

        _column(slot) {
            const turns = this.heading[slot] !== NO_HEADING && this._state(slot) !== PAUSED;
            return turns ? this.heading[slot] : 0;
        }

        // Where a vehicle is drawn, in pixels of the map.
        place(slot, view) {
            const [dx, dy] = this.clusters.shift(slot);
            return [this.x[slot] * view.size - view.left + dx, this.y[slot] * view.size - view.top + dy];
        }

        // Draws what is neither selected nor an exception.
        drawNormal(view, tokens) {
            const canvas = this.canvas;
            if (canvas.fit(view) || this.frame === null) {
                this.frame = canvas.context.createImageData(canvas.element.width, canvas.element.height);
                this.words = new Uint32Array(this.frame.data.buffer);
            }
            this.words.fill(0);
            const shown = this._visible(view);
            const places = shown.map((slot) => this.place(slot, view));
            if (shown.length > CROWD && view.zoom <= CROWD_ZOOM) {
                this.clusters.groups = [];
                places.forEach((place) => this._dot(place));
                canvas.context.putImageData(this.frame, 0, 0);
                return;
            }
            const groups = this.clusters.group(shown, places);
            groups.forEach((group) => this._blit(group.slots[0], group.x, group.y));
            canvas.context.putImageData(this.frame, 0, 0);
            canvas.context.setTransform(canvas.scale, 0, 0, canvas.scale, 0, 0);
            this.clusters.annotate(canvas.context, (slot) => this.place(slot, view), tokens);
        }

        _visible(view) {
            const shown = [];
            for (let slot = 0; slot < this.count; slot++) {
                if (this.look[slot] === EMPTY || this.look[slot] >= 8) continue;
                const x = this.x[slot] * view.size - view.left;
                const y = this.y[slot] * view.size - view.top;
                if (x > -14 && y > -14 && x < view.width + 14 && y < view.height + 14) shown.push(slot);
            }
            return shown;
        }

        // Copies a sprite; where two overlap the more opaque pixel stays.
        _blit(slot, x, y) {
            const sheet = this.sheet;
            const cell = sheet.cell;
            const scale = this.canvas.scale;
            const left = Math.round(x * scale - cell / 2);
            const top = Math.round(y * scale - cell / 2);
            const width = this.frame.width;
            const firstRow = Math.max(0, -top);
            const lastRow = Math.min(cell, this.frame.height - top);
            const first = Math.max(0, -left);
            const last = Math.min(cell, width - left);
            const source = this._state(slot) * cell * sheet.width + this._column(slot) * cell;
            for (let row = firstRow; row < lastRow; row++) {
                const from = source + row * sheet.width;
                const to = (top + row) * width + left;
                for (let column = first; column < last; column++) {
                    const word = sheet.words[from + column];
                    if (word >>> 24 > this.words[to + column] >>> 24) this.words[to + column] = word;
                }
            }
        }

        // At low zoom thousands of kites would hide the map.
        _dot([x, y]) {
            const scale = this.canvas.scale;
            const side = Math.round(3 * scale);
            const left = Math.round(x * scale - side / 2);
            const top = Math.round(y * scale - side / 2);
            if (left < 0 || top < 0 || left + side > this.frame.width || top + side > this.frame.height) return;
            for (let row = top; row < top + side; row++) {
                this.words.fill(this.dotWord, row * this.frame.width + left, row * this.frame.width + left + side);
            }
        }

        setDotColour(colour) {
            const number = parseInt(colour.slice(1), 16);
            const [red, green, blue] = [number >> 16, (number >> 8) & 255, number & 255];
            this.dotWord = ((168 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
        }

        // Draws exceptions and, over them, the selected vehicle.
        drawMarked(context, view) {
            const marked = [];
            for (let slot = 0; slot < this.count; slot++) {
                if (this.look[slot] !== EMPTY && this.look[slot] >= 8) marked.push(slot);
            }
            marked.sort((a, b) => this.isSelected(a) - this.isSelected(b) || this.level(b) - this.level(a));
            for (const slot of marked) this._drawOne(context, slot, view);
        }

        _drawOne(context, slot, view) {
            const cell = this.sheet.cell;
            const ink = this.isSelected(slot) && this.level(slot) === 0 ? 5 : this.level(slot) || 5;
            const side = cell / this.canvas.scale;
            const x = Math.round(view.x(this.point(slot)) - side / 2);
            const y = Math.round(view.y(this.point(slot)) - side / 2);
            const top = (ink * STATES + this._state(slot)) * cell;
            context.drawImage(this.drawing, this._column(slot) * cell, top, cell, cell, x, y, side, side);
        }

        // The vehicle nearest to a place on the screen within `reach` pixels, -1 when there is none.
        nearest(x, y, reach, view, onlyMarked) {
            let best = -1;
            let least = reach;
            for (let slot = 0; slot < this.count; slot++) {
                if (this.look[slot] === EMPTY || (onlyMarked && this.look[slot] < 8)) continue;
                const place = this.place(slot, view);
                const distance = Math.hypot(place[0] - x, place[1] - y);
                if (distance <= least) {
                    least = distance;
                    best = slot;
                }
            }
            return best;
        }
    };
})();
