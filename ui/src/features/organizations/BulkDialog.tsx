import { makeStyles, Switch } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Belongings, OrganizationView } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { agreeing } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { type BulkKind, type Came, carryOut, type Planned, planOf } from "./bulk";

const useStyles = makeStyles({
  list: {
    margin: 0,
    paddingLeft: "20px",
    display: "flex",
    flexDirection: "column",
    rowGap: "4px",
    maxHeight: "40vh",
    overflowY: "auto",
  },
});

type Props = {
  readonly kind: BulkKind;
  readonly views: readonly OrganizationView[];
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Says what would come of it for each organization, does it when that is agreed to, and tells what was done and what wasn't. */
export function BulkDialog({ kind, views, onClose, onDone }: Props) {
  const styles = useStyles();
  // What it was opened for: organizations that go while it is done stay on the list.
  const [meant] = useState(views);
  const [force, setForce] = useState(false);
  const [done, setDone] = useState<number>();
  const [came, setCame] = useState<readonly Came[]>();
  const say = useNotices((notices) => notices.say);
  const deleting = kind === "delete";
  const foreseen = useQuery({
    ...agreeing("organizations.foresee", { organizations: meant.map(({ organization }) => organization.id) }),
    enabled: deleting && done === undefined,
  });
  const plan = planOf(kind, meant, foreseen.data ?? [], force);
  const changing = plan.filter(({ effect }) => effect.kind === "changes");
  const n = changing.length;
  // Where it is for none of them, it is told of all.
  const told = deleting ? n || meant.length : n;
  const phrase = n === 1 ? changing[0]?.view.organization.name : t("bulk.phrase", { n });
  const run = async () => {
    setDone(0);
    const all = await carryOut(kind, plan, force, setDone);
    if (all.some((one) => one.came !== "done")) return setCame(all);
    say("success", t(`bulk.done.${kind}`, { n: all.length }));
    onDone();
  };
  if (came) return <Outcome came={came} onDone={onDone} />;
  const reason =
    done !== undefined
      ? t("bulk.underWay", { done, n: plan.length })
      : deleting && !foreseen.data
        ? t("act.looking")
        : n === 0
          ? t("act.nothing")
          : undefined;
  const withUsers = plan.some(({ deletion }) => (deletion?.belongings.users ?? 0) > 0);
  return (
    <ConfirmDialog
      title={t(`bulk.title.${kind}`, { n: told })}
      action={t(force && deleting ? "bulk.do.deleteWithUsers" : `bulk.do.${kind}`, { n: told })}
      phrase={deleting && n > 0 ? phrase : undefined}
      disabledReason={reason}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      <span>{t(`bulk.about.${kind}`)}</span>
      {deleting && !foreseen.data && !foreseen.error && <span role="status">{t("act.looking")}</span>}
      {foreseen.error && (
        <ErrorBar failure={explain(refusalOf(foreseen.error))} onRetry={() => void foreseen.refetch()} />
      )}
      <ul className={styles.list} aria-label={t("bulk.effects")}>
        {plan.map((planned) => (
          <li key={planned.view.organization.id}>
            {planned.view.organization.name}: {effectWords(kind, planned)}
          </li>
        ))}
      </ul>
      {withUsers && (
        <Switch label={t("bulk.withUsers")} checked={force} onChange={(_, data) => setForce(data.checked)} />
      )}
      {done !== undefined && <span role="status">{t("bulk.underWay", { done, n: plan.length })}</span>}
    </ConfirmDialog>
  );
}

function effectWords(kind: BulkKind, { view, effect, deletion }: Planned): string {
  if (effect.kind === "nothing") return t("bulk.alreadySo");
  if (effect.kind === "refused") {
    return [
      t("bulk.stays", { reason: reasonWords[effect.reason] }),
      ...(deletion ? [goes(deletion.belongings)] : []),
    ].join(" ");
  }
  switch (kind) {
    case "enable":
      return t("bulk.read", { n: view.users });
    case "disable":
      return t("bulk.notRead", { n: view.users });
    case "start":
      return startWords(view);
    case "pause":
      return t("bulk.waits", { n: view.users });
    case "delete":
      return deletion ? goes(deletion.belongings) : "";
  }
}

/** What comes of starting: whether anybody is read, and with what consent. */
function startWords({ may, organization, consent }: OrganizationView): string {
  const begins =
    organization.sync === "disabled"
      ? t("bulk.startsOff")
      : may.sync
        ? t("bulk.startsLater", { reason: reasonWords[may.sync] })
        : t("syncing.every", { n: organization.rhythm.every_minutes });
  const { authorization } = consent;
  return authorization === "authorized" ? begins : `${begins} ${t(`bulk.consent.${authorization}`)}`;
}

/** What goes with an organization, in numbers. */
function goes({ users, initialized, checked, runs, sessions }: Belongings): string {
  return [
    t("bulk.users", { n: users }),
    ...(initialized > 0 ? [t("bulk.initialized", { n: initialized })] : []),
    t("bulk.runs", { n: runs }),
    t("bulk.checks", { n: checked }),
    t("bulk.sessions", { n: sessions }),
  ].join(", ");
}

/** Done, failed and untouched, those that aren't done by name with the reason. */
function Outcome({ came, onDone }: { came: readonly Came[]; onDone: () => void }) {
  const styles = useStyles();
  const count = (wanted: Came["came"]) => came.filter((one) => one.came === wanted).length;
  const result = { done: count("done"), failed: count("failed"), untouched: count("untouched") };
  return (
    <ConfirmDialog title={t("bulk.result", result)} action={t("act.close")} over onConfirm={onDone} onClose={onDone}>
      <ul className={styles.list} aria-label={t("bulk.notDone")}>
        {came
          .filter((one) => one.came !== "done")
          .map(({ view, came: how, why }) => (
            <li key={view.organization.id}>
              {t(how === "failed" ? "bulk.failed" : "bulk.untouched", {
                name: view.organization.name,
                why: why ?? "",
              })}
            </li>
          ))}
      </ul>
    </ConfirmDialog>
  );
}
