import { makeStyles, tokens } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AddressChange, AddressView, Error as Refusal, MailboxesView, Reason } from "../../api/bindings";
import { call, type Name, type Question, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { BrowserWait } from "../../ui/BrowserWait";
import { ReasonedButton } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { CopyButton } from "../../ui/CopyButton";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId } from "../../ui/Facts";
import { ReasonedSwitch } from "../../ui/ReasonedSwitch";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain, reasonWords } from "../../words/codes";
import { connectionBadge, seenWords } from "../../words/connections";
import { t } from "../../words/t";
import { AddMailbox } from "./AddMailbox";
import { Migration } from "./Migration";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "12px" },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "12px" },
  one: {
    display: "flex",
    flexDirection: "column",
    rowGap: "4px",
    paddingBottom: "12px",
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: "flex", flexWrap: "wrap", justifyContent: "space-between", alignItems: "center", columnGap: "8px" },
  address: { fontWeight: tokens.fontWeightSemibold, overflowWrap: "anywhere" },
  row: { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: "8px", rowGap: "4px" },
});

/** Asks one thing of a user's mailboxes and shows what is true then. */
export type Ask = <N extends MailboxVerb>(name: N, question: Question<N>) => Promise<boolean>;
type MailboxVerb = Extract<Name, `mailboxes.${string}`>;

/** The addresses of a user: what each is used for, whether it is connected, and the way from one to another. */
export function Mailboxes({ user }: { user: number }) {
  const styles = useStyles();
  const client = useQueryClient();
  const query = useQuery(reading("mailboxes.describe", { user }));
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const [adding, setAdding] = useState(false);
  const ask: Ask = async (name, question) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await call(name, question);
      await client.invalidateQueries({ queryKey: ["mailboxes.describe"] });
      return true;
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  };
  if (query.error) return <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />;
  const view = query.data;
  if (!view) return null;
  const vendor = view.vendor ?? t("mailboxes.theVendor");
  return (
    <div className={styles.part}>
      <span className={styles.quiet}>{t("mailboxes.about", { vendor })}</span>
      <span className={styles.quiet}>{t("mailboxes.read", { upn: view.upn })}</span>
      {refusal && <ErrorBar failure={explain(refusal)} />}
      <ul className={styles.list} aria-label={t("mailboxes.list")}>
        {view.addresses.map((one) => (
          <Address key={one.address} view={view} one={one} busy={busy} ask={ask} />
        ))}
      </ul>
      <div className={styles.row}>
        <ReasonedButton size="small" onClick={() => setAdding(true)}>
          {t("mailboxes.add")}
        </ReasonedButton>
      </div>
      <Migration view={view} vendor={vendor} busy={busy} ask={ask} />
      {adding && <AddMailbox view={view} onClose={() => setAdding(false)} />}
    </div>
  );
}

/** Kinds of addresses of the mailbox whose primary address stands in the list, too. */
const SAME_MAILBOX: readonly AddressView["kind"][] = ["principal_name", "alias"];

type AddressProps = {
  readonly view: MailboxesView;
  readonly one: AddressView;
  readonly busy: boolean;
  readonly ask: Ask;
};

