// The shape that is being drawn, on the map: its outline, and a handle for each of its positions.
import { GeoJSONSource, Marker, type Map as Drawn } from "maplibre-gl";
import { boxOf, type Box } from "./shapes";
import { held, type Place, type Sketch } from "./sketch";

/** A shape of more positions is changed by typing: so many handles cannot be told apart. */
const HANDLES = 200;

function button(text: string, kind: string, title: string, press: () => void): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `handle ${kind}`;
  made.textContent = text;
  made.title = title;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    press();
  });
  return made;
}

export class SketchLayer {
  private handles: Marker[] = [];
  private shown: Sketch | null = null;

  constructor(
    private map: Drawn,
    private say: (id: string, args: { n: number }) => string,
  ) {
    map.on("click", (event) => {
      if (this.shown?.drawing !== true) return;
      const { lng, lat } = event.lngLat.wrap();
      this.shown.add([lng, lat]);
    });
  }

  get drawing(): boolean {
    return this.shown?.drawing === true;
  }

  show(what: Sketch | null): void {
    const waits = what?.fresh === false && what.drawing && this.drawing;
    const begins = what?.drawing === true && this.shown?.drawing !== true;
    this.shown = what;
    if (waits) return; // what is drawn stands until the station has answered
    const outline = what?.outline ?? null;
    this.map.getSource<GeoJSONSource>("sketch")?.setData({
      type: "FeatureCollection",
      features: [
        // What is no sound shape yet is bare lines, so that it can be seen which corner is amiss.
        outline ?? { type: "MultiLineString" as const, coordinates: (what?.legs ?? []).map(({ from, to }) => [from, to]) },
      ].map((geometry) => ({ type: "Feature", geometry, properties: {} })),
    });
    for (const each of this.handles) each.remove();
    this.handles = what?.drawing === true && what.places.length <= HANDLES ? this.made(what) : [];
    this.map.getContainer().classList.toggle("drawing", this.drawing);
    if (begins) this.frame(what);
  }

  /** Draw again after the style was exchanged. */
  restyled(): void {
    this.show(this.shown);
  }

  /** What is drawn now, unless its lines are others than when `then` was drawn. */
  private now(then: Sketch): Sketch | null {
    const same = this.shown?.fresh === true && this.shown.places === then.places;
    if (!same) this.restyled();
    return same ? this.shown : null;
  }

  private made(what: Sketch): Marker[] {
    const at = (element: HTMLElement, place: Place, draggable: boolean) =>
      new Marker({ element, draggable }).setLngLat(place).addTo(this.map);
    const gaps = what.legs.map(({ line, middle }) =>
      at(button("+", "gap", this.say("handle-gap", { n: line }), () => this.now(what)?.insert(line, middle)), middle, false),
    );
    const places = what.places.map(({ line, at: place }, index) => {
      const kind = held.peek() === line ? "held" : "";
      const element = button(String(index + 1), kind, this.say("handle", { n: index + 1 }), () => {
        held.value = held.peek() === line ? null : line;
      });
      const handle = at(element, place, true);
      handle.on("dragend", () => {
        const { lng, lat } = handle.getLngLat().wrap();
        this.now(what)?.move(line, [lng, lat]);
      });
      return handle;
    });
    return [...gaps, ...places];
  }

  private frame(what: Sketch): void {
    const points: Box | null = boxOf(what.places.map((each) => ({ type: "Point", coordinates: each.at })));
    const box = what.outline === null ? points : boxOf([what.outline]);
    if (box !== null) this.map.fitBounds(box, { padding: 60, maxZoom: 13, animate: false });
  }
}
