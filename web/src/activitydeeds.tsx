// What a desk does with activities of its own: each deed a small form that says what became of it.
import { useSignal } from "@preact/signals";
import { Fragment, type ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { get } from "./api";
import { stationNow } from "./clock";
import { Deeds as Doing } from "./deeds";
import { Refused } from "./parts";
import { NO_SHAPE, ShapeFields, writtenOf, type Written as Shape } from "./shapefields";
import { mayAct, refresh, status } from "./store";
import type { Activity, Written } from "./types";
import { WhatIf } from "./whatif";
import { language, t, word } from "./words";

export const KINDS = [
  ...["flight", "unmanned-flight", "live-fire", "missile-test", "naval-movement", "ground-movement"],
  ...["convoy", "demining", "exercise", "distribution-point", "site", "other"],
];

interface DeedProps {
  name: string;
  label: string;
  path: string;
  /** The request's body, or the phrase that says why there is nothing to send. */
  body?: (given: FormData) => object | string;
  grave?: boolean;
  onOpen?: () => void;
  onShut?: () => void;
  /** Where one can ask what it would conflict with, and what is asked. */
  check?: { path: string; body: (given: FormData) => object };
  children?: ComponentChildren;
}

/** A deed stays shut until it is wanted, so that no single press at night changes anything. */
function Deed({ name, label, path, body, grave, onOpen, onShut, check, children }: DeedProps) {
  const deeds = useMemo(() => new Doing(), []);
  const open = useSignal(false);
  const edits = useSignal(0);

  async function act(form: HTMLFormElement): Promise<void> {
    const said = body?.(new FormData(form)) ?? {};
    if (typeof said === "string") {
      deeds.refuse(name, t(said));
    } else if (await deeds.perform(name, `${path}?language=${language.value}`, said)) {
      form.reset();
      open.value = false;
      onShut?.(); // at once: the browser tells of it later, and it may be open again by then
    }
  }

  return (
    <details
      class="deed"
      data-deed={name}
      open={open.value}
      onToggle={(event) => {
        open.value = event.currentTarget.open;
        edits.value += 1;
        (open.value ? onOpen : onShut)?.();
      }}
    >
      <summary>{label}</summary>
      <form
        onInput={() => (edits.value += 1)}
        onSubmit={(event) => {
          event.preventDefault();
          void act(event.currentTarget);
        }}
      >
        {children}
        {check !== undefined && (
          <WhatIf
            deeds={deeds}
            path={check.path}
            body={(form) => (form === null ? {} : check.body(new FormData(form)))}
            about={edits.value}
          />
        )}
        <button type="submit" class={grave ? "grave" : ""} disabled={!deeds.idle}>
          {label}
        </button>
        <Refused why={deeds.refusal(name)} />
      </form>
    </details>
  );
}

interface InputProps {
  name: string;
  label: string;
  value?: string | undefined;
  hint?: string;
  required?: boolean;
}

function Input({ name, label, value, hint, required }: InputProps) {
  return (
    <label>
      {label} <input name={name} type="text" dir="auto" autocomplete="off" defaultValue={value ?? ""} placeholder={hint} required={required} />
    </label>
  );
}

function Choice({ name, label, values, shown }: { name: string; label: string; values: string[]; shown: (value: string) => string }) {
  return (
    <label>
      {label}{" "}
      <select name={name}>
        {values.map((each) => (
          <option key={each} value={each}>
            {shown(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

const SHAPE = ["shape_type", "place", "radius_m", "width_m"];

/** What was typed, without what stands already; a field that was emptied is taken out. */
function changed(given: FormData, before: Record<string, string>): object | string {
  const fields: Record<string, string> = {};
  const said = [...given.entries()].map(([name, value]): [string, string] => [name, String(value).trim()]);
  // A shape goes whole, or its parts could be read as another's.
  const moved = said.some(([name, text]) => SHAPE.includes(name) && text !== before[name]);
  for (const [name, text] of said) {
    if (SHAPE.includes(name) ? moved : text !== (before[name] ?? "")) fields[name] = text;
  }
  return Object.keys(fields).length === 0 ? "nothing-changed" : { fields };
}

/** The same to ask what it would conflict with, where nothing changed as well. */
function asked(given: FormData, before: Record<string, string>): object {
  const said = changed(given, before);
  return typeof said === "string" ? { fields: {} } : said;
}

function Amend({ activity, path }: { activity: Activity; path: string }) {
  const before = useSignal<Record<string, string> | null>(null);
  const opened = useSignal(0);
  // What stood when it was opened before may stand no more, and what is typed over it would be lost.
  const forget = () => {
    before.value = null;
  };
  const load = () => {
    forget();
    void get<Written>(`${path}?language=${language.value}`).then(
      ({ fields }) => {
        const shown: Record<string, string> = {};
        for (const name of ["title", "start", "end", "lower", "upper", "unit", "datum", "contact", "details"]) {
          const value = fields[name];
          if (value !== undefined) shown[name] = String(value);
        }
        before.value = { ...shown, ...writtenOf(fields["shape"]), edges: String(fields["edges"]) };
        opened.value += 1;
      },
      () => refresh(),
    );
  };
  const stands = before.value;
  const measure = `${stands?.unit} ${stands?.datum}`;
  const why = activity.private === true ? "amend-private-why" : activity.state === "draft" ? "amend-draft-why" : "amend-why";
  return (
    <Deed
      name="amend"
      label={t("amend")}
      path={`${path}/amend`}
      onOpen={load}
      onShut={forget}
      body={(given) => (stands === null ? "nothing-changed" : changed(given, stands))}
      {...(activity.private === true || stands === null ? {} : { check: { path: `${path}/check`, body: (given) => asked(given, stands) } })}
    >
      <p class="quiet">{t(why)}</p>
      {stands !== null && (
        <Fragment key={opened.value}>
          <Input name="title" label={t("field-title")} value={stands.title} required />
          <Input name="start" label={t("field-start")} value={stands.start} required />
          {!activity.permanent && <Input name="end" label={t("field-end")} value={stands.end} required />}
          <ShapeFields start={stands as Shape} edges={stands.edges ?? ""} />
          <Input name="lower" label={`${t("field-lower")} (${measure})`} value={stands.lower} required />
          <Input name="upper" label={`${t("field-upper")} (${measure})`} value={stands.upper} required />
          <Input name="contact" label={t("field-contact")} value={stands.contact} />
          <Input name="details" label={t("field-details")} value={stands.details} />
        </Fragment>
      )}
    </Deed>
  );
}

function Verify({ path }: { path: string }) {
  const lines = (given: FormData) => String(given.get("coordinates")).split("\n").map((each) => each.trim()).filter(Boolean);
  return (
    <Deed name="verify" label={t("verify")} path={`${path}/verify`} body={(given) => ({ coordinates: lines(given) })}>
      <p class="quiet">{t("verify-why")}</p>
      <label>
        {t("verify-typed")}
        <textarea name="coordinates" rows={2} spellcheck={false} placeholder="42S VF 87399 63610" required />
      </label>
    </Deed>
  );
}

function Announce({ path }: { path: string }) {
  const lines = status.value.value?.lines ?? [];
  const body = (given: FormData) => {
    const chosen = given.getAll("line").map(String);
    return chosen.length === 0 ? "no-line-chosen" : { lines: chosen };
  };
  return (
    <Deed name="announce" label={t("announce")} path={`${path}/announce`} body={body} check={{ path: `${path}/check`, body: () => ({ fields: {} }) }}>
      {lines.map((each) => (
        <label key={each.line} class="tick">
          <input type="checkbox" name="line" value={each.line} defaultChecked={lines.length === 1} /> {each.line} <span class="quiet">{each.name}</span>
        </label>
      ))}
    </Deed>
  );
}

/** What can be done with an activity of ours, or with one that is private. */
export function Deeds({ activity }: { activity: Activity }) {
  if (!mayAct()) return null;
  const at = encodeURIComponent(activity.id);
  const unverified = activity.marks?.includes("unverified") === true;
  if (activity.private === true) {
    const own = `/api/private/${at}`;
    return (
      <div class="activity-deeds">
        {unverified && <Verify path={own} />}
        {activity.state !== "ended" && <Amend activity={activity} path={own} />}
        <Deed name="remove" label={t("private-remove")} path={`${own}/remove`} grave />
      </div>
    );
  }
  const path = `/api/activities/${at}`;
  if (activity.state === "draft")
    return (
      <div class="activity-deeds">
        <Announce path={path} />
        {unverified && <Verify path={path} />}
        <Amend activity={activity} path={path} />
        <Deed name="discard" label={t("discard")} path={`${path}/discard`} grave />
      </div>
    );
  return (
    <div class="activity-deeds">
      {activity.confirm_by != null && (
        <Deed name="confirm" label={t("confirm")} path={`${path}/confirm`}>
          <p class="quiet">{t("confirm-why")}</p>
        </Deed>
      )}
      {unverified && <Verify path={path} />}
      <Amend activity={activity} path={path} />
      <Deed
        name="cancel"
        label={t("cancel-activity")}
        path={`${path}/cancel`}
        grave
        body={(given) => ({ reason: String(given.get("reason")).trim() })}
      >
        <p class="quiet">{t("cancel-why")}</p>
        <Input name="reason" label={t("field-reason")} />
      </Deed>
    </div>
  );
}

/** A moment of the station's clock, in whole minutes, as the station reads it. */
function moment(hoursAhead: number): string {
  const now = stationNow.peek() ?? 0;
  const minutes = Math.floor(now / 60_000) * 60_000;
  return `${new Date(minutes + hoursAhead * 3_600_000).toISOString().slice(0, 16)}:00Z`;
}

/** Enters what cannot be announced: a target, a patrol. */
export function NewPrivate() {
  const opened = useSignal(0);
  if (!mayAct()) return null;
  const body = (given: FormData) => {
    const fields = Object.fromEntries([...given.entries()].map(([name, value]) => [name, String(value).trim()]));
    return { fields: { ...fields, ref: (fields["title"] ?? "").slice(0, 64) } };
  };
  return (
    <Deed name="private" label={t("private-add")} path="/api/private" body={body} onOpen={() => (opened.value += 1)}>
      <p class="quiet">{t("private-why")}</p>
      <Input name="title" label={t("field-title")} required />
      <Choice name="kind" label={t("activity-kind")} values={KINDS} shown={(kind) => word("kind", kind)} />
      <ShapeFields start={NO_SHAPE} />
      <Input key={`start ${opened.value}`} name="start" label={t("field-start")} value={moment(0)} required />
      <Input key={`end ${opened.value}`} name="end" label={t("field-end")} value={moment(6)} required />
      <Input name="lower" label={t("field-lower")} value="0" required />
      <Input name="upper" label={t("field-upper")} value="100" required />
      <Choice name="unit" label={t("field-unit")} values={["m", "ft"]} shown={(unit) => unit} />
      <Choice name="datum" label={t("field-datum")} values={["AGL", "AMSL", "HAE"]} shown={(datum) => datum} />
      <Input name="details" label={t("field-details")} />
    </Deed>
  );
}
