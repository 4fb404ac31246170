import { makeStyles, tokens } from "@fluentui/react-components";
import type { RequiredPermission } from "../api/bindings";
import { resourceWords, typeWords } from "../words/nouns";
import { t } from "../words/t";

const useStyles = makeStyles({
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "8px" },
  name: { overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

/** Permissions that an integration needs: each with what it is for, and what doesn't work without it. */
export function Needs({ permissions }: { permissions: readonly RequiredPermission[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.list}>
      {permissions.map((wanted) => (
        <li key={`${wanted.resource} ${wanted.type} ${wanted.name}`}>
          <div className={styles.name}>
            {wanted.name}{" "}
            <span className={styles.quiet}>
              {typeWords[wanted.type]}, {resourceWords[wanted.resource]}
              {wanted.optional && `, ${t("consent.optional")}`}
            </span>
          </div>
          {(wanted.purpose ?? wanted.feature) && (
            <div className={styles.quiet}>
              {[wanted.purpose, wanted.feature === null ? null : t("consent.lost", { feature: wanted.feature })]
                .filter(Boolean)
                .join(" ")}
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
