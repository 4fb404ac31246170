import { Link, makeStyles, tokens } from "@fluentui/react-components";
import type { Acted, Action } from "../api/bindings";
import type { Way } from "../lib/notices";
import { grouped } from "../lib/numbers";
import { whyRefused } from "../words/refused";
import { t } from "../words/t";
import { ConfirmDialog } from "./ConfirmDialog";
import { CopyButton } from "./CopyButton";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "8px" },
  names: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere", userSelect: "text" },
});

/** So many are named for each reason; the rest are counted. */
const NAMED = 20;

type Props = {
  readonly kind: Action["kind"];
  readonly acted: Acted;
  /** Where to go on from here, if anywhere. */
  readonly way?: Way | undefined;
  readonly onDone: () => void;
};

/** What an action came to that refused somebody: who was done, and who was refused, reason by reason. */
export function Refusals({ kind, acted, way, onDone }: Props) {
  const styles = useStyles();
  const { done, queued, untouched, refused } = acted;
  const groups = groupsOf(acted);
  const title =
    done > 0
      ? t("act.resultTitle", { did: t(`act.did.${kind}`, { n: done }), refused })
      : t("act.refusedTitle", { n: refused });
  return (
    <ConfirmDialog title={title} action={t("act.close")} over onConfirm={onDone} onClose={onDone}>
      {queued > 0 && <span>{t("act.queued", { n: queued })}</span>}
      {untouched > 0 && <span>{t("act.untouched", { n: untouched })}</span>}
      <ul className={styles.list} aria-label={t("act.doneRefused", { n: refused })}>
        {groups.map(({ why, users, names }) => (
          <li key={why}>
            {t("act.refusedFor", { n: users, reason: why })}
            <div className={styles.names}>{named(users, names.slice(0, NAMED))}</div>
          </li>
        ))}
      </ul>
      {way && (
        <Link
          onClick={() => {
            onDone();
            way.go();
          }}
        >
          {way.label}
        </Link>
      )}
      <div>
        <CopyButton labelled label={t("act.copyRefused")} text={tableOf(groups)} />
      </div>
    </ConfirmDialog>
  );
}

type Group = { readonly why: string; readonly users: number; readonly names: readonly string[] };

/** The refused by reason, the most first; of many only the first are named. */
function groupsOf({ reasons, refusals }: Acted): Group[] {
  return reasons
    .map((reason) => {
      const why = whyRefused(reason);
      const names = refusals.filter((refusal) => whyRefused(refusal) === why).map(({ upn }) => upn);
      return { why, users: reason.users, names };
    })
    .sort((a, b) => b.users - a.users);
}

function named(users: number, names: readonly string[]): string {
  const more = users - names.length;
  return [names.join(", "), ...(more > 0 ? [t("act.more.refused", { n: more })] : [])].join(" ");
}

/** All who are named, a line each, and how many aren't. */
function tableOf(groups: readonly Group[]): string {
  return groups
    .flatMap(({ why, users, names }) => [
      ...names.map((name) => `${name}\t${why}`),
      ...(users > names.length ? [`${grouped(users - names.length)} more\t${why}`] : []),
    ])
    .join("\n");
}
