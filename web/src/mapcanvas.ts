// The drawn map. Loaded apart, so that the page stands without it.
import type { FeatureCollection } from "geojson";
import {
  GeoJSONSource,
  Map as Drawn,
  Marker,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type MapMouseEvent,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { degrees, graticule } from "./graticule";
import { coastlines } from "./land";
import { SketchLayer } from "./mapsketch";
import { styleFor } from "./mapstyle";
import { between, boxOf, type Box } from "./shapes";
import type { Sketch } from "./sketch";
import type { Activity, Conflict } from "./types";
import { t } from "./words";

setWorkerUrl(workerUrl);

export interface Shown {
  activities: Activity[];
  conflicts: Conflict[];
  own: string;
  /** The activities that are picked out on the page. */
  picked: ReadonlySet<string>;
}

export interface MapHandle {
  show(what: Shown): void;
  showAll(): void;
  /** What is being drawn; while it is, presses on the map change it and pick nothing. */
  sketch(what: Sketch | null): void;
  remove(): void;
}

function features(what: Shown): FeatureCollection {
  const clashing = new Set(what.conflicts.flatMap((each) => each.activities.map((a) => a.id)));
  return {
    type: "FeatureCollection",
    features: what.activities.map((each) => ({
      type: "Feature",
      geometry: each.geometry,
      properties: {
        id: each.id,
        own: each.party === what.own && each.private !== true,
        private: each.private === true,
        conflict: clashing.has(each.id),
        picked: what.picked.has(each.id),
      },
    })),
  };
}

function label(text: string, kind: string, pick: () => void): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `map-label ${kind}`;
  made.textContent = text;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    pick();
  });
  return made;
}

class Canvas implements MapHandle {
  private shown: Shown | null = null;
  private framed = "";
  private labels: Marker[] = [];
  private edges: HTMLElement;
  private sketching: SketchLayer;

  constructor(
    private map: Drawn,
    private onPick: (kind: "activity" | "conflict", id: string) => void,
  ) {
    this.edges = document.createElement("div");
    this.edges.className = "map-edges";
    this.edges.setAttribute("aria-hidden", "true");
    map.getContainer().append(this.edges);
    this.sketching = new SketchLayer(map, t);
    map.on("moveend", () => this.grid());
    map.on("resize", () => this.grid());
    for (const layer of ["area", "own", "theirs", "private", "point"]) {
      map.on("click", layer, (event: MapMouseEvent & { features?: { properties: { id?: string } }[] }) => {
        const id = event.features?.[0]?.properties.id;
        if (id !== undefined && !this.sketching.drawing) this.onPick("activity", id);
      });
    }
  }

  show(what: Shown): void {
    this.shown = what;
    this.map.getSource<GeoJSONSource>("activities")?.setData(features(what));
    this.label(what);
    const ids = what.activities.map((each) => each.id).sort().join(" ");
    if (ids !== this.framed) {
      this.framed = ids;
      this.showAll();
    }
    this.grid();
  }

  /** Draw again after the style was exchanged. */
  restyled(): void {
    if (this.shown !== null) this.show(this.shown);
    this.sketching.restyled();
  }

  showAll(): void {
    const box = boxOf(this.shown?.activities.map((each) => each.geometry) ?? []);
    if (box !== null) this.map.fitBounds(box, { padding: { top: 44, bottom: 64, left: 44, right: 44 }, maxZoom: 9, animate: false });
  }

  sketch(what: Sketch | null): void {
    this.sketching.show(what);
  }

  remove(): void {
    this.map.remove();
  }

  private label({ activities, conflicts, own }: Shown): void {
    for (const each of this.labels) each.remove();
    const boxes = new Map<string, Box>();
    const place = (element: HTMLElement, at: [number, number], anchor: "center" | "bottom" | "top") =>
      new Marker({ element, anchor }).setLngLat(at).addTo(this.map);
    const titles = activities.flatMap((each: Activity) => {
      const box = boxOf([each.geometry]);
      if (box === null) return [];
      boxes.set(each.id, box);
      const ours = each.party === own;
      const kind = each.private === true ? "private" : ours ? "own" : "theirs";
      const made = label(each.title, kind, () => this.onPick("activity", each.id));
      // Ours above their shapes, theirs below: where two meet, both names can be read.
      const middle = (box[0] + box[2]) / 2;
      return [ours ? place(made, [middle, box[3]], "bottom") : place(made, [middle, box[1]], "top")];
    });
    const clashes = conflicts.flatMap((each, index) => {
      const [a, b] = each.activities.map((one) => boxes.get(one.id));
      if (a === undefined || b === undefined) return [];
      const made = label(`✕ ${index + 1}`, "clash", () => this.onPick("conflict", each.id));
      return [place(made, between(a, b), "center")];
    });
    this.labels = [...titles, ...clashes];
  }

  private grid(): void {
    const bounds = this.map.getBounds();
    const view: Box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const drawn = graticule(view);
    this.map.getSource<GeoJSONSource>("grid")?.setData(drawn.lines);
    const edge = (text: string, side: "left" | "top", pixels: number) => {
      const made = document.createElement("span");
      made.textContent = text;
      made.className = side;
      made.style.setProperty(side === "left" ? "top" : "left", `${Math.round(pixels)}px`);
      return made;
    };
    const corner: [number, number] = [view[0], view[3]];
    const { clientWidth: width, clientHeight: height } = this.edges;
    // Half a label at the rim reads as another number: 2.5° of 22.5°.
    const within = (pixels: number, most: number) => pixels >= 28 && pixels <= most - 28;
    this.edges.replaceChildren(
      ...drawn.meridians
        .map((x) => [x, this.map.project([x, corner[1]]).x] as const)
        .filter(([, pixels]) => within(pixels, width))
        .map(([x, pixels]) => edge(degrees(x, "x"), "top", pixels)),
      ...drawn.parallels
        .map((y) => [y, this.map.project([corner[0], y]).y] as const)
        .filter(([, pixels]) => within(pixels, height))
        .map(([y, pixels]) => edge(degrees(y, "y"), "left", pixels)),
    );
  }
}

/** Whether this browser can draw at all; MapLibre needs WebGL 2. */
function able(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

/** Draw the map into `container`; null where the browser cannot. */
export async function draw(
  container: HTMLElement,
  onPick: (kind: "activity" | "conflict", id: string) => void,
): Promise<MapHandle | null> {
  if (!able()) return null;
  const land = await coastlines();
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const map = new Drawn({
    container,
    style: styleFor(scheme.matches, land),
    center: [23, 50],
    zoom: 5,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: false,
    renderWorldCopies: true,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
  await new Promise<void>((resolve) => map.once("load", () => resolve()));
  const canvas = new Canvas(map, onPick);
  scheme.addEventListener("change", () => {
    map.setStyle(styleFor(scheme.matches, land), { diff: false });
    map.once("styledata", () => canvas.restyled());
  });
  return canvas;
}
