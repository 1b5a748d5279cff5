// What no backup holds: secrets, and terrain models too large for one, until they are given again.
import { status } from "./store";
import type { MissingSecret } from "./types";
import { language, t } from "./words";

function One({ secret }: { secret: MissingSecret }) {
  if (secret.of === "carrier") {
    const { carrier, line, option } = secret;
    return <li data-missing={`${line} ${carrier}`}>{t("missing-carrier", { carrier, line, option })}</li>;
  }
  const { person, way, kind } = secret;
  return <li data-missing={`${person} ${way}`}>{t("missing-way", { person, way, kind })}</li>;
}

/** Terrain models and the grid: without them more is found than there is, and never less. */
function Heights() {
  const found = status.value.value?.missing_heights ?? [];
  if (found.length === 0) return null;
  return (
    <section class="missing" aria-labelledby="title-missing-heights">
      <h2 id="title-missing-heights">
        <span aria-hidden="true">▲</span> {t("missing-heights-title", { n: found.length })}
      </h2>
      <p>{t("missing-heights-why")}</p>
      <ul>
        {found.map((each) => (
          <li key={each.name} data-missing={each.name}>
            {t(`missing-${each.of}`, { name: each.name, bytes: new Intl.NumberFormat(language.value).format(each.bytes) })}{" "}
            <code>{each.sha256}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Missing() {
  const found = status.value.value?.missing_secrets ?? [];
  return (
    <div class="missing-all">
      {found.length > 0 && <Secrets found={found} />}
      <Heights />
    </div>
  );
}

function Secrets({ found }: { found: MissingSecret[] }) {
  return (
    <section class="missing" aria-labelledby="title-missing">
      <h2 id="title-missing">
        <span aria-hidden="true">▲</span> {t("missing-title", { n: found.length })}
      </h2>
      <p>{t("missing-why")}</p>
      <ul>
        {found.map((each) => (
          <One key={JSON.stringify(each)} secret={each} />
        ))}
      </ul>
    </section>
  );
}
