import { makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { Reading, Session } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { fullTime, instant, lasted } from "../../lib/time";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { causeTitles } from "../../words/causes";
import { explain } from "../../words/codes";
import { sessionBadges, verdictBadges, workloadWords } from "../../words/nouns";
import { t } from "../../words/t";

const useStyles = makeStyles({
  session: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    paddingBottom: "12px",
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: "flex", justifyContent: "space-between", alignItems: "center", columnGap: "8px" },
  name: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  readings: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  reading: { display: "flex", flexDirection: "column" },
});

/** The latest sync sessions of a user, each with what its workloads came to. */
export function Sessions({ user }: { user: number }) {
  const styles = useStyles();
  const query = useQuery(reading("sync.sessions", { user }));
  if (query.error) return <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />;
  if (query.data?.length === 0) return <span className={styles.quiet}>{t("sessions.none")}</span>;
  if (!query.data) return null;
  return (
    <>
      <span>{figuresWords(query.data)}</span>
      {query.data.map((session) => (
        <OneSession key={session.number} session={session} />
      ))}
    </>
  );
}

/** What the sessions that are kept of a user came to together. */
function figuresWords(all: readonly Session[]): string {
  const of = (verdict: Session["verdict"]) => all.filter((session) => session.verdict === verdict).length;
  const took = all.reduce((sum, session) => sum + session.ended - session.started, 0);
  return t("sessions.figures", {
    n: all.length,
    passed: of("passed"),
    failed: of("failed"),
    unknown: of("unknown"),
    average: instant(took / all.length),
  });
}

function OneSession({ session }: { session: Session }) {
  const styles = useStyles();
  return (
    <section className={styles.session} aria-label={t("sessions.number", { number: session.number })}>
      <div className={styles.head}>
        <span className={styles.name}>{fullTime(session.ended)}</span>
        <StatusBadge {...sessionBadges[session.verdict]} />
      </div>
      <span className={styles.quiet}>
        {[
          t(`sessions.kind.${session.kind}`),
          `${t("sessions.took")} ${lasted(session.ended - session.started)}`,
          t("sessions.items", { changed: session.changed, removed: session.removed }),
          t("sessions.requests", { n: session.requests }),
        ].join(" · ")}
      </span>
      <ul className={styles.readings}>
        {session.readings.map((one) => (
          <li key={one.workload} className={styles.reading}>
            <div className={styles.head}>
              <span>{workloadWords[one.workload]}</span>
              <StatusBadge {...verdictBadges[one.verdict]} />
            </div>
            <span className={styles.quiet}>{readingWords(one)}</span>
            {one.verdict !== "passed" && one.request_id && (
              <CopyableId id={one.request_id} what={t("check.requestId")} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function readingWords(one: Reading): string {
  if (one.cause) {
    const why = `${causeTitles[one.cause]}${one.code ? ` (${one.code})` : ""}`;
    return one.mailbox ? `${one.mailbox}: ${why}` : why;
  }
  const items = t("sessions.items", { changed: one.changed ?? 0, removed: one.removed ?? 0 });
  return one.mailbox ? `${one.mailbox}: ${items}` : items;
}
