import { Button, makeStyles, Switch, tokens } from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { ReasonedButton } from "../../ui/CommandBar";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  heading: { margin: 0 },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  row: { display: "flex", columnGap: "8px", alignItems: "center" },
  name: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2 },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px" },
});

/** People that are shown by name; the buttons for all mean all. */
const SHOWN = 50;

type Props = {
  readonly organization: number;
  /** Why nobody can be brought in now. */
  readonly reason: string | undefined;
};

/** Who is proposed for the organization, and who was declined. */
export function ProposalList({ organization, reason }: Props) {
  const styles = useStyles();
  const [declined, setDeclined] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const query = useQuery(reading("rules.proposals", { organization, declined, offset: 0, limit: SHOWN }));
  const page = query.data;
  const attempt = async (what: () => Promise<string>) => {
    setRefusal(undefined);
    setBusy(true);
    try {
      say("success", await what());
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
    setBusy(false);
  };
  const accept = (users: string[] | null) =>
    attempt(async () => t("rules.accepted", { n: (await call("rules.accept", { organization, users })).new }));
  const decline = (users: string[] | null) =>
    attempt(async () => t("rules.declined", { n: (await call("rules.decline", { organization, users })).users }));
  const reconsider = (users: string[] | null) =>
    attempt(async () => t("rules.asked", { n: (await call("rules.reconsider", { organization, users })).users }));
  const cannot = reason ?? (busy ? t("confirm.busy") : undefined);
  if (!page) return query.error ? <ErrorBar failure={explain(refusalOf(query.error))} /> : null;
  const total = declined ? page.declined : page.open;
  return (
    <section className={styles.part}>
      <h3 className={styles.heading}>{t("rules.proposals", { n: page.open })}</h3>
      {page.declined > 0 && (
        <Switch
          label={t("rules.showDeclined", { n: page.declined })}
          checked={declined}
          onChange={(_, data) => setDeclined(data.checked)}
        />
      )}
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {total > 0 && (
        <div className={styles.buttons}>
          {declined ? (
            <ReasonedButton size="small" disabledReason={cannot} onClick={() => void reconsider(null)}>
              {t("rules.reconsiderAll", { n: total })}
            </ReasonedButton>
          ) : (
            <>
              <ReasonedButton size="small" disabledReason={cannot} onClick={() => void accept(null)}>
                {t("rules.acceptAll", { n: total })}
              </ReasonedButton>
              <ReasonedButton size="small" disabledReason={cannot} onClick={() => void decline(null)}>
                {t("rules.declineAll", { n: total })}
              </ReasonedButton>
            </>
          )}
        </div>
      )}
      <ul className={styles.list} aria-label={t(declined ? "rules.declinedLabel" : "rules.proposalsLabel")}>
        {page.rows.map(({ object_id, display_name, upn }) => (
          <li key={object_id} className={styles.row}>
            <span className={styles.name}>
              {display_name} <span className={styles.quiet}>{upn}</span>
            </span>
            {declined ? (
              <Button size="small" disabled={busy} onClick={() => void reconsider([object_id])}>
                {t("rules.reconsider")}
              </Button>
            ) : (
              <>
                <Button
                  size="small"
                  appearance="subtle"
                  disabled={cannot !== undefined}
                  icon={<CheckmarkRegular />}
                  aria-label={t("rules.accept", { name: display_name })}
                  onClick={() => void accept([object_id])}
                />
                <Button
                  size="small"
                  appearance="subtle"
                  disabled={busy}
                  icon={<DismissRegular />}
                  aria-label={t("rules.decline", { name: display_name })}
                  onClick={() => void decline([object_id])}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      {total > page.rows.length && (
        <span className={styles.quiet}>{t("change.more", { n: total - page.rows.length })}</span>
      )}
    </section>
  );
}
