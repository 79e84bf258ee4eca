// What lies on the ground and changes seldom: zones below the vehicles; names, fences, routes, stops above.
"use strict";

(function () {
    const WORDS_FROM_PX = 48;

    const follow = (context, line, view) => {
        line.forEach((point, index) => {
            if (index === 0) context.moveTo(view.x(point), view.y(point));
            else context.lineTo(view.x(point), view.y(point));
        });
    };

    const trace = (context, rings, view) => {
        context.beginPath();
        for (const ring of rings) {
            follow(context, ring, view);
            context.closePath();
        }
    };

    const inside = (point, ring) => {
        let within = false;
        for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
            const [ax, ay] = ring[i];
            const [bx, by] = ring[j];
            if (ay > point[1] !== by > point[1] && point[0] < ((bx - ax) * (point[1] - ay)) / (by - ay) + ax) {
                within = !within;
            }
        }
        return within;
    };

    const distanceToSegment = (x, y, ax, ay, bx, by) => {
        const length = (bx - ax) ** 2 + (by - ay) ** 2;
        const share = length ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
        return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
    };

    liveMap.Ground = class {
        constructor(map) {
            this.below = new liveMap.ScreenCanvas(map, 410);
            this.above = new liveMap.ScreenCanvas(map, 430);
            this.zones = [];
            this.fences = [];
            this.closures = [];
            this.routes = [];
            this.stops = [];
            this.orders = [];
            this.hatches = new Map();
            this.selected = null;
            this.shown = { zones: true, fences: true, routes: true };
        }

        draw(view, tokens) {
            this.below.fit(view);
            this.above.fit(view);
            const below = this.below.begin();
            if (this.shown.zones) this._zoneLines(below, view, tokens);
            this.zones.filter((zone) => zone.closed).forEach((zone) => this._closedZone(below, zone, view, tokens));
            const above = this.above.begin();
            const named = this.zones.filter((zone) => this.shown.zones || zone.closed);
            named.forEach((zone) => this._zoneName(above, zone, view, tokens));
            if (this.shown.fences) this.fences.forEach((fence) => this._fence(above, fence, view, tokens));
            for (const kind of ["other", "driven", "as_is", "to_come"]) {
                if (kind === "other" && !this.shown.routes) continue;
                const lines = this.routes.filter((route) => route.kind === kind && route.line.length > 1);
                lines.forEach((route) => this._route(above, route, view, tokens));
            }
            this.closures.forEach((closure) => this._closure(above, closure, view, tokens));
            this.orders.forEach((order) => this._order(above, order, view, tokens));
            this.stops.forEach((stop) => this._stop(above, stop, view, tokens));
        }

        // Each border once: two dashed lines on each other look solid.
        _zoneLines(context, view, tokens) {
            const drawn = new Set();
            context.beginPath();
            for (const { ring } of this.zones) {
                ring.forEach((point, index) => {
                    const next = ring[(index + 1) % ring.length];
                    const key = [point.map((value) => value.toFixed(7)).join(), next.map((value) => value.toFixed(7)).join()];
                    const known = drawn.has(key.sort().join(" "));
                    drawn.add(key.join(" "));
                    if (index === 0) context.moveTo(view.x(point), view.y(point));
                    context[known ? "moveTo" : "lineTo"](view.x(next), view.y(next));
                });
            }
            context.lineWidth = 1;
            context.setLineDash([4, 3]);
            context.strokeStyle = tokens.map.zone_line;
            context.stroke();
            context.setLineDash([]);
        }

        // What is closed is seen whatever layers are shown.
        _closedZone(context, zone, view, tokens) {
            trace(context, [zone.ring], view);
            this._hatch(context, tokens, 12, 0.4);
            context.lineWidth = 1.6;
            context.lineJoin = "round";
            context.strokeStyle = tokens.map.vehicle;
            context.stroke();
        }

        // The sign that drivers know, in grey: a person closed the street, nothing is wrong.
        _closure(context, closure, view, tokens) {
            const x = Math.round(view.x(closure.at));
            const y = Math.round(view.y(closure.at));
            context.beginPath();
            context.arc(x, y, 8.5, 0, 2 * Math.PI);
            context.fillStyle = tokens.bg1;
            context.fill();
            context.lineWidth = 2;
            context.strokeStyle = tokens.ink1;
            context.stroke();
            context.fillStyle = tokens.ink1;
            context.fillRect(x - 5, y - 1.5, 10, 3);
            context.textAlign = "left";
            context.textBaseline = "alphabetic";
            context.font = "600 11px Inter";
            liveMap.haloText(context, closure.title, x + 14, y - 1, tokens.ink1, tokens.map.halo);
            context.font = "400 11px Inter";
            liveMap.haloText(context, closure.detail, x + 14, y + 12, tokens.map.label, tokens.map.halo);
        }

        // Where a zone's name stands: below a depot that would cover it.
        _namePlace(zone, view) {
            const x = Math.round(view.x(zone.label));
            const y = Math.round(view.y(zone.label));
            const covers = (stop) =>
                stop.kind === "depot" && Math.abs(view.x(stop.at) - x) < 40 && Math.abs(view.y(stop.at) - y) < 26;
            const depot = this.stops.find(covers);
            return [x, depot ? Math.round(view.y(depot.at)) + 24 : y];
        }

        _zoneName(context, zone, view, tokens) {
            const [x, y] = this._namePlace(zone, view);
            context.textAlign = "center";
            context.textBaseline = "alphabetic";
            context.font = "400 11px Inter";
            liveMap.haloText(context, zone.name, x, y - 2, tokens.map.label, tokens.map.halo);
            if (zone.closed) {
                context.font = "600 11px Inter";
                liveMap.haloText(context, zone.note, x, y + 12, tokens.ink1, tokens.map.halo);
                return;
            }
            if (!zone.emphasised) {
                liveMap.haloText(context, zone.note, x, y + 12, tokens.map.label, tokens.map.halo);
                return;
            }
            context.font = "600 11px Inter";
            liveMap.haloText(context, zone.note, x + 9, y + 13, tokens.ink1, tokens.map.halo);
            const left = x + 9 - context.measureText(zone.note).width / 2 - 11;
            liveMap.alarmShape(context, 2, left, y + 8, 17, tokens);
        }

        _fence(context, fence, view, tokens) {
            const colours = { breached: tokens.priorities[1].edge, edited: tokens.acc };
            const breached = fence.state === "breached";
            const dormant = fence.state === "dormant";
            trace(context, [fence.ring, ...fence.holes], view);
            if (fence.state === "closed") this._hatch(context, tokens, 8, 0.6);
            context.lineWidth = breached ? 2.4 : dormant ? 1 : 1.6;
            context.strokeStyle = colours[fence.state] || tokens.map.vehicle;
            context.lineJoin = "round";
            context.globalAlpha = dormant ? 0.55 : 1;
            context.setLineDash(dormant ? [2, 4] : []);
            context.stroke();
            context.setLineDash([]);
            context.globalAlpha = 1;
            if (dormant) this._dormantWords(context, fence, view, tokens);
            const top = fence.ring.reduce((best, point) => (point[1] < best[1] ? point : best), fence.ring[0]);
            if (breached && top) liveMap.alarmShape(context, 2, view.x(top), view.y(top) + 2, 17, tokens);
            if (fence.state === "edited") {
                context.fillStyle = tokens.acc;
                fence.ring.forEach((point) => context.fillRect(view.x(point) - 4, view.y(point) - 4, 8, 8));
            }
        }

        // Said above a fence that does not count now, once it is large enough to be looked at.
        _dormantWords(context, fence, view, tokens) {
            const across = fence.ring.map((point) => view.x(point));
            const left = Math.min(...across);
            const right = Math.max(...across);
            if (right - left < WORDS_FROM_PX) return;
            context.textAlign = "center";
            context.textBaseline = "alphabetic";
            context.font = "400 11px Inter";
            const top = Math.min(...fence.ring.map((point) => view.y(point)));
            const words = `${fence.name} · ${fence.note}`;
            liveMap.haloText(context, words, Math.round((left + right) / 2), Math.round(top) - 5, tokens.map.label, tokens.map.halo);
        }

        _hatch(context, tokens, step, opacity) {
            const colour = tokens.map.vehicle;
            const known = this.hatches.get(step);
            if (!known || known.colour !== colour) {
                const tile = document.createElement("canvas");
                tile.width = tile.height = step;
                const pen = tile.getContext("2d");
                pen.strokeStyle = colour;
                pen.globalAlpha = opacity;
                pen.beginPath();
                for (const shift of [-step, 0, step]) {
                    pen.moveTo(shift - 1, step + 1);
                    pen.lineTo(shift + step + 1, -1);
                }
                pen.stroke();
                this.hatches.set(step, { colour, pattern: context.createPattern(tile, "repeat") });
            }
            context.fillStyle = this.hatches.get(step).pattern;
            context.fill("evenodd");
        }

        _route(context, route, view, tokens) {
            const pens = {
                to_come: { width: 3.5, colour: tokens.acc, dash: [], halo: true },
                as_is: { width: 2, colour: tokens.ink2, dash: [6, 4], halo: true },
                driven: { width: 1.5, colour: tokens.ink3, dash: [1.5, 3], halo: false },
                other: { width: 2, colour: tokens.line2, dash: [], halo: false },
            };
            const pen = pens[route.kind];
            context.beginPath();
            follow(context, route.line, view);
            context.lineJoin = "round";
            context.lineCap = "round";
            if (pen.halo) {
                context.strokeStyle = tokens.map.halo;
                context.lineWidth = pen.width + 3;
                context.stroke();
            }
            context.setLineDash(pen.dash);
            context.strokeStyle = pen.colour;
            context.lineWidth = pen.width;
            context.stroke();
            context.setLineDash([]);
            context.lineCap = "butt";
        }

        _isSelected(kind, id) {
            return this.selected !== null && this.selected.kind === kind && this.selected.id === id;
        }

        _order(context, order, view, tokens) {
            const x = view.x(order.at);
            const y = view.y(order.at);
            const selected = order.selected || this._isSelected("order", order.id);
            const alarm = order.level ? tokens.priorities[order.level - 1].ink : null;
            context.beginPath();
            context.arc(x, y, selected ? 5.5 : alarm ? 4.5 : 3, 0, 2 * Math.PI);
            context.fillStyle = tokens.map.halo;
            context.fill();
            context.lineWidth = selected || alarm ? 2 : 1.2;
            context.globalAlpha = selected || alarm ? 1 : 0.75;
            context.strokeStyle = selected ? tokens.acc : alarm || tokens.map.vehicle;
            context.stroke();
            context.globalAlpha = 1;
        }

        _stop(context, stop, view, tokens) {
            const x = Math.round(view.x(stop.at));
            const y = Math.round(view.y(stop.at));
            context.beginPath();
            if (stop.done) {
                context.arc(x, y, 2, 0, 2 * Math.PI);
                context.fillStyle = tokens.ink2;
                context.fill();
                return;
            }
            if (stop.kind === "depot") {
                this._depot(context, x, y, tokens);
                return;
            }
            if (stop.kind === "pickup") context.roundRect(x - 7.5, y - 7.5, 15, 15, 2.5);
            else context.arc(x, y, 8, 0, 2 * Math.PI);
            context.fillStyle = tokens.bg1;
            context.fill();
            context.lineWidth = 1.6;
            context.strokeStyle = tokens.acc;
            context.stroke();
            if (!stop.number) return;
            context.font = "600 10px Inter";
            context.textAlign = "center";
            context.textBaseline = "middle";
            context.fillStyle = tokens.ink1;
            context.fillText(String(stop.number), x, y + 0.5);
        }

        // A gable over a square: where waves start, grey as everything that is in order.
        _depot(context, x, y, tokens) {
            context.moveTo(x - 8, y + 7);
            context.lineTo(x - 8, y - 2);
            context.lineTo(x, y - 9);
            context.lineTo(x + 8, y - 2);
            context.lineTo(x + 8, y + 7);
            context.closePath();
            context.fillStyle = tokens.bg1;
            context.fill();
            context.lineWidth = 1.6;
            context.strokeStyle = tokens.ink1;
            context.stroke();
            context.fillStyle = tokens.ink1;
            context.fillRect(x - 3, y + 1, 6, 6);
        }

        // The closed street, stop, order, zone name or fence edge within `reach` pixels of a place on the screen.
        hit(x, y, reach, view) {
            const near = (list) =>
                list
                    .map((item) => [Math.hypot(view.x(item.at) - x, view.y(item.at) - y), item])
                    .filter(([distance]) => distance <= reach)
                    .sort((a, b) => a[0] - b[0])
                    .map(([, item]) => item)[0];
            const closure = near(this.closures);
            if (closure) return { kind: "closure", id: closure.id };
            const stop = near(this.stops);
            if (stop) return { kind: "stop", id: stop.id };
            const order = near(this.orders);
            return order ? { kind: "order", id: order.id } : null;
        }

        hitArea(x, y, reach, view) {
            const fence = this.shown.fences && this.fences.find((item) => this._onEdge(item.ring, x, y, reach, view));
            if (fence) return { kind: "fence", id: fence.id };
            const zone =
                this.shown.zones &&
                this.zones.find((item) => {
                    const [nameX, nameY] = this._namePlace(item, view);
                    return Math.abs(nameX - x) < 40 && Math.abs(nameY - y) < reach + 8;
                });
            return zone ? { kind: "zone", id: zone.id } : null;
        }

        _onEdge(ring, x, y, reach, view) {
            return ring.some((point, index) => {
                const next = ring[(index + 1) % ring.length];
                const ends = [view.x(point), view.y(point), view.x(next), view.y(next)];
                return distanceToSegment(x, y, ...ends) <= reach;
            });
        }

        zoneAt(point) {
            const zone = this.zones.find((item) => inside(point, item.ring));
            return zone ? zone.id : null;
        }

        find(kind, id) {
            const lists = { order: this.orders, stop: this.stops, closure: this.closures };
            const item = (lists[kind] || []).find((candidate) => candidate.id === id);
            return item ? item.at : null;
        }
    };
})();
