// The conflicts: what collides, what both sides have said of it, and what an officer can do.
import { signal } from "@preact/signals";
import { conflictsOf } from "./activities";
import { typedTime, utcShort, writtenTime } from "./clock";
import { atDesk } from "./deeds";
import { Facts } from "./pair";
import { Asked, Past, Refused, split, Typed } from "./parts";
import { pick, picked } from "./picked";
import { map, mayAct, status } from "./store";
import type { Activity, Conflict } from "./types";
import { t, word } from "./words";

/** What each side has said; a side that has said nothing is named as such. */
function Words({ conflict }: { conflict: Conflict }) {
  const sides = [...new Set(conflict.activities.map((each) => each.party))];
  return (
    <ul class="said">
      {sides.map((party) => {
        const said = conflict.said?.find((each) => each.party === party);
        return (
          <li key={party} data-said={party}>
            <b class="party">{party}</b>{" "}
            {said === undefined ? (
              <span class="doubt">{t("said-nothing")}</span>
            ) : (
              <>
                {word("said", said.word)} <span class="meta">{utcShort(Date.parse(said.at))}</span>
                {said.by !== "" && <bdi> · {said.by}</bdi>}
                {said.text !== "" && <bdi> · {said.text}</bdi>}
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** What is typed into the form that moves one's own plan, by conflict. */
const moving = signal<{ id: string; start: string; end: string } | null>(null);

function Move({ conflict, plan }: { conflict: Conflict; plan: Activity }) {
  const at = moving.value;
  if (at?.id !== conflict.id) return null;
  const path = `/api/activities/${encodeURIComponent(plan.id)}/amend`;
  const field = (name: "start" | "end") => (
    <Typed
      name={name}
      label={t(`move-${name}`)}
      value={at[name]}
      set={(text) => (moving.value = { ...at, [name]: text })}
      required
      pattern="\s*\d{4}-\d{2}-\d{2} \d{2}:\d{2}\s*"
      like="2022-05-13 07:30"
    />
  );
  const send = () => {
    const body = { fields: { start: writtenTime(at.start), end: writtenTime(at.end) } };
    void atDesk.perform(conflict.id, path, body).then((taken) => {
      if (taken) moving.value = null;
    });
  };
  return (
    <Asked label={t("move-send")} idle={atDesk.idle} send={send} leave={() => (moving.value = null)}>
      <p>{t("move-what", { title: plan.title })}</p>
      {field("start")} {field("end")}
      <p class="quiet">{t("move-more")}</p>
    </Asked>
  );
}

function Deeds({ conflict }: { conflict: Conflict }) {
  if (!mayAct()) return null;
  const own = status.value.value?.party;
  const mine = conflict.said?.find((each) => each.party === own)?.word;
  const path = `/api/conflicts/${encodeURIComponent(conflict.id)}`;
  const ours = conflict.activities.find((each) => each.party === own);
  const plan = map.value.value?.activities.find((each) => each.id === ours?.id);
  const deed = (name: string) => void atDesk.perform(conflict.id, `${path}/${name}`);
  const why = atDesk.refusal(conflict.id);
  return (
    <div class="deeds">
      {mine === undefined && (
        <button type="button" data-deed="acknowledge" disabled={!atDesk.idle} onClick={() => deed("acknowledge")}>
          {t("conflict-do-acknowledge")}
        </button>
      )}
      {mine !== "accepted" && (
        <button type="button" data-deed="accept" disabled={!atDesk.idle} title={t("conflict-do-accept-means")} onClick={() => deed("accept")}>
          {t("conflict-do-accept")}
        </button>
      )}
      {plan !== undefined && (
        <button
          type="button"
          data-deed="amend"
          aria-expanded={moving.value?.id === conflict.id}
          onClick={() => {
            const shown = moving.value?.id === conflict.id;
            moving.value = shown ? null : { id: conflict.id, start: typedTime(plan.from), end: typedTime(plan.to) };
          }}
        >
          {t("conflict-do-amend")}
        </button>
      )}
      {plan !== undefined && <Move conflict={conflict} plan={plan} />}
      <Refused why={why} />
    </div>
  );
}

/** One pair; `n` is its number on the map, null when it is over and not on it. */
function Pair({ conflict, n }: { conflict: Conflict; n: number | null }) {
  const on = picked.value?.kind === "conflict" && picked.value.id === conflict.id;
  return (
    <button type="button" class="pair" aria-pressed={on} onClick={() => pick("conflict", conflict.id)}>
      <strong class={n === null ? "quiet" : "bad"}>
        {n !== null && <>✕ {t("conflict-number", { n })} · </>}
        {word("conflict", conflict.state)}
      </strong>
      <Facts conflict={conflict} />
    </button>
  );
}

function ConflictItem({ conflict, n }: { conflict: Conflict; n: number | null }) {
  return (
    <li data-conflict={conflict.id} data-state={conflict.state}>
      <Pair conflict={conflict} n={n} />
      {/* Of what is private nobody else knows, so nothing is said of it. */}
      {conflict.private !== true && (
        <>
          {(n !== null || (conflict.said ?? []).length > 0) && <Words conflict={conflict} />}
          {n !== null && <Deeds conflict={conflict} />}
        </>
      )}
    </li>
  );
}

export function Conflicts() {
  const [now, over] = split(map.value.value === null ? [] : conflictsOf(map.value.value));
  return (
    <>
      <h3>{t("conflicts")}</h3>
      {now.length === 0 && <p class="quiet">{t("no-conflicts")}</p>}
      <ul class="conflicts">
        {now.map((each, index) => (
          <ConflictItem key={each.id} conflict={each} n={index + 1} />
        ))}
      </ul>
      <Past count={over.length}>
        {over.map((each) => (
          <ConflictItem key={each.id} conflict={each} n={null} />
        ))}
      </Past>
    </>
  );
}

/** Plans of two lines that collide: neither side may learn of the other from this desk. */
export function OwnDesk() {
  const [now] = split(map.value.value?.own_desk ?? []);
  if (now.length === 0) return null;
  const before = split(map.value.value === null ? [] : conflictsOf(map.value.value))[0].length;
  return (
    <section class="own-desk" aria-labelledby="title-own-desk">
      <h3 id="title-own-desk">
        <span class="mark">{t("own-desk")}</span> {t("own-desk-what")}
      </h3>
      <p class="doubt">{t("own-desk-means")}</p>
      <ul>
        {now.map((each, index) => (
          <li key={each.id} data-own-desk={each.id}>
            <Pair conflict={each} n={before + index + 1} />
          </li>
        ))}
      </ul>
    </section>
  );
}
