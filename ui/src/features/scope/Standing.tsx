import { Button, makeStyles, MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronUpRegular } from "@fluentui/react-icons";
import { useState } from "react";
import type { ExchangeRoles, ScopeView } from "../../api/bindings";
import { shortTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { type Fact, Facts } from "../../ui/Facts";
import {
  assignedWords,
  desiredWords,
  mechanismWords,
  remarkWords,
  sharerWords,
  unreadWords,
  voidWords,
} from "../../words/scope";
import { t } from "../../words/t";
import { ToPermissions } from "./ToPermissions";

const useStyles = makeStyles({
  bar: { minHeight: "fit-content" },
  body: { whiteSpace: "normal", padding: "6px 12px 6px 0" },
});

type Props = {
  /** The name of the organization. */
  readonly organization: string;
  readonly view: ScopeView;
  /** What goes on already and keeps reading from being allowed now. */
  readonly busy: string | undefined;
  readonly onAllow: () => void;
  readonly onRead: () => void;
};

/** What is wanted and what is in force, with whatever makes the one differ from the other. */
export function Standing({ organization, view, busy, onAllow, onRead }: Props) {
  const styles = useStyles();
  const { reading, change } = view;
  const changed = latest(change?.change.at, reading?.granted_since);
  // Once there are mailboxes to look at, they need the room.
  const [chosen, setChosen] = useState<boolean>();
  const shown = chosen ?? view.proof === null;
  return (
    <>
      {view.may_prove === "reaches_who_signed_in" && (
        <MessageBar intent="info" layout="multiline" className={styles.bar}>
          <MessageBarBody className={styles.body}>{t("access.delegated", { organization })}</MessageBarBody>
        </MessageBar>
      )}
      <Sharers view={view} />
      {reading && changed !== undefined && view.read_before_change && (
        <MessageBar intent="warning" layout="multiline" className={styles.bar}>
          <MessageBarBody className={styles.body}>
            {t("access.stale", { time: shortTime(reading.at), changed: shortTime(changed) })}
          </MessageBarBody>
          <MessageBarActions>
            <ReasonedButton size="small" disabledReason={busy} onClick={onRead}>
              {t("access.read")}
            </ReasonedButton>
          </MessageBarActions>
        </MessageBar>
      )}
      {view.voids.length > 0 && (
        <MessageBar intent="error" layout="multiline" className={styles.bar}>
          <MessageBarBody className={styles.body}>
            {voidWords(view.voids).map((words) => (
              <div key={words}>{words}</div>
            ))}
            {reading && view.voids.some(({ kind }) => kind === "assignment") && (
              <div>{earlierWords(reading.assignments)}</div>
            )}
          </MessageBarBody>
          {view.voids.some(({ kind }) => kind !== "assignment") && (
            <MessageBarActions>
              <ToPermissions />
            </MessageBarActions>
          )}
        </MessageBar>
      )}
      {change && !change.settled && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>
            {t(opensAtOnce(view) ? "access.settlingButGrants" : "access.settling", {
              at: shortTime(change.change.at),
              settles: shortTime(change.settles),
            })}
          </MessageBarBody>
        </MessageBar>
      )}
      {view.set_at === null && view.may_prove !== "reaches_who_signed_in" && (
        <MessageBar intent="info">
          <MessageBarBody>{t("access.notSet")}</MessageBarBody>
        </MessageBar>
      )}
      <div>
        <Button
          size="small"
          appearance="subtle"
          icon={shown ? <ChevronUpRegular /> : <ChevronDownRegular />}
          aria-expanded={shown}
          onClick={() => setChosen(!shown)}
        >
          {t("access.details", { wish: desiredWords(view.desired), read: readWords(view) })}
        </Button>
      </div>
      {shown && (
        <>
          {reading?.remarks.map((remark) => (
            <MessageBar key={remark.kind} intent="warning" layout="multiline">
              <MessageBarBody>{remarkWords(remark)}</MessageBarBody>
            </MessageBar>
          ))}
          {reading && reading.assignments.kind !== "read" && (
            <MessageBar intent="warning" layout="multiline">
              <MessageBarBody>
                {t("access.rolesNotRead", { why: unreadWords(reading.assignments.why) })}{" "}
                {earlierWords(reading.assignments)}
              </MessageBarBody>
              {reading.assignments.why.kind === "not_asked" && (
                <MessageBarActions>
                  <ReasonedButton size="small" disabledReason={busy} onClick={onAllow}>
                    {t("access.allow")}
                  </ReasonedButton>
                </MessageBarActions>
              )}
            </MessageBar>
          )}
          <Facts facts={factsOf(view)} />
        </>
      )}
    </>
  );
}

