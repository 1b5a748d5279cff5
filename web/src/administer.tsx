// The officers as an administrator sees them: who is there, with which role, and who may come in.
import { ADD, change, Form, Name, Password, Refusal, deeds } from "./officerform";
import { contact, officers, who } from "./store";
import type { OfficerRow } from "./types";
import { t, word } from "./words";

const ROLES = ["observer", "officer", "supervisor", "administrator"];

function Role({ name, value, onChange }: { name: string; value: string; onChange?: (role: string) => void }) {
  return (
    <select
      name={name}
      aria-label={t("officer-role")}
      value={onChange && value}
      disabled={deeds.busy}
      onChange={(event) => onChange?.(event.currentTarget.value)}
    >
      {ROLES.map((each) => (
        // What somebody is about to choose for a new officer outlasts a renewal of the page.
        <option key={each} value={each} selected={onChange ? undefined : each === value}>
          {word("role", each)}
        </option>
      ))}
    </select>
  );
}

function One({ officer }: { officer: OfficerRow }) {
  const { name, role, disabled, on } = officer;
  const own = who.value?.officer?.name === name;
  return (
    <li data-managed={name} data-disabled={disabled}>
      <span class="name">
        <span aria-hidden="true">{disabled ? "✕" : on ? "●" : "○"}</span> <bdi>{name}</bdi>{" "}
        <span class={disabled ? "bad" : "quiet"}>{t(disabled ? "is-disabled" : on ? "is-on" : "is-off")}</span>
      </span>
      {own ? (
        <span class="quiet">
          {word("role", role)} · {t("is-you")}
        </span>
      ) : (
        <>
          <Role name={`role of ${name}`} value={role} onChange={(given) => void change({ name, role: given })} />
          <button
            type="button"
            class="switch"
            disabled={deeds.busy || contact.value !== "live"}
            onClick={() => void change({ name, disabled: !disabled })}
          >
            {t(disabled ? "officer-enable" : "officer-disable")}
          </button>
          <details class="new-password">
            <summary>{t("password-give")}</summary>
            <Form name={`password ${name}`} path="/api/officers/change" label={t("password-give")} stays>
              <input type="hidden" name="name" value={name} autocomplete="off" />
              <Password name="password" kept={false} />
            </Form>
          </details>
        </>
      )}
      <Refusal of={`change ${name}`} />
    </li>
  );
}

/** For administrators alone: the others' officers, and a form for one more. */
export function Administer() {
  const found = officers.value.value?.officers ?? [];
  return (
    <section class="administer" aria-labelledby="title-administer">
      <h3 id="title-administer">{t("officers-title")}</h3>
      <ul>
        {found.map((each) => (
          <One key={each.name} officer={each} />
        ))}
      </ul>
      <h3>{t("officer-add")}</h3>
      <p class="quiet">{t("officer-add-why")}</p>
      <Form name={ADD} path="/api/officers" label={t("officer-add")} stays>
        <Name />
        <label>
          {t("officer-role")} <Role name="role" value="officer" />
        </label>
        <Password name="password" kept={false} />
      </Form>
    </section>
  );
}
