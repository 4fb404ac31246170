import { makeStyles } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { JournalEntry } from "../../api/bindings";
import { reading } from "../../api/queries";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { CopyableId, Facts } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { t } from "../../words/t";
import { grantsOf, grantWords, isOfConsent } from "./grants";
import { outcomes } from "./outcomes";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "start" },
  list: { margin: 0, paddingLeft: "20px", overflowWrap: "anywhere" },
});

type Props = {
  readonly entry: JournalEntry;
  readonly onClose: () => void;
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
};

/** One change: what it added and took away, and the way back. */
export function EntryPanel({ entry, ...panel }: Props) {
  const styles = useStyles();
  const navigate = useNavigate();
  const organizations = useQuery(reading("organizations.list", null)).data;
  const integrations = useQuery(reading("integrations.list", null)).data;
  const ofConsent = isOfConsent(entry);
  const integration = integrations?.find(
    (one) => one.integration.client_id === entry.target && one.integration.tenant === entry.tenant,
  );
  const user = organizations?.find(({ organization }) => organization.integration === integration?.integration.id);
  const difference = ofConsent ? differenceOf(entry) : undefined;
  const reason =
    difference === undefined
      ? t("undo.unknown")
      : difference.added.length + difference.removed.length === 0
        ? t("undo.same")
        : user === undefined
          ? t("undo.gone")
          : undefined;
  return (
    <DetailsPanel
      {...panel}
      title={t("undo.open", { number: entry.number })}
      subtitle={entry.action}
      subject={String(entry.number)}
    >
      <div className={styles.part}>
        <StatusBadge state={outcomes[entry.outcome].state} word={t(outcomes[entry.outcome].word)} strong />
        <Facts
          facts={[
            { name: t("journal.at"), value: fullTime(entry.at) },
            { name: t("journal.actor"), value: entry.actor },
            {
              name: t("journal.target"),
              value: integration ? integration.integration.name : entry.target,
            },
            ...(difference
              ? [
                  { name: t("undo.added"), value: <Names of={difference.added} /> },
                  { name: t("undo.removed"), value: <Names of={difference.removed} /> },
                ]
              : [
                  { name: t("journal.before"), value: entry.before ?? "" },
                  { name: t("journal.after"), value: entry.after ?? "" },
                ]),
            ...(entry.request_id === null
              ? []
              : [
                  {
                    name: t("error.requestId"),
                    value: <CopyableId id={entry.request_id} what={t("error.requestId")} />,
                  },
                ]),
          ]}
        />
        {ofConsent && (
          <ReasonedButton
            disabledReason={reason}
            onClick={() =>
              void navigate({ to: "/permissions", search: { org: user?.organization.id, undo: entry.number } })
            }
          >
            {t("undo.action")}
          </ReasonedButton>
        )}
      </div>
    </DetailsPanel>
  );
}

function Names({ of }: { of: readonly string[] }) {
  const styles = useStyles();
  if (of.length === 0) return t("undo.none");
  return (
    <ul className={styles.list}>
      {of.map((name) => (
        <li key={name}>{grantWords(name)}</li>
      ))}
    </ul>
  );
}

/** What an entry added and took away, where it knows what was there before and after. */
function differenceOf({ before, after }: JournalEntry) {
  if (before === null || after === null) return undefined;
  const [had, has] = [grantsOf(before), grantsOf(after)];
  return { added: has.filter((grant) => !had.includes(grant)), removed: had.filter((grant) => !has.includes(grant)) };
}
