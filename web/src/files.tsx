// Files of activities: choose one, look at what is understood of it, ask what it collides with, send it.
import { effect, signal } from "@preact/signals";
import { period } from "./clock";
import { Deeds } from "./deeds";
import { Refused, Said } from "./parts";
import { mayAct, status } from "./store";
import type { Filed, FiledActivity } from "./types";
import { WhatIf } from "./whatif";
import { language, t } from "./words";

/** A thousand activities take some seconds to look at. */
const FILE_DEADLINE_MS = 120_000;
const OPTIONS = ["kind", "ref", "start", "end", "zone", "lower", "upper", "unit", "datum", "radius_m", "width_m", "encoding"];

interface Chosen {
  data: string;
  name: string;
  options: Record<string, string>;
}

const chosen = signal<Chosen | null>(null);
const looked = signal<Filed | null>(null);
/** What was announced last, said until the next deed. */
const sent = signal<string | null>(null);
const deeds = new Deeds();

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}

async function look(form: HTMLFormElement): Promise<void> {
  const given = new FormData(form);
  const file = given.get("file");
  if (!(file instanceof File)) return;
  const options: Record<string, string> = {};
  for (const name of OPTIONS) {
    const value = String(given.get(name) ?? "").trim();
    if (value !== "") options[name] = value;
  }
  if (given.get("flight_levels") !== null) options.flight_levels = "widen";
  looked.value = null;
  sent.value = null;
  const data = await base64(file).catch(() => null);
  if (data === null) {
    deeds.refuse("file", t("file-unreadable"));
    return;
  }
  chosen.value = { data, name: file.name, options };
  await understand();
}

/** Ask how the chosen file is understood, in the reader's language. */
async function understand(): Promise<void> {
  const path = `/api/files/preview?language=${language.peek()}`;
  const found = await deeds.ask<Filed>("file", path, chosen.peek() ?? {}, FILE_DEADLINE_MS);
  if (found !== null) looked.value = found;
}

effect(() => {
  language.value;
  if (looked.peek() !== null) void understand();
});

/** `row 3`, or `airspace 2, line 14`, in the reader's words. */
function placed(place: string): string {
  return place.replace(/(^|, )(feature|row|placemark|zone|airspace|line) (?=\d)/g, (_, before: string, what: string) => `${before}${t(`in-file-${what}`)} `);
}

async function send(line: string): Promise<void> {
  const path = `/api/files/notify?language=${language.value}`;
  const body = { lines: [line], file: chosen.value };
  const done = await deeds.ask<{ ids: string[] }>("file", path, body, FILE_DEADLINE_MS);
  if (done === null) return;
  looked.value = null;
  sent.value = t("file-sent", { n: done.ids.length, line });
}

function Options() {
  return (
    <details>
      <summary>{t("file-options")}</summary>
      <p class="quiet">{t("file-options-why")}</p>
      <div class="file-options">
        {OPTIONS.map((name) => (
          <label key={name}>
            {t(`option-${name}`)} <input name={name} maxLength={200} />
          </label>
        ))}
        <label>
          <input type="checkbox" name="flight_levels" /> {t("file-flight-levels")}
        </label>
      </div>
    </details>
  );
}

function Row({ each }: { each: FiledActivity }) {
  const first = each.positions[0];
  return (
    <tr data-ref={each.ref}>
      <td>{placed(each.place)}</td>
      <td>
        <bdi>{each.ref}</bdi>
      </td>
      <td>
        <bdi>{each.title}</bdi>
        <div class="quiet">{each.kind_label}</div>
        {each.notes.map((note) => (
          <div key={note} class="file-note">
            {note}
          </div>
        ))}
      </td>
      <td class="when">{period(each.start, each.end)}</td>
      <td>{each.band}</td>
      <td>
        {first?.dms}
        <div class="quiet">{first?.decimal}</div>
      </td>
    </tr>
  );
}

function Look({ found }: { found: Filed }) {
  const lines = status.value.value?.lines ?? [];
  return (
    <div class="file-look" data-format={found.format}>
      <p>{t("file-understood", { n: found.activities.length, format: found.format })}</p>
      {found.errors_found > 0 && (
        <>
          <p class="failed">{t("file-errors", { n: found.errors_found })}</p>
          <ul class="file-errors">
            {found.errors.map((each) => (
              <li key={each.message}>
                <Said failure={each} />
              </li>
            ))}
          </ul>
        </>
      )}
      {found.activities.length > 0 && (
        <div class="file-table">
          <table>
            <thead>
              <tr>
                {["place", "ref", "title", "time", "band", "where"].map((name) => (
                  <th key={name} scope="col">
                    {t(`file-${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {found.activities.map((each) => (
                <Row key={each.place} each={each} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.errors_found === 0 && found.activities.length > 0 && (
        <WhatIf deeds={deeds} path="/api/files/check" body={() => chosen.value ?? {}} about={chosen.value} deadlineMs={FILE_DEADLINE_MS} />
      )}
      {found.errors_found === 0 &&
        mayAct() &&
        lines.map((each) => (
          <button key={each.line} type="button" disabled={!deeds.idle} onClick={() => void send(each.line)}>
            {t("file-send", { line: each.line })}
          </button>
        ))}
    </div>
  );
}

export function FilePanel() {
  return (
    <section class="panel files" aria-labelledby="title-files">
      <details>
        <summary>
          <h2 id="title-files">{t("files")}</h2>
        </summary>
        <form
          class="officer-form"
          data-form="file"
          onSubmit={(event) => {
            event.preventDefault();
            void look(event.currentTarget);
          }}
        >
          <label>
            {t("file-choose")} <input type="file" name="file" required />
          </label>
          <button type="submit" disabled={!deeds.idle}>
            {t("file-look")}
          </button>
          <Options />
        </form>
        <Refused why={deeds.refusal("file")} />
        {sent.value !== null && (
          <p class="good" role="status">
            {sent.value}
          </p>
        )}
        {looked.value !== null && <Look found={looked.value} />}
      </details>
    </section>
  );
}
