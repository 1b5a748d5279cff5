// Answers that a person should have given by now: ours to them, and theirs to us.
import { stationNow, utcShort } from "./clock";
import { atDesk } from "./deeds";
import { Panel, Refused } from "./parts";
import { mayAct, overdue } from "./store";
import type { OverdueMessage } from "./types";
import { span, t, word } from "./words";

/** How many of each side are drawn; the command line lists all. */
const SHOWN = 8;

/** How it is answered: here where one press does it, else where or by what. */
function Deed({ message }: { message: OverdueMessage }) {
  if (!mayAct()) return null;
  const { id, form } = message;
  if (form === "call-request") return (
      <p class="quiet">
        {t("overdue-call")}{" "}
        <code>
          openline call answer <span class="whole">{id}</span> accept|decline|counter
        </code>
      </p>
    );
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
  return (
    <div data-side={way}>
      <h3>{t(way === "in" ? "overdue-ours" : "overdue-theirs", { n: found.length })}</h3>
      <ul>
        {found.slice(0, SHOWN).map((each) => (
          <Row key={`${each.line} ${each.id}`} message={each} />
        ))}
      </ul>
      {found.length > SHOWN && <p class="quiet">{t("overdue-more", { n: found.length - SHOWN })}</p>}
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
    </Panel>
  );
}
