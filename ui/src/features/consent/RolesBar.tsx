import { Button, makeStyles, MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import type { ConsentRow, ConsentView, RolesRead, Wanted } from "../../api/bindings";
import { shortTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { unreadWords } from "../../words/scope";
import { t } from "../../words/t";
import { cannotRemove, isEveryones, refOf } from "./columns";

const useStyles = makeStyles({
  bar: { minHeight: "fit-content", flexShrink: 0 },
  body: { whiteSpace: "normal", padding: "6px 12px 6px 0" },
});

/** What makes the access scope void, what its roles don't give yet, and why that isn't known, where one of these is so. */
export function RolesBar({
  shown,
  reasonOf,
  onChange,
}: {
  shown: ConsentView;
  /** Why some permissions can't be changed now. */
  reasonOf: (of: readonly ConsentRow[]) => string | undefined;
  onChange: (wanted: Wanted) => void;
}) {
  const styles = useStyles();
  const navigate = useNavigate();
  const { rows } = shown.consent;
  const scoped = rows.filter((row) => row.by_role !== null);
  if (scoped.length === 0 && shown.roles.kind === "never") return null;
  const granted = scoped.filter(isEveryones);
  const voiding = names(granted);
  const revocable = granted.filter((row) => cannotRemove(row) === undefined);
  const whose = shown.scoped_by.join(", ");
  const missing = names(scoped.filter(({ state }) => state === "missing" || state === "given_elsewhere"));
  if (voiding === "" && missing === "" && shown.roles.kind === "read") return null;
  const sentences = [
    ...(voiding === "" ? [] : [t("consent.rolesVoid", { names: voiding, whose })]),
    ...(missing === "" ? [] : [t("consent.rolesMissing", { names: missing, whose })]),
    ...rolesWords(shown.roles),
  ];
  return (
    <MessageBar intent={voiding === "" ? "warning" : "error"} layout="multiline" className={styles.bar}>
      <MessageBarBody className={styles.body}>
        {sentences.map((sentence) => (
          <div key={sentence}>{sentence}</div>
        ))}
      </MessageBarBody>
      <MessageBarActions>
        {revocable.length > 0 && (
          <ReasonedButton
            size="small"
            disabledReason={reasonOf(revocable)}
            onClick={() => onChange({ kind: "revoke", permissions: revocable.map(refOf), whom: { kind: "everyone" } })}
          >
            {t("consent.revokeVoiding", { n: revocable.length })}
          </ReasonedButton>
        )}
        <Button
          size="small"
          onClick={() => void navigate({ to: "/scope", search: (old: { org?: number }) => ({ org: old.org }) })}
        >
          {t("consent.toScope")}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

function names(rows: readonly ConsentRow[]): string {
  return rows.map(({ name }) => name).join(", ");
}

/** Why it isn't known now what roles give. When they were read stands beside the totals. */
function rolesWords(read: RolesRead): string[] {
  switch (read.kind) {
    case "never":
      return [t("consent.rolesNever")];
    case "read":
      return [];
    case "before_change":
      return [t("consent.rolesBeforeChange", { time: shortTime(read.at), changed: shortTime(read.changed) })];
    case "script_untold":
      return [t("consent.rolesScriptUntold", { time: shortTime(read.at) })];
    case "earlier":
      return [t("consent.rolesEarlier", { time: shortTime(read.at), why: unreadWords(read.why) })];
    case "unread":
      return [t("consent.rolesUnread", { why: unreadWords(read.why) })];
  }
}
