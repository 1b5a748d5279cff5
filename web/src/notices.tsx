// Notices: what is not passed on yet and when its window begins, and what the other side answered.
import { signal } from "@preact/signals";
import { period, stationNow, utcShort } from "./clock";
import { atDesk } from "./deeds";
import { Asked, Panel, Refused, Typed } from "./parts";
import { mayAct, notices, status } from "./store";
import type { Notice, Unit } from "./types";
import { span, t, word } from "./words";

/** The form that is open, on which notice, and what was typed into it. */
const open = signal<{ id: string; what: string; text: string; by: string } | null>(null);

/** `begins in 1 h 20 min`, or that it has begun. */
function Begins({ at }: { at: string }) {
  const now = stationNow.value;
  if (now === null) return null;
  const left = Date.parse(at) - now;
  const near = left < 2 * 3_600_000;
  const said = left > 0 ? t("begins-in", { span: span(left) }) : t("began", { span: span(left) });
  return <strong class={near ? "bad" : "doubt"}>{said}</strong>;
}

function Units({ units }: { units: Unit[] }) {
  return (
    <ul class="units">
      {units.map((each, index) => (
        <li key={index} class={each.current ? "" : "quiet"}>
          <bdi>{each.unit}</bdi> <span class="meta">{utcShort(Date.parse(each.passed_at))}</span>
          {each.acknowledged_by !== "" ? (
            <bdi> · {t("unit-acknowledged", { by: each.acknowledged_by })}</bdi>
          ) : (
            <span class="doubt"> · {t("unit-silent")}</span>
          )}
          {!each.current && <> · {t("unit-older")}</>}
        </li>
      ))}
    </ul>
  );
}

function Answered({ notice }: { notice: Notice }) {
  return (
    <ul class="said">
      {notice.answers.map((each) => (
        <li key={each.id} class={each.answer === "objection" ? "bad" : ""} data-answered={each.answer}>
          <b class="party">{each.party}</b> {word("form", each.answer)}{" "}
          <span class="meta">{utcShort(Date.parse(each.at))}</span>
          {each.by !== "" && <bdi> · {each.by}</bdi>}
          {each.text !== "" && <bdi> · {each.text}</bdi>}
          {each.revision !== notice.revision && <span class="quiet"> · {t("unit-older")}</span>}
        </li>
      ))}
    </ul>
  );
}

/** What asks for words beside the press. */
const ASKS = new Set(["objection", "will-adjust", "passed-on"]);

function Words({ notice }: { notice: Notice }) {
  const at = open.value;
  if (at?.id !== notice.id) return null;
  const send = async () => {
    const id = encodeURIComponent(notice.id);
    const units = at.text.split(",").map((each) => each.trim()).filter(Boolean);
    const by = at.by.trim() === "" ? {} : { acknowledged_by: at.by.trim() };
    const taken =
      at.what === "passed-on"
        ? await atDesk.perform(notice.id, `/api/notices/${id}/passed-on`, { units, ...by })
        : await atDesk.perform(notice.id, `/api/messages/${id}/answer`, { answer: at.what, text: at.text });
    if (taken) open.value = null;
  };
  const field = (name: "text" | "by", required: boolean) => (
    <Typed
      name={name}
      label={t(`notice-${at.what}-${name}`)}
      value={at[name]}
      set={(text) => (open.value = { ...at, [name]: text })}
      required={required}
      maxLength={name === "by" ? 120 : 1000}
    />
  );
  return (
    <Asked label={t("notice-send")} idle={atDesk.idle} send={() => void send()} leave={() => (open.value = null)}>
      {field("text", at.what !== "will-adjust")} {at.what === "passed-on" && field("by", false)}
    </Asked>
  );
}

function Deeds({ notice }: { notice: Notice }) {
  if (!mayAct()) return null;
  const why = atDesk.refusal(notice.id);
  const press = (what: string) => {
    if (!ASKS.has(what))
      void atDesk.perform(notice.id, `/api/messages/${encodeURIComponent(notice.id)}/answer`, { answer: what });
    else open.value = open.value?.id === notice.id && open.value.what === what ? null : { id: notice.id, what, text: "", by: "" };
  };
  return (
    <div class="deeds">
      {["passed-on", "acknowledged", "no-objection", "objection", "will-adjust"].map((what) => (
        <button
          key={what}
          type="button"
          data-deed={what}
          disabled={!atDesk.idle}
          aria-expanded={open.value?.id === notice.id && open.value.what === what}
          onClick={() => press(what)}
        >
          {t(`notice-do-${what}`)}
        </button>
      ))}
      <Words notice={notice} />
      <Refused why={why} />
    </div>
  );
}

function NoticeItem({ notice }: { notice: Notice }) {
  const { passing } = notice;
  const ours = notice.party === status.value.value?.party;
  return (
    <li data-notice={notice.id} data-passing={passing.state}>
      <p>
        <b class="party">{notice.party}</b> <bdi>{notice.title}</bdi>{" "}
        <span class="meta">
          {notice.kind} · <span class="whole">{period(notice.from, notice.to)}</span>
        </span>
      </p>
      {passing.state === "open" && (
        <p>
          <Begins at={notice.from} /> ·{" "}
          {ours ? t("theirs-to-pass", { party: passing.by.toUpperCase() }) : t("ours-to-pass")}
          {passing.units.length > 0 && <> · {t("amended-since")}</>}
        </p>
      )}
      <Units units={passing.units} />
      <Answered notice={notice} />
      {!ours && <Deeds notice={notice} />}
    </li>
  );
}

export function NoticeList() {
  const all = notices.value.value?.notices ?? [];
  const waiting = all.filter((each) => each.passing.state === "open");
  const passed = all.filter((each) => each.passing.state !== "open");
  return (
    <Panel name="notices" title={t("notices", { n: waiting.length })} data={notices.value}>
      {waiting.length === 0 && <p class="quiet">{t(all.length === 0 ? "no-notices" : "all-passed")}</p>}
      <ul class="notices-open">
        {waiting.map((each) => (
          <NoticeItem key={each.id} notice={each} />
        ))}
      </ul>
      {passed.length > 0 && (
        <details class="past">
          <summary>{t("notices-passed", { n: passed.length })}</summary>
          <ul>
            {passed.map((each) => (
              <NoticeItem key={each.id} notice={each} />
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