function Address({ view, one, busy, ask }: AddressProps) {
  const styles = useStyles();
  const { user } = view;
  const { address } = one;
  const why = (reason: Reason | null) => (reason === null ? undefined : reasonWords[reason]);
  const change = (to: AddressChange) => void ask("mailboxes.change", { user, address, change: to });
  return (
    <li className={styles.one} aria-label={address}>
      <div className={styles.head}>
        <span className={styles.address}>{address}</span>
        <StatusBadge {...connectionBadge(one.connection)} />
      </div>
      <span className={styles.quiet}>
        {t(`mailboxes.kind.${one.kind}`)}
        {one.default && ` · ${t("mailboxes.default")}`}
        {one.read && !SAME_MAILBOX.includes(one.kind) && ` · ${t("mailboxes.isRead")}`}
        {` · ${seenWords(one.seen)}`}
      </span>
      {one.seen !== null && one.seen.verdict !== "passed" && one.seen.request_id !== null && (
        <CopyableId id={one.seen.request_id} what={t("check.requestId")} />
      )}
      <div className={styles.row}>
        {(["sync", "send"] as const).map((what) => (
          <ReasonedSwitch
            key={what}
            label={t(`mailboxes.${what}`)}
            name={t("mailboxes.switch", { what: t(`mailboxes.${what}`), address })}
            checked={one[what]}
            disabledReason={why(one.may[what]) ?? (busy ? t("confirm.busy") : undefined)}
            onChange={(on) => change({ kind: what, on })}
          />
        ))}
        {!one.default && (
          <ReasonedButton
            size="small"
            disabledReason={why(one.may.default)}
            onClick={() => change({ kind: "default" })}
          >
            {t("mailboxes.makeDefault")}
          </ReasonedButton>
        )}
        <ReasonedButton
          size="small"
          disabledReason={why(one.may.check)}
          onClick={() => void ask("mailboxes.check", { user, address })}
        >
          {t("mailboxes.check")}
        </ReasonedButton>
        {one.kind === "secondary" && (
          <ReasonedButton
            size="small"
            disabledReason={why(one.may.remove)}
            onClick={() => void ask("mailboxes.remove", { user, address })}
          >
            {t("mailboxes.remove")}
          </ReasonedButton>
        )}
      </div>
      {view.connect === null && (one.kind === "primary" || one.kind === "secondary") && (
        <>
          <SignIn user={user} one={one} ask={ask} />
          {one.connection.kind !== "connected" && <Instructions view={view} one={one} />}
        </>
      )}
    </li>
  );
}

/** The mailbox's own account signs in on this computer. */
function SignIn({ user, one, ask }: { user: number; one: AddressView; ask: Ask }) {
  const styles = useStyles();
  const client = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const { address } = one;
  const whose = one.kind === "secondary" ? { user, address } : { user };
  const key = `connect:${user}:${address}`;
  const work = useWork(key);
  const connect = async () => {
    dismiss(key);
    try {
      await begin(key, t("mailboxes.connecting", { address }), "mailboxes.connect", whose);
      await client.invalidateQueries({ queryKey: ["mailboxes.describe"] });
    } catch {
      // The refusal is on the work, where it is shown.
    }
  };
  if (isLive(work)) {
    return <BrowserWait title={t("mailboxes.connecting", { address })} work={work} onCancel={() => stop(key)} />;
  }
  const known = one.connection.kind === "connected" || one.connection.kind === "sign_in_needed";
  return (
    <>
      {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
      <div className={styles.row}>
        <ReasonedButton
          size="small"
          appearance={one.may.check === null ? "secondary" : "primary"}
          onClick={() => void connect()}
        >
          {t(known ? "mailboxes.connectAgain" : "mailboxes.connect")}
        </ReasonedButton>
        {known && (
          <ReasonedButton size="small" onClick={() => setLeaving(true)}>
            {t("mailboxes.disconnect")}
          </ReasonedButton>
        )}
      </div>
      {leaving && (
        <ConfirmDialog
          title={t("mailboxes.disconnectTitle", { address })}
          action={t("mailboxes.disconnect")}
          onClose={() => setLeaving(false)}
          onConfirm={() => {
            setLeaving(false);
            void ask("mailboxes.disconnect", whose);
          }}
        >
          {t("mailboxes.disconnectBody")}
        </ConfirmDialog>
      )}
    </>
  );
}

/** What the admin can send to whoever uses a mailbox that isn't connected, to connect it at the vendor. */
function Instructions({ view, one }: { view: MailboxesView; one: AddressView }) {
  const styles = useStyles();
  const { address } = one;
  const vendor = view.vendor ?? t("mailboxes.theVendor");
  const where = view.link ?? t("mailboxes.instructionsWhere", { vendor });
  const account = one.kind === "secondary" ? t("mailboxes.accountOf", { address }) : view.upn;
  return (
    <section className={styles.row} aria-label={t("mailboxes.instructionsFor", { address })}>
      <span className={styles.quiet}>{t("mailboxes.instructionsBody", { account, address, vendor })}</span>
      {view.link !== null && <CopyableId id={view.link} what={t("mailboxes.link", { address })} />}
      <CopyButton
        text={t("mailboxes.instructionsText", { vendor, where, account, address })}
        label={t("mailboxes.copyInstructions", { address })}
        labelled
      />
    </section>
  );
}
