import { makeStyles, tokens } from "@fluentui/react-components";
import type { PresetView } from "../../api/bindings";
import { Facts } from "../../ui/Facts";
import { accessWords } from "../../words/nouns";
import { checkWords } from "../../words/remarks";
import { t } from "../../words/t";

const useStyles = makeStyles({
  head: { margin: "0 0 4px", fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  list: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

/** What has to be in place for an integration beside its permissions, and what it can't do over Graph. */
export function PresetFacts({ preset }: { preset: PresetView }) {
  const styles = useStyles();
  const requirements = preset.requirements ?? [];
  const { vendor, access } = preset;
  return (
    <>
      {vendor && (
        <Facts
          facts={[
            { name: t("list.vendor"), value: vendor },
            ...(access
              ? [{ name: t("organizations.access"), value: access.map((one) => accessWords[one]).join(", ") }]
              : []),
          ]}
        />
      )}
      {requirements.length > 0 && (
        <section>
          <h3 className={styles.head}>{t("list.requirements")}</h3>
          <ul className={styles.list}>
            {requirements.map(({ what, how_to_check }) => (
              <li key={what}>
                {what} <span className={styles.quiet}>{checkWords(how_to_check)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {preset.limitations.length > 0 && (
        <section>
          <h3 className={styles.head}>{t("integrations.limitations")}</h3>
          <ul className={styles.list}>
            {preset.limitations.map((limitation) => (
              <li key={limitation}>{limitation}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
