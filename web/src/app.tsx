// The page: what is wrong first, then the lines, what is new, and where.
import { useSignalEffect } from "@preact/signals";
import { AlarmList } from "./alarms";
import { lastHeard, stationNow, utc } from "./clock";
import { FilePanel } from "./files";
import { Lines } from "./line";
import { MapPanel } from "./mappanel";
import { MessageList } from "./messages";
import { Missing } from "./missing";
import { NoticeList } from "./notices";
import { ComeIn, Officer } from "./officers";
import { OverdueList } from "./overdue";
import { contact, goesOn, locked, refresh, standing, status } from "./store";
import { ago, language, languages, speak, t, type Language } from "./words";

function LanguageSwitch() {
  return (
    <div class="languages" role="group" aria-label={t("language")}>
      {(Object.keys(languages) as Language[]).map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          title={languages[each]}
          aria-pressed={language.value === each}
          onClick={() => {
            speak(each);
            refresh();
          }}
        >
          {each.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

function Top() {
  const own = status.value.value;
  const now = stationNow.value;
  const here = contact.value;
  return (
    <header class="top">
      <div class="who">
        <h1>
          Openline <span class="party">{own?.party ?? "—"}</span>
        </h1>
        {own?.name && <p>{own.name}</p>}
      </div>
      <div class="clock">
        <span class="label">{t(here === "live" ? "station-time" : "station-time-guessed")}</span>
        <output class="now">{now === null ? t("unknown") : utc(now)}</output>
      </div>
      <span class={`badge ${here}`} data-contact={here}>
        <span aria-hidden="true">{here === "live" ? "●" : here === "starting" ? "…" : "✕"}</span>{" "}
        {t(`contact-${here}`)}
      </span>
      <Officer />
      <LanguageSwitch />
    </header>
  );
}

/** Says in the largest words of the page that nothing on it is live. */
function Banner() {
  const here = contact.value;
  const heard = lastHeard.value;
  const now = stationNow.value;
  if (here !== "lost" && here !== "locked") return <div role="alert" />;
  return (
    <div role="alert">
      <div class="banner">
        <strong>{t(`banner-${here}`)}</strong>
        {heard !== null && now !== null && (
          <p>{t("banner-as-of", { time: utc(heard), age: ago(heard, now) })}</p>
        )}
        <p>{t(locked.value === "by-name" ? "banner-locked-by-name" : `banner-${here}-next`)}</p>
      </div>
    </div>
  );
}

function useTitle(): void {
  useSignalEffect(() => {
    const here = contact.value;
    const open = standing.value.filter(goesOn).length;
    const party = status.value.value?.party;
    const mark = here === "lost" || here === "locked" ? `✕ ${t("contact-lost")} · ` : open > 0 ? `(${open}) ` : "";
    document.title = `${mark}${party === undefined ? "" : `${party} · `}Openline`;
    document.documentElement.lang = language.value;
  });
}

export function App() {
  useTitle();
  const stale = contact.value !== "live";
  const entered = status.value.value !== null || contact.value !== "locked";
  return (
    <>
      <Banner />
      <Top />
      <ComeIn />
      {entered && (
        <main class={stale ? "stale" : ""}>
          <AlarmList />
          <Missing />
          <Lines />
          <MapPanel />
          <NoticeList />
          <FilePanel />
          <div class="spoken">
            <OverdueList />
            <MessageList />
          </div>
        </main>
      )}
    </>
  );
}
