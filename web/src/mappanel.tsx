// Where: the map, the conflicts beside it, and every activity as a list.
import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { period } from "./clock";
import { Conflicts, OwnDesk } from "./conflicts";
import type { MapHandle } from "./mapcanvas";
import { Panel, Past, split } from "./parts";
import { pick, pickedActivities } from "./picked";
import { map, status } from "./store";
import type { Activity } from "./types";
import { t, word } from "./words";

const drawing = signal<"drawing" | "drawn" | "absent" | "failed">("drawing");

function Canvas() {
  const frame = useRef<HTMLDivElement>(null);
  const handle = useRef<MapHandle | null>(null);
  const show = () => {
    const data = map.value.value;
    const own = status.value.value?.party;
    if (drawing.value === "drawn" && data !== null && own !== undefined)
      handle.current?.show({
        activities: split(data.activities)[0],
        conflicts: [...split(data.conflicts)[0], ...split(data.own_desk ?? [])[0]],
        own,
        picked: pickedActivities.value,
      });
  };
  useEffect(() => {
    if (frame.current === null) return undefined;
    const container = frame.current;
    void import("./mapcanvas")
      .then((canvas) => canvas.draw(container, pick))
      .then((made) => {
        handle.current = made;
        drawing.value = made === null ? "absent" : "drawn";
      })
      .catch((error: unknown) => {
        drawing.value = "failed";
        console.warn("map", error);
      });
    return () => handle.current?.remove();
  }, []);
  useSignalEffect(show);
  return (
    <div class={`map-frame ${drawing.value}`} data-map={drawing.value}>
      <div ref={frame} class="canvas" role="region" aria-label={t("map-label")} />
      {drawing.value !== "drawn" && <p class="map-note">{t(`map-${drawing.value}`)}</p>}
      {drawing.value === "drawn" && (
        <p class="legend">
          <span class="key own" /> {t("legend-own", { party: status.value.value?.party ?? "" })}{" "}
          <span class="key theirs" /> {t("legend-theirs")} <span class="key clash" /> {t("legend-conflict")}
          <button type="button" onClick={() => handle.current?.showAll()}>
            {t("show-all")}
          </button>
          <span class="quiet">{t("map-source")}</span>
        </p>
      )}
    </div>
  );
}

function Details({ activity }: { activity: Activity }) {
  return (
    <dl class="details">
      <dt>{t("activity-party")}</dt>
      <dd>{activity.party}</dd>
      <dt>{t("activity-kind")}</dt>
      <dd>{activity.kind}</dd>
      <dt>{t("activity-state")}</dt>
      <dd>{word("phase", activity.state)}</dd>
      <dt>{t("activity-band")}</dt>
      <dd>{activity.band}</dd>
      <dt>{t("activity-time")}</dt>
      <dd>{period(activity.from, activity.to)}</dd>
      <dt>{t("activity-id")}</dt>
      <dd>
        <code>{activity.id}</code>
      </dd>
    </dl>
  );
}

function ActivityItem({ activity }: { activity: Activity }) {
  const on = pickedActivities.value.has(activity.id);
  const own = activity.party === status.value.value?.party;
  return (
    <li data-activity={activity.id}>
      <button type="button" aria-expanded={on} onClick={() => pick("activity", activity.id)}>
        <span class={`key ${own ? "own" : "theirs"}`} /> <b class="party">{activity.party}</b>{" "}
        <bdi>{activity.title}</bdi> <span class="meta">{period(activity.from, activity.to)}</span>
      </button>
      {on && <Details activity={activity} />}
    </li>
  );
}

function Activities() {
  const [now, over] = split(map.value.value?.activities ?? []);
  return (
    <>
      <h3>{t("activities")}</h3>
      {now.length === 0 && <p class="quiet">{t("no-activities")}</p>}
      <ul class="activities">
        {now.map((each) => (
          <ActivityItem key={each.id} activity={each} />
        ))}
      </ul>
      <Past count={over.length}>
        {over.map((each) => (
          <ActivityItem key={each.id} activity={each} />
        ))}
      </Past>
    </>
  );
}

export function MapPanel() {
  return (
    <Panel name="map" title={t("map")} data={map.value}>
      <div class="where">
        <Canvas />
        <div class="beside">
          <Conflicts />
          <OwnDesk />
          <Activities />
        </div>
      </div>
    </Panel>
  );
}
