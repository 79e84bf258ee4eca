// Clicks: what lies under them, topmost first, told to the desk.
"use strict";

(function () {
    const REACH = 12;
    const DOUBLE_CLICK_MS = 400;

    liveMap.Pointer = class {
        constructor(page) {
            this.page = page;
        }

        listen() {
            this.page.map.on("zoomstart", () => this.page.vehicles.clusters.gather());
            this.page.map.on("click", (event) => this._click(event.containerPoint));
            this.page.map.on("contextmenu", (event) => this._menu(event.containerPoint));
        }

        _click(place) {
            if (this.page.editor.shape) return this.page.editor.click(place, this._isSecondClick(place));
            if (this._isSecondClick(place)) return this._doubleClick(place);
            this._choose(place);
        }

        // The right button chooses as the left one does, so that the menu is about what lies under it.
        _menu(place) {
            if (this.page.editor.shape) return;
            this._choose(place);
            const view = liveMap.viewOf(this.page.map);
            const mark = this.page.ground.hit(place.x, place.y, REACH, view);
            if (mark && mark.kind === "closure") return; // it has one thing to be done, and that is begun
            const at = [(place.x + view.left) / view.size, (place.y + view.top) / view.size];
            this.page.desk.report_menu(place.x, place.y, ...at);
        }

        _choose(place) {
            const view = liveMap.viewOf(this.page.map);
            const { x, y } = place;
            const callout = this.page.callouts.hit(x, y);
            if (callout) return this.page.desk.report_click(callout.kind, callout.id);
            const marked = this.page.vehicles.nearest(x, y, REACH, view, true);
            if (marked >= 0) return this._reportVehicle(marked);
            const mark = this.page.ground.hit(x, y, REACH, view);
            if (mark) return this.page.desk.report_click(mark.kind, mark.id);
            const vehicle = this.page.vehicles.nearest(x, y, REACH, view, false);
            if (vehicle >= 0) return this._clickVehicle(vehicle);
            if (this.page.vehicles.clusters.gather()) this.page.redrawVehicles();
            const area = this.page.ground.hitArea(x, y, REACH, view);
            if (area) this.page.desk.report_click(area.kind, area.id);
        }

        _clickVehicle(slot) {
            if (this.page.vehicles.clusters.spread(slot)) this.page.redrawVehicles();
            else this._reportVehicle(slot);
        }

        _reportVehicle(slot) {
            this.page.desk.report_vehicle_click(slot, this.page.vehicles.generation[slot]);
        }

        // Counted here: the web engine never counts two for events that a test or a remote screen sends.
        _isSecondClick(place) {
            const first = this.lastClick;
            const now = performance.now();
            const second = first && now - first.at < DOUBLE_CLICK_MS && place.distanceTo(first.place) < REACH;
            this.lastClick = second ? null : { at: now, place };
            return second;
        }

        _doubleClick(place) {
            const view = liveMap.viewOf(this.page.map);
            const zone = this.page.ground.zoneAt([(place.x + view.left) / view.size, (place.y + view.top) / view.size]);
            if (zone) this.page.desk.report_zone_double_click(zone);
        }
    };
})();
