import { makeStyles, tokens } from "@fluentui/react-components";
import type { UserDetail } from "../../api/bindings";
import { fullTime } from "../../lib/time";
import { happeningWords } from "../../words/happenings";
import { t } from "../../words/t";

const useStyles = makeStyles({
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "12px" },
  moment: {
    display: "flex",
    flexDirection: "column",
    rowGap: "2px",
    paddingLeft: "12px",
    borderLeft: `2px solid ${tokens.colorNeutralStroke1}`,
  },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

/** What happened to a user, the latest first, down to the day it was brought in. */
export function Timeline({ detail: { timeline, row } }: { detail: UserDetail }) {
  const styles = useStyles();
  return (
    <>
      {timeline.length === 0 && <span className={styles.quiet}>{t("timeline.none")}</span>}
      <ol className={styles.list} aria-label={t("users.tab.timeline")}>
        {timeline.map(({ at, what, actor }) => (
          <li key={`${at} ${what.kind}`} className={styles.moment}>
            <span>{happeningWords(what)}</span>
            <span className={styles.quiet}>
              {fullTime(at)} {actor !== null && t("timeline.by", { actor })}
            </span>
          </li>
        ))}
        <li className={styles.moment}>
          <span>{t("timeline.broughtIn")}</span>
          <span className={styles.quiet}>{fullTime(row.user.created)}</span>
        </li>
      </ol>
    </>
  );
}
