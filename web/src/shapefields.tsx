// Where: a circle, a corridor or an area, typed position by position or drawn on the map.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { post, told, type Why } from "./api";
import { Refused } from "./parts";
import { held, isPosition, legsOf, linesOf, sketch, typed, type Place, type Sketch } from "./sketch";
import type { Seen } from "./types";
import { t, word } from "./words";

/** How long nothing is typed before the station is asked how it reads it. */
const PAUSE_MS = 200;
const KINDS = ["circle", "corridor", "area"];
const SIZES: Record<string, string> = { circle: "radius_m", corridor: "width_m" };

/** A shape as its fields hold it. */
export type Written = Record<"shape_type" | "place" | "radius_m" | "width_m", string>;

export const NO_SHAPE: Written = { shape_type: "circle", place: "", radius_m: "500", width_m: "" };

type Given =
  | { type: "circle"; centre: Place; radius_m: number }
  | { type: "corridor"; path: Place[]; width_m: number }
  | { type: "area"; polygons: Place[][][] };

/** A stored shape as it is typed, exactly. */
export function writtenOf(shape: unknown): Written {
  const given = shape as Given;
  const exact = (place: Place) => typed(place, 7);
  const none = { radius_m: "", width_m: "" };
  switch (given.type) {
    case "circle":
      return { ...none, shape_type: "circle", place: exact(given.centre), radius_m: String(given.radius_m) };
    case "corridor":
      return { ...none, shape_type: "corridor", place: given.path.map(exact).join("\n"), width_m: String(given.width_m) };
    case "area": {
      const ring = (places: Place[]) => places.slice(0, -1).map(exact).join("\n");
      const polygons = given.polygons.map((rings) => rings.map(ring).join("\nhole\n"));
      return { ...none, shape_type: "area", place: polygons.join("\narea\n") };
    }
  }
}

/** What the station makes of what was typed; asked for when the typing pauses. */
function useSeen(now: Written, edges: string, hurry: { current: boolean }) {
  const seen = useSignal<Seen | null>(null);
  const asked = useSignal("");
  const refused = useSignal<Why | null>(null);
  const size = SIZES[now.shape_type] === "radius_m" ? now.radius_m : now.width_m;
  const what = `${now.shape_type}\n${now.place}`;
  useEffect(() => {
    if (now.place.trim() === "") {
      asked.value = what;
      seen.value = null;
      refused.value = null;
      return undefined;
    }
    let over = false;
    const sized = SIZES[now.shape_type] === undefined ? {} : { [SIZES[now.shape_type] ?? ""]: size };
    const fields = { shape_type: now.shape_type, place: now.place, edges, ...sized };
    const pause = setTimeout(() => {
      post<Seen>("/api/shapes", { fields }).then(
        (found) => {
          if (over) return;
          asked.value = what;
          seen.value = found;
          refused.value = found.refused === null ? null : { text: "", failure: found.refused };
        },
        (error: unknown) => {
          if (over) return;
          asked.value = what;
          seen.value = null;
          const failure = told(error);
          refused.value = { text: failure === null ? t("shape-unread") : "", failure };
        },
      );
    }, hurry.current ? 0 : PAUSE_MS);
    hurry.current = false;
    return () => {
      over = true;
      clearTimeout(pause);
    };
  }, [now.shape_type, now.place, size, edges]);
  return { seen: seen.value, refused: refused.value, fresh: asked.value === what };
}

