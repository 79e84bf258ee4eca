// Vehicles that stand on each other: within 10 px they become one kite with a number; a click spreads them.
"use strict";

(function () {
    const NEAR = 10;
    const RING = 17;
    const ROOM = 15; // pixels of the ring each vehicle needs

    liveMap.Clusters = class {
        constructor() {
            this.groups = [];
            this.shifts = new Map();
        }

        // Groups slots by their places: each joins the first group whose first member is within 10 px.
        group(slots, places) {
            const cells = new Map();
            this.groups = [];
            slots.forEach((slot, index) => {
                const [x, y] = places[index];
                const group = this.shifts.has(slot) ? null : this._near(cells, x, y);
                if (group) {
                    group.slots.push(slot);
                    return;
                }
                const made = { slots: [slot], x, y };
                this.groups.push(made);
                if (this.shifts.has(slot)) return;
                const key = `${Math.floor(x / NEAR)} ${Math.floor(y / NEAR)}`;
                if (!cells.has(key)) cells.set(key, []);
                cells.get(key).push(made);
            });
            return this.groups;
        }

        _near(cells, x, y) {
            const column = Math.floor(x / NEAR);
            const row = Math.floor(y / NEAR);
            for (let i = column - 1; i <= column + 1; i++) {
                for (let j = row - 1; j <= row + 1; j++) {
                    const found = (cells.get(`${i} ${j}`) || []).find((group) => Math.hypot(group.x - x, group.y - y) <= NEAR);
                    if (found) return found;
                }
            }
            return null;
        }

        // Spreads the group of a slot on a ring; false when it stands alone.
        spread(slot) {
            const group = this.groups.find((candidate) => candidate.slots.includes(slot));
            if (!group || group.slots.length < 2) return false;
            const count = group.slots.length;
            const radius = Math.max(RING, (count * ROOM) / (2 * Math.PI));
            this.shifts = new Map(
                group.slots.map((member, index) => {
                    const turn = (2 * Math.PI * index) / count - Math.PI / 2;
                    return [member, [Math.cos(turn) * radius, Math.sin(turn) * radius]];
                }),
            );
            return true;
        }

        // Puts spread vehicles back; true when there were any.
        gather() {
            const any = this.shifts.size > 0;
            this.shifts.clear();
            return any;
        }

        shift(slot) {
            return this.shifts.get(slot) || [0, 0];
        }

        // Writes how many stand in each group, and ties spread vehicles to where they are.
        annotate(context, placeOf, tokens) {
            context.strokeStyle = tokens.line2;
            context.lineWidth = 1;
            for (const [slot, [dx, dy]] of this.shifts) {
                const [x, y] = placeOf(slot);
                context.beginPath();
                context.moveTo(x - dx, y - dy);
                context.lineTo(x - dx * 0.4, y - dy * 0.4);
                context.stroke();
            }
            context.font = "600 11px Inter";
            context.textAlign = "left";
            context.textBaseline = "middle";
            for (const group of this.groups) {
                if (group.slots.length < 2) continue;
                liveMap.haloText(context, String(group.slots.length), group.x + 7, group.y - 5, tokens.ink2, tokens.map.halo);
            }
        }
    };
})();
