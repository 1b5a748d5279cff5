// Answers that a person should have given by now: ours to them, and theirs to us.
import { CallAnswers } from "./calls";
import { stationNow, utcShort } from "./clock";
import { atDesk } from "./deeds";
import { Panel, Refused } from "./parts";
import { mayAct, overdue } from "./store";
import type { OverdueMessage } from "./types";
import { span, t, word } from "./words";

/** So many of each side stand; what has waited longer is folded away under them. */
const STAND = 3;
const DAY_MS = 86_400_000;

/** What stands, and what is folded away: the newest first, before them what is urgent and of today. */
function folded(found: OverdueMessage[], now: number): [OverdueMessage[], OverdueMessage[]] {
  const due = (each: OverdueMessage) => Date.parse(each.answer_by);
  const urgent = (each: OverdueMessage) =>
    ["flash", "immediate"].includes(each.precedence) && now - due(each) < DAY_MS;
  const first = found.filter(urgent);
  const others = found.filter((each) => !urgent(each)).sort((a, b) => due(b) - due(a));
  const all = [...first, ...others];
  const stand = Math.max(STAND, first.length);
  return [all.slice(0, stand), all.slice(stand)];
}

/** How it is answered: here where one press does it, else where or by what. */
function Deed({ message }: { message: OverdueMessage }) {
  if (!mayAct()) return null;
  const { id, form } = message;
  if (form === "call-request") return <CallAnswers message={message} list="overdue" />;
  if (form === "activity") return <p class="quiet">{t("overdue-notice")}</p>;
  const path = `/api/messages/${encodeURIComponent(id)}/answer`;
  // "Noted" would be no answer to "stop": where a kind has words of its own, they are all there is.
  const words = message.answers?.length ? message.answers : ["acknowledged"];
  return (
    <div class="deeds">
      {words.map((each) => (
        <button
          key={each}
          type="button"
          data-deed={each}
          disabled={!atDesk.idle}
          onClick={() => void atDesk.perform(id, path, { answer: each })}
        >
          {each === "acknowledged" ? t("notice-do-acknowledged") : word("answer", each)}
        </button>
      ))}
      <Refused why={atDesk.refusal(id)} />
    </div>
  );
}

function Row({ message }: { message: OverdueMessage }) {
  const now = stationNow.value;
  const due = Date.parse(message.answer_by);
  return (
    <li class="late" data-overdue={message.id}>
      <p class="kind">
        <span class="party">{message.line}</span>{" "}
        <span class={`precedence ${message.precedence}`}>{word("precedence", message.precedence)}</span>{" "}
        {word("form", message.form)} ·{" "}
        <b class="doubt">{now !== null && now > due ? t("overdue-by", { span: span(now - due) }) : utcShort(due)}</b>
      </p>
      <p class="text" dir="auto">
        {message.text ?? t("no-text")}
      </p>
      {message.direction === "in" && <Deed message={message} />}
    </li>
  );
}

function Side({ way }: { way: "in" | "out" }) {
  const found = overdue.value.value?.messages.filter((each) => each.direction === way) ?? [];
  if (found.length === 0) return null;
  const [standing, older] = folded(found, overdue.value.asOf ?? 0);
  const rows = (some: OverdueMessage[]) => (
    <ul>
      {some.map((each) => (
        <Row key={`${each.line} ${each.id}`} message={each} />
      ))}
    </ul>
  );
  return (
    <div data-side={way}>
      <h3>{t(way === "in" ? "overdue-ours" : "overdue-theirs", { n: found.length })}</h3>
      {rows(standing)}
      {older.length > 0 && (
        <details class="past">
          <summary>{t("overdue-older", { n: older.length })}</summary>
          {rows(older)}
        </details>
      )}
    </div>
  );
}

export function OverdueList() {
  const { value, failed } = overdue.value;
  // What could not be asked for is not the same as nothing.
  if (failed === null && (value === null || value.messages.length === 0)) return null;
  return (
    <Panel name="overdue" title={t("overdue-title")} data={overdue.value}>
      <Side way="in" />
      <Side way="out" />
      {value?.more === true && <p class="quiet">{t("overdue-more")}</p>}
    </Panel>
  );
}
