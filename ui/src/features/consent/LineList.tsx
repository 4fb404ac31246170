import { makeStyles, tokens } from "@fluentui/react-components";
import type { Beyond, ChangePreview, GrantLine, Lines as Held } from "../../api/bindings";
import { stateColour } from "../../ui/theme";
import { typeWords } from "../../words/nouns";
import { t } from "../../words/t";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px" },
  folded: { cursor: "pointer", fontWeight: tokens.fontWeightSemibold },
  bad: { color: tokens.colorPaletteRedForeground1 },
  beyond: { marginLeft: "8px", color: stateColour("stateAttention") },
});

/** What a change does: what goes first, because that is what is regretted. */
export function Lines({ of }: { of: ChangePreview }) {
  return (
    <>
      <LineList title={t("change.dropped", { n: of.dropped.total })} lines={of.dropped} grave />
      <LineList title={t("change.added", { n: of.added.total })} lines={of.added} />
      <LineList title={t("change.kept", { n: of.kept.total })} lines={of.kept} folded />
    </>
  );
}

type Props = {
  readonly title: string;
  readonly lines: Held;
  readonly grave?: boolean;
  /** Only the heading is shown until somebody wants the lines: they change nothing, and may be one for each user. */
  readonly folded?: boolean;
};

/** Permissions under a heading; nothing where there are none. */
export function LineList({ title, lines, grave = false, folded = false }: Props) {
  const styles = useStyles();
  if (lines.total === 0) return null;
  // What nobody needs stands first, where it isn't overlooked.
  const beyond = lines.first.filter((line) => line.beyond !== null);
  const excess = beyond.length > 0 && <span className={styles.beyond}>{t("change.beyond", { n: beyond.length })}</span>;
  const list = (
    <ul className={styles.list} aria-label={title}>
      {[...beyond, ...lines.first.filter((line) => line.beyond === null)].map((line) => (
        <li key={lineKey(line)}>
          {lineWords(line)}
          {line.beyond && <span className={styles.beyond}>{beyondWords(line.beyond)}</span>}
        </li>
      ))}
      {lines.total > lines.first.length && <li>{t("change.more", { n: lines.total - lines.first.length })}</li>}
    </ul>
  );
  if (folded) {
    return (
      <details>
        <summary className={styles.folded}>
          {title}
          {excess}
        </summary>
        {list}
      </details>
    );
  }
  return (
    <div>
      <strong className={grave ? styles.bad : undefined}>{title}</strong>
      {excess}
      {list}
    </div>
  );
}

/** How a permission goes beyond what is required. */
function beyondWords(beyond: Beyond): string {
  return beyond.kind === "excess" ? t("change.excess") : t("change.stronger", { name: beyond.would_do });
}

/** Tells a line from all others. */
export function lineKey({ grant }: GrantLine): string {
  return JSON.stringify(grant);
}

/** The permission, its type, API and, where it is one user's, the user. */
export function lineWords({ grant, api_name, upn }: GrantLine): string {
  const words = { name: grant.name, type: typeWords[grant.type], api: api_name };
  if (grant.grantee.kind === "everyone") return t("change.line", words);
  return t("change.lineFor", { ...words, who: upn ?? grant.grantee.user });
}