/** What other organizations of the application make of the wish, as far as it is known to be one. */
function Sharers({ view }: { view: ScopeView }) {
  const styles = useStyles();
  const told = view.shared.filter(({ wish }) => wish.kind === "other" || view.desired.kind === "limited");
  const sentences = told.map(sharerWords).filter((words) => words !== undefined);
  if (sentences.length === 0) return null;
  return (
    <MessageBar intent={view.contested ? "error" : "warning"} layout="multiline" className={styles.bar}>
      <MessageBarBody className={styles.body}>
        {sentences.map((sentence) => (
          <div key={sentence}>{sentence}</div>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}

/** Whether mailboxes may be open by a grant for the whole tenant, which no waiting closes: they are leaks at once. */
function opensAtOnce({ desired, voids }: ScopeView): boolean {
  const policy = desired.kind === "limited" && desired.limit.mechanism === "access_policy";
  return !policy && voids.some(({ kind }) => kind === "grant");
}

function factsOf(view: ScopeView): Fact[] {
  const { desired, reading, coverage } = view;
  const facts: Fact[] = [{ name: t("access.wish"), value: desiredWords(desired) }];
  if (desired.kind === "limited")
    facts.push({ name: t("access.mechanism"), value: mechanismWords[desired.limit.mechanism] });
  facts.push({ name: t("access.inForce"), value: readWords(view) });
  if (reading?.unit.kind === "here") {
    const { direct, nested, renamed_from } = reading.unit;
    const renamed = renamed_from === null ? "" : ` ${t("access.renamed", { name: renamed_from })}`;
    facts.push({ name: t("access.members"), value: t("access.memberCount", { direct, nested }) + renamed });
  }
  if (reading?.unit.kind === "gone") facts.push({ name: t("access.members"), value: t("access.gone") });
  if (reading) {
    const { assignments } = reading;
    const assigned =
      assignments.kind === "unread"
        ? t("access.notRead", { why: unreadWords(assignments.why) })
        : assignedWords(assignments.value);
    facts.push(
      {
        name:
          reading.granted_at === null
            ? t("access.granted")
            : t("access.grantedAt", { time: shortTime(reading.granted_at) }),
        value: [...reading.granted, ...reading.granted_exchange].join(", ") || t("access.none"),
      },
      {
        name:
          assignments.kind === "earlier" || view.read_before_change
            ? t("access.assignedBefore", {
                time: shortTime(assignments.kind === "earlier" ? assignments.at : reading.at),
              })
            : t("access.assigned"),
        value: assigned || t("access.none"),
      },
      { name: t("access.policies"), value: t("access.policiesUnread") },
    );
  }
  if (coverage.by_mailbox.length > 0)
    facts.push({ name: t("access.byMailbox"), value: coverage.by_mailbox.join(", ") });
  if (coverage.unscopable.length > 0)
    facts.push({ name: t("access.unscopable"), value: coverage.unscopable.join(", ") });
  return facts;
}

/** When something was changed last, by whichever of these. */
function latest(...moments: (number | null | undefined)[]): number | undefined {
  return moments.filter((at) => at !== null && at !== undefined).toSorted((one, other) => other - one)[0];
}

/** That what is known of roles is from an earlier reading, if so. */
function earlierWords(roles: ExchangeRoles): string {
  return roles.kind === "earlier" ? t("access.earlier", { time: shortTime(roles.at) }) : "";
}

/** Of when what is in force is known. */
function readWords({ reading, read_before_change }: ScopeView): string {
  if (!reading) return t("access.neverRead");
  return t(read_before_change ? "access.readBefore" : "access.readAt", { time: shortTime(reading.at) });
}
