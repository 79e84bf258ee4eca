// Callouts: two lines beside an exception, kept clear of each other, the legend and the edge, with a leader.
"use strict";

(function () {
    const HEIGHT = 34;
    const MOST = 8;
    const GAP = 6;
    const TURNS = [-0.5, 0.5, -2.6, 2.6, 0, Math.PI, -1.57, 1.57];
    const REACHES = [26, 44, 70, 104, 150];

    const overlap = (a, b) =>
        Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
        Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

    const box = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });

    liveMap.Callouts = class {
        constructor(map) {
            this.canvas = new liveMap.ScreenCanvas(map, 440);
            this.list = [];
            this.seats = new Map();
            this.drawn = [];
            this.selected = null;
        }

        _isSelected(callout) {
            const chosen = this.selected;
            return callout.selected || (chosen !== null && chosen.kind === callout.kind && chosen.id === callout.id);
        }

        // `reserved` are boxes no callout may cover, `marks` points it should not.
        draw(view, tokens, vehicles, reserved, marks) {
            this.canvas.fit(view);
            const context = this.canvas.begin();
            vehicles.drawMarked(context, view);
            const shown = this._inView(view, vehicles);
            const texts = new Set(shown.slice(0, MOST));
            this.drawn = this._seat(context, shown, texts, view, reserved, marks);
            this.drawn.forEach((item) => this._leader(context, item, tokens));
            this.drawn.forEach((item) => (item.seat ? this._box(context, item, tokens) : this._shape(context, item, tokens)));
        }

        _inView(view, vehicles) {
            return this.list
                .map((callout) => {
                    const point = vehicles.isPresent(callout.slot) ? vehicles.point(callout.slot) : callout.at;
                    return { callout, x: view.x(point), y: view.y(point) };
                })
                .filter((item) => item.x >= 0 && item.y >= 0 && item.x <= view.width && item.y <= view.height)
                .sort(
                    (a, b) =>
                        this._isSelected(b.callout) - this._isSelected(a.callout) ||
                        a.callout.level - b.callout.level ||
                        (a.callout.id < b.callout.id ? -1 : 1),
                );
        }

        _seat(context, shown, texts, view, reserved, marks) {
            const taken = [...reserved];
            const seats = new Map();
            for (const item of shown) {
                if (!texts.has(item)) continue;
                const width = this._width(context, item.callout);
                const seat = this._bestSeat(item, width, view, taken, marks.concat(shown));
                if (!seat) continue;
                item.seat = seat;
                taken.push(box(seat.left - GAP, seat.top - GAP, width + 2 * GAP, HEIGHT + 2 * GAP));
                seats.set(item.callout.id, { dx: seat.left - item.x, dy: seat.top - item.y });
            }
            this.seats = seats;
            return shown;
        }

        _width(context, callout) {
            context.font = "600 12px Inter";
            const title = context.measureText(callout.title).width;
            context.font = "400 11px Inter";
            return Math.ceil(Math.max(title, context.measureText(callout.detail).width)) + 36;
        }

        // The cheapest free place; the one it had is kept while it is free, so that nothing hops about.
        _bestSeat(item, width, view, taken, marks) {
            const frame = box(6, 6, view.width - 12, view.height - 12);
            const cost = (seat) => {
                const inner = seat.left >= frame.left && seat.right <= frame.right;
                if (!inner || seat.top < frame.top || seat.bottom > frame.bottom) return Infinity;
                if (taken.some((other) => overlap(seat, other) > 0)) return Infinity;
                const covered = marks.filter(
                    (mark) =>
                        mark.x > seat.left - 8 && mark.x < seat.right + 8 && mark.y > seat.top - 8 && mark.y < seat.bottom + 8,
                );
                return covered.length * 60;
            };
            const before = this.seats.get(item.callout.id);
            if (before) {
                const seat = box(item.x + before.dx, item.y + before.dy, width, HEIGHT);
                if (cost(seat) < 60) return seat;
            }
            let best = null;
            let least = Infinity;
            REACHES.forEach((reach) =>
                TURNS.forEach((turn, order) => {
                    const x = item.x + Math.cos(turn) * reach;
                    const y = item.y + Math.sin(turn) * reach;
                    const left = Math.cos(turn) > 0.1 ? x : Math.cos(turn) < -0.1 ? x - width : x - width / 2;
                    const top = Math.sin(turn) > 0.1 ? y : Math.sin(turn) < -0.1 ? y - HEIGHT : y - HEIGHT / 2;
                    const seat = box(Math.round(left), Math.round(top), width, HEIGHT);
                    const price = cost(seat) + reach + order;
                    if (price < least) {
                        least = price;
                        best = seat;
                    }
                }),
            );
            return best;
        }

        _leader(context, item, tokens) {
            if (!item.seat) return;
            const seat = item.seat;
            const endX = Math.max(seat.left, Math.min(item.x, seat.right));
            const endY = Math.max(seat.top, Math.min(item.y, seat.bottom));
            context.beginPath();
            context.moveTo(item.x, item.y);
            context.lineTo(endX, endY);
            context.lineWidth = 1.2;
            context.strokeStyle = tokens.priorities[item.callout.level - 1].edge;
            context.stroke();
        }

        _box(context, item, tokens) {
            const { callout, seat } = item;
            const colours = tokens.priorities[callout.level - 1];
            context.beginPath();
            context.roundRect(seat.left, seat.top, seat.right - seat.left, HEIGHT, 4);
            context.fillStyle = tokens.bg1;
            context.fill();
            const selected = this._isSelected(callout);
            context.lineWidth = selected || callout.level === 1 ? 2 : 1.4;
            context.strokeStyle = selected ? tokens.acc : colours.edge;
            context.stroke();
            liveMap.alarmShape(context, callout.level, seat.left + 14, seat.top + HEIGHT / 2, 18, tokens);
            context.textAlign = "left";
            context.textBaseline = "alphabetic";
            context.font = "600 12px Inter";
            context.fillStyle = tokens.ink1;
            context.fillText(callout.title, seat.left + 28, seat.top + 14.5);
            context.font = "400 11px Inter";
            context.fillStyle = tokens.ink2;
            context.fillText(callout.detail, seat.left + 28, seat.top + 28);
        }

        _shape(context, item, tokens) {
            liveMap.alarmShape(context, item.callout.level, item.x + 11, item.y - 11, 15, tokens);
        }

        hit(x, y) {
            const found = this.drawn.find(
                (item) =>
                    item.seat &&
                    x >= item.seat.left &&
                    x <= item.seat.right &&
                    y >= item.seat.top &&
                    y <= item.seat.bottom,
            );
            return found ? { kind: found.callout.kind, id: found.callout.id } : null;
        }

        find(id) {
            const callout = this.list.find((candidate) => candidate.id === id);
            return callout ? callout.at : null;
        }
    };
})();
