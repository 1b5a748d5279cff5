// Who acts on this page: coming in by name, leaving, the first administrator, who is on.
import { Administer } from "./administer";
import { act, deeds, Form, Name, Password, Refusal } from "./officerform";
import { locked, officers, who } from "./store";
import { t, word } from "./words";

function Login() {
  return (
    <Form name="login" path="/api/login" label={t("come-in")}>
      <Name />
      <Password name="password" kept />
    </Form>
  );
}

/** Asks for a name where the station has officers and nobody has given one. */
export function ComeIn() {
  const reads = who.value?.officers === true && who.value.officer === null;
  if (locked.value !== "by-name" && !reads) return null;
  return (
    <section class="come-in" aria-labelledby="title-come-in">
      <h2 id="title-come-in">{t("come-in-title")}</h2>
      <p>{t(reads ? "reads-only" : "come-in-why")}</p>
      <Login />
    </section>
  );
}

function First() {
  return (
    <details class="officer">
      <summary>{t("no-officers")}</summary>
      <p>{t("first-why")}</p>
      <Form name="first" path="/api/officers/first" label={t("first-make")}>
        <Name />
        <Password name="password" kept={false} />
      </Form>
    </details>
  );
}

function Others() {
  const found = officers.value.value?.officers.filter((each) => !each.disabled) ?? [];
  return (
    <ul class="who-is-on" aria-label={t("who-is-on")}>
      {found.map((each) => (
        <li key={each.name} data-officer={each.name} data-on={each.on}>
          <span aria-hidden="true">{each.on ? "●" : "○"}</span> <bdi>{each.name}</bdi>{" "}
          <span class="quiet">
            {word("role", each.role)} · {t(each.on ? "is-on" : "is-off")}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** In the page's head: who acts, with what role, and what there is to do about it. */
export function Officer() {
  const here = who.value;
  if (here === null) return null;
  if (!here.officers) return <First />;
  if (here.officer === null) return null;
  return (
    <details class="officer" data-who={here.officer.name}>
      <summary>
        <bdi>{here.officer.name}</bdi> · {word("role", here.officer.role)}
      </summary>
      <button type="button" class="leave" disabled={deeds.busy} onClick={() => void act("leave", "/api/logout")}>
        {t("leave")}
      </button>
      <Refusal of="leave" />
      {here.officer.role === "administrator" ? (
        <Administer />
      ) : (
        <>
          <h3>{t("who-is-on")}</h3>
          <Others />
        </>
      )}
      <h3>{t("password-change")}</h3>
      <Form name="password" path="/api/password" label={t("password-change")}>
        <input type="hidden" autocomplete="username" value={here.officer.name} />
        <Password name="password" kept />
        <Password name="new" kept={false} />
      </Form>
    </details>
  );
}
