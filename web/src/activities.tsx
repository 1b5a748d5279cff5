// Every activity by how it stands, with what is amiss with it, ours apart from what nobody was told.
import type { ComponentChildren } from "preact";
import { period, utc } from "./clock";
import { Deeds, NewPrivate } from "./activitydeeds";
import { OVER, Past, split } from "./parts";
import { pick, pickedActivities } from "./picked";
import { map, status } from "./store";
import type { Activity, Conflict, Finding, MapData } from "./types";
import { Versions } from "./versions";
import { distance, t, word } from "./words";

/** What collides with what is private, as the other conflicts are: our own desk sees both in one list. */
export function conflictsOf(data: MapData): Conflict[] {
  const secret = data.activities.flatMap((own) =>
    (own.findings ?? []).map((each) => ({
      ...each,
      id: `${own.id} ${each.id}`,
      activities: [own, { id: each.id, party: each.party, title: each.title }],
      private: true,
    })),
  );
  return [...secret, ...data.conflicts];
}

/** In this order, each activity in the first group that takes it. */
const GROUPS: [string, (each: Activity) => boolean][] = [
  ["private", (each) => each.private === true],
  ["active", (each) => each.state === "active"],
  ["ahead", (each) => each.state !== "draft"],
  ["draft", () => true],
];

function window(activity: Activity): string {
  if (activity.permanent !== true) return period(activity.from, activity.to);
  return t("since-until-withdrawn", { time: utc(Date.parse(activity.from), false) });
}

/** What is amiss, in words, so that nobody has to open it to see that something is. */
function Marks({ activity }: { activity: Activity }) {
  return (
    <>
      {activity.private === true && <span class="mark private">{t("mark-private")}</span>}
      {(activity.marks ?? []).map((mark) => (
        <span key={mark} class="mark" data-mark={mark}>
          <span aria-hidden="true">▲</span> {word("mark", mark)}
          {mark === "lacking" && <>: {(activity.lacks ?? []).map((name) => word("needs", name)).join(", ")}</>}
        </span>
      ))}
    </>
  );
}

function Found({ finding }: { finding: Finding }) {
  const { horizontal_m: across, vertical_m: up } = finding;
  return (
    <li data-finding={finding.id}>
      <strong class={OVER.has(finding.state) ? "quiet" : "bad"}>✕ {word("conflict", finding.state)}</strong>{" "}
      <b class="party">{finding.party}</b> <bdi>{finding.title}</bdi> · <span class="whole">{period(finding.from, finding.to)}</span> ·{" "}
      {across === 0 ? t("overlap") : t("apart", { h: distance(across) })} ·{" "}
      {up === 0 ? t("vertical-overlap") : t("vertical", { v: distance(up) })}
    </li>
  );
}

function Details({ activity }: { activity: Activity }) {
  const verified = activity.verified ?? null;
  const rows: [string, ComponentChildren][] = [
    ["activity-party", activity.party],
    ["activity-kind", activity.kind],
    ["activity-state", word("phase", activity.state)],
    ["activity-band", activity.band],
    ["activity-time", window(activity)],
  ];
  if (activity.announced_at != null) rows.push(["activity-announced", utc(Date.parse(activity.announced_at))]);
  if (activity.revision) rows.push(["activity-version", String(activity.revision + 1)]);
  if (activity.author != null) rows.push(["activity-author", <bdi>{activity.author}</bdi>]);
  if (verified !== null)
    rows.push(["activity-verified", t("verified-by", { officer: verified.officer, how: word("notation", verified.notation) })]);
  if (activity.confirm_by != null)
    rows.push([
      "activity-confirmed",
      t("confirmed-until", {
        time: utc(Date.parse(activity.confirmed_at ?? activity.from), false),
        until: utc(Date.parse(activity.confirm_by), false),
      }),
    ]);
  rows.push(["activity-id", <code>{activity.id}</code>]);
  return (
    <dl class="details">
      {rows.map(([name, value]) => (
        <>
          <dt>{t(name)}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

function ActivityItem({ activity }: { activity: Activity }) {
  const on = pickedActivities.value.has(activity.id);
  const own = activity.party === status.value.value?.party;
  const secret = activity.private === true;
  const found = activity.findings ?? [];
  const past = OVER.has(activity.state);
  return (
    <li data-activity={activity.id} class={secret ? "private" : ""}>
      <button type="button" aria-expanded={on} onClick={() => pick("activity", activity.id)}>
        <span class={`key ${secret ? "private" : own ? "own" : "theirs"}`} /> <b class="party">{activity.party}</b>{" "}
        <bdi>{activity.title}</bdi>
        {own && !secret && activity.line !== "" && <span class="meta"> → {activity.line}</span>}{" "}
        <span class="meta whole">{window(activity)}</span> <Marks activity={activity} />
      </button>
      {found.length > 0 && (
        <ul class="findings">
          {found.map((each) => (
            <Found key={each.id} finding={each} />
          ))}
        </ul>
      )}
      {on && <Details activity={activity} />}
      {on && activity.state !== "draft" && <Versions activity={activity} />}
      {on && own && (secret || !past) && <Deeds activity={activity} />}
    </li>
  );
}

const key = (each: Activity) => `${each.id} ${each.line}`;

export function Activities() {
  const [now, over] = split(map.value.value?.activities ?? []);
  const group = (each: Activity) => GROUPS.find(([, takes]) => takes(each))?.[0];
  return (
    <>
      <h3>{t("activities")}</h3>
      {now.length === 0 && <p class="quiet">{t("no-activities")}</p>}
      {GROUPS.map(([name]) => {
        const held = now.filter((each) => group(each) === name);
        if (held.length === 0) return null;
        return (
          <section key={name} class={`group ${name}`} data-group={name}>
            <h4>
              {t(`group-${name}`)} <span class="quiet">{held.length}</span>
            </h4>
            <ul class="activities">
              {held.map((each) => (
                <ActivityItem key={key(each)} activity={each} />
              ))}
            </ul>
          </section>
        );
      })}
      <Past count={over.length}>
        {over.map((each) => (
          <ActivityItem key={key(each)} activity={each} />
        ))}
      </Past>
      <NewPrivate />
    </>
  );
}
