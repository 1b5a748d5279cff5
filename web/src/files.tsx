// Files of activities: choose one, look at what is understood of it, then send it.
import { signal } from "@preact/signals";
import { mayAct } from "./activitydeeds";
import { post, told } from "./api";
import { period } from "./clock";
import { Said } from "./parts";
import { status } from "./store";
import type { Failure, Filed, FiledActivity } from "./types";
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
const said = signal<{ good: boolean; text: string; failure?: Failure | null } | null>(null);
const busy = signal(false);

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}

async function act(what: () => Promise<void>): Promise<void> {
  busy.value = true;
  said.value = null;
  try {
    await what();
  } catch (error) {
    said.value = { good: false, text: t("not-done"), failure: told(error) };
  }
  busy.value = false;
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
  const made = { data: await base64(file), name: file.name, options };
  chosen.value = made;
  looked.value = await post<Filed>(`/api/files/preview?language=${language.value}`, made, FILE_DEADLINE_MS);
}

async function send(line: string): Promise<void> {
  const path = `/api/files/notify?language=${language.value}`;
  const done = await post<{ ids: string[] }>(path, { lines: [line], file: chosen.value }, FILE_DEADLINE_MS);
  looked.value = null;
  said.value = { good: true, text: t("file-sent", { n: done.ids.length, line }) };
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
      <td>{each.place}</td>
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
      <td>{period(each.start, each.end)}</td>
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
      {found.errors_found === 0 &&
        mayAct() &&
        lines.map((each) => (
          <button key={each.line} type="button" disabled={busy.value} onClick={() => void act(() => send(each.line))}>
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
            const form = event.currentTarget as HTMLFormElement;
            void act(() => look(form));
          }}
        >
          <label>
            {t("file-choose")} <input type="file" name="file" required />
          </label>
          <button type="submit" disabled={busy.value}>
            {t("file-look")}
          </button>
          <Options />
        </form>
        {said.value !== null && (
          <p class={said.value.good ? "good" : "failed"} role="status">
            {said.value.text} <Said failure={said.value.failure ?? null} />
          </p>
        )}
        {looked.value !== null && <Look found={looked.value} />}
      </details>
    </section>
  );
}
