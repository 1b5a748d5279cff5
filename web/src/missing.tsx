// Secrets that no backup holds: what cannot be used until somebody gives them again.
import { status } from "./store";
import type { MissingSecret } from "./types";
import { t } from "./words";

function One({ secret }: { secret: MissingSecret }) {
  if (secret.of === "carrier") {
    const { carrier, line, option } = secret;
    return <li data-missing={`${line} ${carrier}`}>{t("missing-carrier", { carrier, line, option })}</li>;
  }
  const { person, way, kind } = secret;
  return <li data-missing={`${person} ${way}`}>{t("missing-way", { person, way, kind })}</li>;
}

export function Missing() {
  const found = status.value.value?.missing_secrets ?? [];
  if (found.length === 0) return null;
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