export function ShapeFields({ start, edges = "geodesic" }: { start: Written; edges?: string }) {
  const now = useSignal(start);
  const before = useSignal<string[]>([]);
  const owner = useMemo(() => ({}), []);
  const frame = useRef<HTMLFieldSetElement>(null);
  const hurry = useRef(false);
  const { seen, refused, fresh } = useSeen(now.value, edges, hurry);
  const { shape_type: kind, place } = now.value;
  const drawing = sketch.value?.owner === owner && sketch.value.drawing;

  const set = (over: Partial<Written>) => {
    now.value = { ...now.peek(), ...over };
  };
  /** A change that was made on the map, and can be taken back there. */
  const redraw = (lines: string[]) => {
    before.value = [...before.peek(), now.peek().place];
    hurry.current = true;
    set({ place: lines.join("\n") });
  };
  const lines = linesOf(place);

  const show = (on: boolean) => {
    const at = lines.flatMap((text, line) => (isPosition(text) ? [line] : []));
    const places = (seen?.positions ?? []).flatMap(({ lon, lat }, index) => {
      const line = at[index];
      return line === undefined ? [] : [{ line, at: [lon, lat] as Place }];
    });
    const stood = sketch.peek();
    const drawn =
      fresh || stood?.owner !== owner
        ? { places, legs: legsOf(kind, lines, places), outline: seen?.geometry ?? null }
        : { places: stood.places, legs: stood.legs, outline: stood.outline };
    const made: Sketch = {
      owner,
      kind,
      ...drawn,
      fresh,
      refused: place.trim() === "" ? null : refused,
      drawing: on,
      add: (to) => redraw(kind === "circle" ? [typed(to)] : [...lines.filter((text) => text.trim() !== ""), typed(to)]),
      move: (line, to) => redraw(lines.map((text, index) => (index === line ? typed(to) : text))),
      insert: (line, to) => redraw([...lines.slice(0, line), typed(to), ...lines.slice(line)]),
      remove: (line) => {
        held.value = null;
        redraw(lines.filter((_, index) => index !== line));
      },
      undo:
        before.value.length === 0
          ? null
          : () => {
              held.value = null;
              hurry.current = true;
              set({ place: before.peek().at(-1) ?? "" });
              before.value = before.peek().slice(0, -1);
            },
      done: () => {
        show(false);
        frame.current?.scrollIntoView({ block: "center" });
      },
    };
    held.value = on ? held.peek() : null;
    sketch.value = made;
  };

  const isOpen = () => frame.current?.closest("details")?.open === true;
  const mine = () => sketch.peek()?.owner === owner;
  const hide = () => {
    if (mine()) sketch.value = null;
  };

  // The map shows what stands here for as long as the form is open, unless another form draws.
  useEffect(() => {
    if (isOpen() && (mine() || sketch.peek()?.drawing !== true)) show(mine() && sketch.peek()?.drawing === true);
  }, [now.value, seen, refused, fresh, before.value]);
  // What is drawn on the map is typed as well, and whoever listens to the form hears of it.
  useEffect(() => {
    frame.current?.dispatchEvent(new Event("input", { bubbles: true }));
  }, [now.value]);
  useEffect(() => {
    const deed = frame.current?.closest("details");
    const form = frame.current?.closest("form");
    const toggled = () => (isOpen() ? show(false) : hide());
    const reset = () => {
      now.value = start;
      before.value = [];
    };
    deed?.addEventListener("toggle", toggled);
    form?.addEventListener("reset", reset);
    return () => {
      deed?.removeEventListener("toggle", toggled);
      form?.removeEventListener("reset", reset);
      hide();
    };
  }, []);

  const size = SIZES[kind];
  const read = seen?.positions ?? [];
  return (
    <fieldset class="shape" ref={frame} data-shape={kind}>
      <label>
        {t("field-shape")}{" "}
        <select name="shape_type" value={kind} onChange={(event) => set({ shape_type: event.currentTarget.value })}>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {word("shape", each)}
            </option>
          ))}
        </select>
      </label>
      {size !== undefined && (
        <label>
          {t(`field-${size}`)}{" "}
          <input
            name={size}
            type="text"
            inputMode="decimal"
            autocomplete="off"
            required
            value={size === "radius_m" ? now.value.radius_m : now.value.width_m}
            onInput={(event) => set({ [size]: event.currentTarget.value })}
          />
        </label>
      )}
      <label class="wide">
        {t(`place-${kind}`)}{" "}
        <textarea
          name="place"
          dir="ltr"
          rows={kind === "circle" ? 1 : Math.min(12, Math.max(3, lines.length + 1))}
          spellcheck={false}
          autocomplete="off"
          placeholder="36.7181 68.8589"
          required
          value={place}
          onInput={(event) => set({ place: event.currentTarget.value })}
        />
      </label>
      {kind === "area" && <p class="quiet wide">{t("place-area-parts")}</p>}
      <div class="wide shape-state">
        <button type="button" class="draw" aria-pressed={drawing} onClick={() => show(!drawing)}>
          {t(drawing ? "drawing-done" : "draw")}
        </button>
        {refused !== null ? (
          <Refused why={refused} />
        ) : (
          seen !== null && <p class="good">{t("shape-read", { n: read.length })}</p>
        )}
      </div>
      {read.length > 0 && (
        <details class="wide shape-read">
          <summary>{t("shape-read-as")}</summary>
          <ol>
            {read.map((each, index) => (
              <li key={index} dir="ltr">
                {each.dms} <span class="quiet">{each.mgrs}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </fieldset>
  );
}
