// The page itself: fetches what the desk says has changed, moves the view, draws, reports clicks and frames.
"use strict";

(function () {
    const CLOSE_ZOOM = 15;
    const FRAME_WINDOW_MS = 1000;
    const FIT_SLACK = 0.12; // tiles are sharp at whole zooms only; an edge of 4 % may be cut for twice the size
    const WORTH_A_CIRCLE_METRES = 30;
    const REST_MS = 400;
    const LONGEST_STILL_MS = 100;
    const FOLLOW_SLACK = 3;

    // Leaflet leaves a panned map at fractions of a pixel, which makes software compositing resample every tile.
    const runFrame = L.PosAnimation.prototype._runFrame;
    L.PosAnimation.prototype._runFrame = function (progress) {
        runFrame.call(this, progress, true);
    };

    const toLatLng = (point) => [
        (Math.atan(Math.sinh(Math.PI * (1 - 2 * point[1]))) * 180) / Math.PI,
        point[0] * 360 - 180,
    ];

    // How far a point lies outside the middle 80 % of a side, and the way that brings it well inside, but no further:
    // with it in the middle, half of the map might be sea.
    const outside = (at, size) => Math.min(0, at - size * 0.1) || Math.max(0, at - size * 0.9);
    const inwards = (at, size) => {
        const far = outside(at, size);
        return Math.round(far && far + Math.sign(far) * size * 0.15);
    };

    class Page {
        constructor(map, tiles) {
            this.map = map;
            this.tiles = tiles;
            this.vehicles = new liveMap.Vehicles(map);
            this.ground = new liveMap.Ground(map);
            this.callouts = new liveMap.Callouts(map);
            this.furniture = new liveMap.Furniture(map);
            this.editor = new liveMap.Editor(this);
            this.pointer = new liveMap.Pointer(this);
            this.tokens = null;
            this.dirty = { ground: true, vehicles: true };
            this.fetching = new Map();
            this.frames = [];
            this.dueAt = 0;
            this.view = { following: false, selected: null, name: "", area: null };
            this._takers = this._makeTakers();
        }

        async connect() {
            this.desk = await new Promise((resolve) => {
                new QWebChannel(qt.webChannelTransport, (channel) => resolve(channel.objects.desk));
            });
            this.desk.changed.connect((part) => this.fetchPart(part));
            this.desk.view_asked.connect((text) => this.moveView(JSON.parse(text)));
            this.desk.paint_asked.connect((number) => this.reportPainted(number));
            await document.fonts.load("600 12px Inter");
            await document.fonts.load("400 12px Inter");
            for (const part of ["theme", "sprites", "view", "tiles"]) await this.fetchPart(part);
            const shapes = ["zones", "fences", "closures", "routes", "stops", "orders", "callouts", "edited", "vehicles"];
            await Promise.all(shapes.map((part) => this.fetchPart(part)));
            this._listen();
            this.pointer.listen();
            this.editor.listen();
            this._wake();
            await this._settled();
            this.desk.report_loaded();
        }

        // Fetches one part of the state; a change during the fetch leads to one more, never to a queue.
        async fetchPart(part) {
            if (this.fetching.has(part)) {
                this.fetching.set(part, true);
                return;
            }
            do {
                this.fetching.set(part, false);
                const scale = window.devicePixelRatio || 1;
                const answer = await fetch(`app://tower/state/${part}/${scale}`);
                await this._takers[part](answer);
            } while (this.fetching.get(part));
            this.fetching.delete(part);
            this._wake();
        }

        _makeTakers() {
            const shapes = (target, name) => async (answer) => {
                target[name] = await answer.json();
                this.dirty.ground = true;
            };
            return {
                theme: async (answer) => this._takeTheme(await answer.json()),
                sprites: async (answer) => this._takeSprites(await answer.arrayBuffer()),
                view: async (answer) => this._takeView(await answer.json()),
                tiles: async (answer) => this._takeTiles(await answer.json()),
                vehicles: async (answer) => {
                    this.vehicles.setRows(await answer.arrayBuffer(), performance.now());
                    this.dirty.vehicles = true;
                },
                edited: async (answer) => {
                    this.editor.setShape(await answer.json());
                    this.dirty.ground = true;
                },
                callouts: shapes(this.callouts, "list"),
                zones: shapes(this.ground, "zones"),
                fences: shapes(this.ground, "fences"),
                closures: shapes(this.ground, "closures"),
                routes: shapes(this.ground, "routes"),
                stops: shapes(this.ground, "stops"),
                orders: shapes(this.ground, "orders"),
            };
        }

        _takeTheme(theme) {
            this.tokens = theme.tokens;
            const style = document.documentElement.style;
            for (const [name, value] of Object.entries(theme.tokens)) {
                if (typeof value === "string") style.setProperty("--" + name, value);
            }
            for (const [name, value] of Object.entries(theme.tokens.map)) style.setProperty("--" + name, value);
            this.vehicles.setDotColour(theme.tokens.map.vehicle);
            this.furniture.setWords(theme.words);
            this.dirty.ground = true;
        }

        _takeSprites(buffer) {
            const [width, height, cell] = new Uint32Array(buffer, 0, 3);
            this.vehicles.setSprites(buffer.slice(12), width, height, cell);
            this.furniture.drawLegend(this.vehicles.drawing, cell);
            this.dirty.vehicles = true;
        }

        _takeTiles(tiles) {
            if (tiles.key === "none") {
                this.tiles.remove();
                return;
            }
            const url = `app://tower/tiles/${tiles.key}/{z}/{x}/{y}`;
            if (url !== this.tiles._url) this.tiles.setUrl(url);
            this.tiles.addTo(this.map);
        }

        _takeView(view) {
            const newArea = JSON.stringify(view.area) !== JSON.stringify(this.view.area);
            this.view = view;
            this.ground.shown = view.shown;
            this.ground.selected = this.callouts.selected = view.selected;
            this.vehicles.hold = view.hatched;
            this.furniture.setHatched(view.hatched, view.hatched_text);
            this.furniture.setTopInset(view.top_inset);
            this.vehicles.still = view.still;
            if (newArea) this.showArea();
            this.dirty.ground = this.dirty.vehicles = true;
        }

        showArea() {
            if (!this.view.area) return;
            const [south, west, north, east] = this.view.area;
            const bounds = [
                [south, west],
                [north, east],
            ];
            this.map.options.zoomSnap = 0;
            const exact = this.map.getBoundsZoom(bounds);
            this.map.options.zoomSnap = 1;
            const middle = [(south + north) / 2, (west + east) / 2];
            this.map.setView(middle, Math.floor(exact + FIT_SLACK), { animate: false });
        }

        moveView(move) {
            const moves = {
                area: () => this.showArea(),
                zoom: () => this.map.setZoom(this.map.getZoom() + move.step, { animate: false }),
                pan: () => this.map.panBy([move.x, move.y], { animate: false }),
                to: () =>
                    this.map.setView(toLatLng(move.at), Math.max(this.map.getZoom(), CLOSE_ZOOM), { animate: false }),
                reveal: () => (this.toReveal = move),
            };
            moves[move.do]();
            this._wake();
        }

        // Pans only when the object is outside the middle 80 % of the map. Waits for what is being fetched: the
        // object may be in it.
        _reveal() {
            if (!this.toReveal || this.fetching.size) return;
            const { kind, id } = this.toReveal;
            this.toReveal = null;
            const slot = kind === "vehicle" ? this.vehicles.selectedSlot() : -1;
            const known = this.ground.find(kind, id) || this.callouts.find(id);
            const point = slot >= 0 ? this.vehicles.point(slot) : known;
            if (!point) return;
            const view = liveMap.viewOf(this.map);
            const x = inwards(view.x(point), view.width);
            const y = inwards(view.y(point), view.height);
            if (x || y) this.map.panBy([x, y], { animate: false });
        }

        _listen() {
            const redraw = () => {
                this.dirty.ground = this.dirty.vehicles = true;
                this._draw(performance.now());
                this._wake();
            };
            this.map.on("move zoom viewreset resize", redraw);
            this.map.on("dragstart", () => {
                if (!this.view.following) return;
                this.view.following = false;
                this.desk.report_follow_ended();
            });
            new ResizeObserver(() => this.map.invalidateSize({ animate: false, pan: false })).observe(
                this.map.getContainer(),
            );
        }

        redrawVehicles() {
            this.dirty.vehicles = true;
            this._wake();
        }

        _wake() {
            if (this.awake || !this.tokens) return;
            this.awake = true;
            requestAnimationFrame((now) => this._frame(now));
        }

        _frame(now) {
            this.awake = false;
            const moving = this._isDue() ? this._draw(performance.now()) : true;
            this._count(now);
            this._reveal();
            if (this.view.following) this._follow();
            if (moving || this.dirty.ground || this.dirty.vehicles) this._wake();
        }

        // While vehicles only creep, a frame in which none moves by a pixel is not drawn: at city zoom that is one
        // in six, and drawing takes a third of a core.
        _isDue() {
            return this.dirty.ground || this.dirty.vehicles || performance.now() >= this.dueAt;
        }

        // True while a vehicle still glides.
        _draw(now) {
            if (!this.tokens || !this.vehicles.sheet) return false;
            const view = liveMap.viewOf(this.map);
            const speed = this.vehicles.glide(now) * view.size;
            const moving = speed > 0;
            this.dueAt = now + Math.min(LONGEST_STILL_MS, 1000 / Math.max(speed, 1));
            const ground = this.dirty.ground;
            if (ground) {
                this.ground.draw(view, this.tokens);
                this.editor.draw(view, this.tokens);
                this.furniture.drawScale(view);
            }
            if (ground || moving || this.dirty.vehicles) {
                this.vehicles.drawNormal(view, this.tokens);
                this._drawTop(view);
            }
            this.dirty.ground = this.dirty.vehicles = false;
            return moving;
        }

        _drawTop(view) {
            const at = (item) => ({ x: view.x(item.at), y: view.y(item.at) });
            const names = this.ground.shown.zones ? this.ground.zones.map((zone) => ({ at: zone.label })) : [];
            const marks = this.ground.stops.concat(this.ground.closures, names).map(at);
            this.callouts.draw(view, this.tokens, this.vehicles, this.furniture.boxes(view), marks);
            const slot = this.vehicles.selectedSlot();
            if (slot < 0) return;
            const context = this.callouts.canvas.context;
            const point = this.vehicles.point(slot);
            const [x, y] = [view.x(point), view.y(point)];
            if (this.view.accuracy_metres > WORTH_A_CIRCLE_METRES) this._accuracy(context, point, view);
            context.font = "600 12px Inter";
            context.textAlign = "center";
            context.textBaseline = "alphabetic";
            liveMap.haloText(context, this.view.name, x - 6, y - 13, this.tokens.ink1, this.tokens.map.halo);
        }

        _accuracy(context, point, view) {
            const stretch = Math.cosh(Math.PI * (1 - 2 * point[1]));
            const radius = ((this.view.accuracy_metres * stretch) / liveMap.EARTH_METRES) * view.size;
            context.beginPath();
            context.arc(view.x(point), view.y(point), radius, 0, 2 * Math.PI);
            context.lineWidth = 1;
            context.strokeStyle = this.tokens.acc;
            context.stroke();
            context.globalAlpha = 0.1;
            context.fillStyle = this.tokens.acc;
            context.fill();
            context.globalAlpha = 1;
        }

        _follow() {
            const slot = this.vehicles.selectedSlot();
            if (slot < 0) return;
            const view = liveMap.viewOf(this.map);
            const point = this.vehicles.point(slot);
            const x = view.x(point) - view.width / 2;
            const y = view.y(point) - view.height / 2;
            if (Math.hypot(x, y) >= FOLLOW_SLACK) this.map.panBy([Math.round(x), Math.round(y)], { animate: false });
        }

        // Frames of the last second in which anything moved; a rest starts the second anew.
        _count(now) {
            if (now - this.frames.at(-1) > REST_MS) this.frames = [];
            this.frames.push(now);
            const first = this.frames[0];
            if (now - first < FRAME_WINDOW_MS) return;
            this.desk.report_frames(((this.frames.length - 1) * 1000) / (now - first));
            this.frames = [];
        }

        async _settled() {
            const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
            await nextFrame();
            while (this.fetching.size) await nextFrame(); // the streets may be among what comes
            if (this.map.hasLayer(this.tiles) && this.tiles.isLoading()) await new Promise((resolve) => this.tiles.once("load", resolve));
            while (this.dirty.ground || this.dirty.vehicles || this.fetching.size || this.toReveal) await nextFrame();
            await nextFrame();
            await nextFrame();
        }

        async reportPainted(number) {
            await this._settled();
            this.desk.report_painted(number);
        }
    }

    liveMap.start = (map, tiles) => {
        liveMap.page = new Page(map, tiles);
        liveMap.page.connect();
    };
})();
