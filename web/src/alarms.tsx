// Alarms that no one has acknowledged yet; a line says that there are none.
import { useMemo } from "preact/hooks";
import { Answers } from "./answers";
import { Deeds } from "./deeds";
import { Ago, Refused, Said } from "./parts";
import { PhraseBox } from "./phrase";
import { Silence } from "./sound";
import { alarms, contact, goesOn, mayAct, standing } from "./store";
import type { Alarm } from "./types";
import { t, word } from "./words";

function One({ alarm }: { alarm: Alarm }) {
  // Each has its own: at night several are acknowledged one upon the other.
  const deeds = useMemo(() => new Deeds("not-acknowledged"), []);
  return (
    <li data-alarm={alarm.id} data-over={alarm.over ?? ""}>
      <div class="what">
        <span class={`precedence ${alarm.precedence}`}>{word("precedence", alarm.precedence)}</span>
        {alarm.line !== "" && <span class="party on">{alarm.line}</span>}
        <p class="text" dir="auto">
          {alarm.lead ?? alarm.text}
        </p>
        {alarm.found && (
          <p class="found" dir="auto">
            {alarm.found}
          </p>
        )}
        <p class="meta">
          {alarm.line !== "" && <>{t("alarm-line", { line: alarm.line })} · </>}
          {alarm.form !== null && <>{word("form", alarm.form)} · </>}
          {t("raised")} <Ago at={alarm.raised_at} />
          {alarm.count > 1 && <> · {t("raised-times", { n: alarm.count })}</>}
        </p>
        {alarm.form === "private-conflict" && <p class="private-note">{t("private-alarm")}</p>}
        {mayAct() && <Answers alarm={alarm} />}
        {mayAct() && alarm.form === "human-test" && alarm.message !== null && <PhraseBox id={alarm.message} />}
        <Refused why={deeds.refusal(alarm.id)} />
      </div>
      {mayAct() && (
        <button
          type="button"
          class="acknowledge"
          disabled={!deeds.idle}
          onClick={() => void deeds.perform(alarm.id, `/api/alarms/${encodeURIComponent(alarm.id)}/acknowledge`)}
        >
          {t(deeds.busy ? "acknowledging" : "acknowledge")}
        </button>
      )}
    </li>
  );
}

export function AlarmList() {
  const { failed, value } = alarms.value;
  const open = standing.value;
  const going = open.filter(goesOn).length;
  // Alarms that could not be asked for are not the same as none.
  const unknown = failed !== null && contact.value === "live";
  if (open.length === 0 && !unknown) return value === null ? null : <p class="no-alarm">{t("alarms-none")}</p>;
  return (
    <section class={going === 0 && !unknown ? "alarms calm" : "alarms"} aria-labelledby="title-alarms" aria-live="assertive">
      <h2 id="title-alarms">
        <span aria-hidden="true">▲</span>{" "}
        {going > 0 || open.length === 0 ? t("alarms", { n: going }) : t("alarms-over", { n: open.length })}
      </h2>
      <Silence />
      {unknown && (
        <p class="failed">
          {t("alarms-unknown")} <Said failure={failed.failure} />
        </p>
      )}
      <ul>
        {open.map((each) => (
          <One key={each.id} alarm={each} />
        ))}
      </ul>
    </section>
  );
}
