// One line: does it work, and does anyone speak. Two facts, shown as two.
import { stationNow, utcShort } from "./clock";
import { Ago, Meant, Panel, State } from "./parts";
import { clocks, contact, status } from "./store";
import type { Clock, Line } from "./types";
import { span, t, word } from "./words";

function LastTest({ line }: { line: Line }) {
  const test = line.last_test;
  if (test === null) return <strong class="doubt">{t("never-tested")}</strong>;
  return (
    <>
      <State group="result" value={test.result} /> <Ago at={test.at} />
      <span class="meta">
        {test.rtt_ms !== null && <> · {t("round-trip", { n: test.rtt_ms })}</>}
        {test.offset_ms !== null && <> · {t("clock-offset", { n: test.offset_ms })}</>}
      </span>
    </>
  );
}

/** Whether somebody was there, beside whether the machine was. */
function LastHumanTest({ line }: { line: Line }) {
  const test = line.last_human_test ?? null;
  if (test === null) return <span class="quiet">{t("never-asked")}</span>;
  return (
    <>
      <State group="result" value={test.result} /> <Ago at={test.at} />
      <span class="meta">{test.seconds !== null && <> · {t("answered-in", { n: test.seconds })}</>}</span>
    </>
  );
}

function NextTest({ line }: { line: Line }) {
  const now = stationNow.value;
  if (!line.next_test) return <strong class="doubt">{t("not-scheduled")}</strong>;
  const due = Date.parse(line.next_test);
  if (now !== null && due < now) return <strong class="doubt">{t("overdue", { span: span(now - due) })}</strong>;
  return (
    <>
      {now === null ? "" : t("ahead", { span: span(due - now) })}{" "}
      <span class="quiet whole">{utcShort(due)}</span>
    </>
  );
}

function OverdueAnswers({ line }: { line: Line }) {
  const late = line.overdue;
  if (late === undefined) return <span class="quiet">{t("unknown")}</span>;
  if (late.in + late.out === 0) return <>{t("overdue-none")}</>;
  return (
    <span class="doubt overdue-count">
      {late.in > 0 && t("overdue-ours", { n: late.in })}
      {late.in > 0 && late.out > 0 && " · "}
      {late.out > 0 && t("overdue-theirs", { n: late.out })}
    </span>
  );
}

function TestsPassed({ line }: { line: Line }) {
  const count = clocks.value.value?.tests.find((each) => each.line === line.line);
  return count === undefined ? null : <>{t("tests-passed", { passed: count.passed, run: count.run })}</>;
}

function Records({ line }: { line: Line }) {
  const equal = line.last_test?.records_equal;
  const verdict = equal === true ? "in-step" : equal === false ? "out-of-step" : "step-unknown";
  return (
    <>
      {t("records-sizes", { out: line.records.out.size, in: line.records.in.size })}
      <br />
      <span class={equal === true ? "" : equal === false ? "bad" : "doubt"} data-step={verdict}>
        {t(verdict)}
      </span>
      {equal !== undefined && equal !== null && line.last_test !== null && (
        <span class="meta">
          {" "}
          · {t("at-test")} <Ago at={line.last_test.at} />
        </span>
      )}
    </>
  );
}

function Carriers({ line }: { line: Line }) {
  const carriers = line.carriers ?? [];
  if (carriers.length === 0) return <strong class="doubt">{t("no-carrier")}</strong>;
  return (
    <ul class="carriers">
      {carriers.map((each) => (
        <li key={each.name}>
          <bdi>{each.name}</bdi> <State group="carrier" value={each.state} />{" "}
          <span class="meta">
            · {t("last-ok")} <Ago at={each.last_ok} />
          </span>
          {each.error && (
            <span class="error">
              {" "}
              <Meant code={each.error_code ?? ""} exact={each.error} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What became of the calls that were sought at this level. */
function Calls({ clock }: { clock: Clock }) {
  const { sought, declined, unanswered } = clock;
  if (sought + declined + unanswered === 0) return <span class="quiet">{t("calls-none")}</span>;
  return (
    <span class="calls">
      {t("calls-sought", { n: sought })}
      {declined > 0 && <> · {t("calls-declined", { n: declined })}</>}
      {unanswered > 0 && <> · {t("calls-unanswered", { n: unanswered })}</>}
    </span>
  );
}

function ClockRows({ clock }: { clock: Clock }) {
  return (
    <tbody data-level={clock.level}>
      <tr>
        <th scope="row">{word("level", clock.level)}</th>
        <td class="days">{clock.days === null ? <em>{t("never")}</em> : clock.days}</td>
        <td>
          {clock.last === null ? t("no-contact-known") : clock.last.slice(0, 10)}
          {clock.certainty !== null && <span class="meta"> · {word("certainty", clock.certainty)}</span>}
        </td>
      </tr>
      <tr class="of-calls">
        <td colSpan={3}>
          <Calls clock={clock} />
        </td>
      </tr>
    </tbody>
  );
}

function ContactClocks({ line }: { line: Line }) {
  const own = clocks.value.value?.clocks.filter((each) => each.line === line.line);
  return (
    <table class="clocks">
      <caption>{t("contact-clocks")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("level")}</th>
          <th scope="col">{t("days-since")}</th>
          <th scope="col">{t("last-contact")}</th>
        </tr>
      </thead>
      {own === undefined ? (
        <tbody>
          <tr>
            <td colSpan={3} class="doubt">
              {t("nothing-heard")}
            </td>
          </tr>
        </tbody>
      ) : (
        own.map((each) => <ClockRows key={each.level} clock={each} />)
      )}
    </table>
  );
}

function Card({ line }: { line: Line }) {
  return (
    <article class="line" data-line={line.line}>
      <header>
        <h3>
          <span class="party">{line.line}</span> <bdi>{line.name}</bdi>
        </h3>
        <p class="states">
          {contact.value !== "live" && <span class="doubt">{t("last-known")}</span>}
          <State group="observed" value={line.observed} big />
          <span class="declared">
            {t("declared")} <State group="declared" value={line.declared} />
          </span>
        </p>
      </header>
      <dl>
        <dt>{t("last-test")}</dt>
        <dd class="last-test">
          <LastTest line={line} />
        </dd>
        <dt>{t("last-human-test")}</dt>
        <dd class="last-human-test">
          <LastHumanTest line={line} />
        </dd>
        <dt>{t("next-test")}</dt>
        <dd>
          <NextTest line={line} /> <span class="meta"><TestsPassed line={line} /></span>
        </dd>
        <dt>{t("queue")}</dt>
        <dd class={line.queued > 0 ? "doubt" : ""}>{t("queued", { n: line.queued })}</dd>
        <dt>{t("overdue-title")}</dt>
        <dd>
          <OverdueAnswers line={line} />
        </dd>
        <dt>{t("conflicts-title")}</dt>
        <dd class={line.conflicts > 0 ? "bad open-conflicts" : "open-conflicts"}>
          {t("open-conflicts", { n: line.conflicts })}
        </dd>
      </dl>
      <ContactClocks line={line} />
      <dl>
        <dt>{t("records")}</dt>
        <dd>
          <Records line={line} />
        </dd>
        <dt>{t("carriers")}</dt>
        <dd>
          <Carriers line={line} />
        </dd>
      </dl>
    </article>
  );
}

export function Lines() {
  const lines = status.value.value?.lines ?? [];
  return (
    <Panel name="lines" title={t("lines")} data={status.value}>
      {lines.length === 0 && <p class="quiet">{t("no-lines")}</p>}
      {lines.map((each) => (
        <Card key={each.line} line={each} />
      ))}
    </Panel>
  );
}
