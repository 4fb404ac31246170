import type {
  Assignment,
  AssignmentReach,
  Because,
  CmdletDisagrees,
  CmdletReport,
  DesiredScope,
  Finding,
  Mechanism,
  NoScript,
  Observed,
  ProofOutcome,
  ProofStands,
  ProofView,
  Said,
  ScopePurpose,
  ScopeRemark,
  ScopeSharer,
  ScopeSide,
  ScopeVoid,
  ScriptWarning,
  Unread,
  WhyLink,
} from "../api/bindings";
import type { State } from "../lib/state";
import { shortTime } from "../lib/time";
import { kindWords, workloadWords } from "./nouns";
import { t } from "./t";

type Badge = { readonly state: State; readonly word: string };

/** What a mailbox comes to, the worst first. */
export const findingBadges = {
  leak: { state: "bad", word: t("access.leak") },
  lock_out: { state: "bad", word: t("access.lockOut") },
  too_early: { state: "waiting", word: t("access.tooEarly") },
  unknown: { state: "unknown", word: t("access.unknown") },
  confirmed_outside: { state: "good", word: t("access.confirmedOutside") },
  confirmed_inside: { state: "good", word: t("access.confirmedInside") },
} as const satisfies Record<Finding, Badge>;

/** What a mailbox comes to, and that it is provisional where it is. */
export function findingBadge(finding: Finding, provisional: number | null): Badge {
  const badge = findingBadges[finding];
  return provisional === null
    ? badge
    : { state: "waiting", word: t("access.provisionalFinding", { finding: badge.word }) };
}

/** What a proof comes to. */
const outcomeBadges = {
  confirmed: { state: "good", word: t("access.outcomeConfirmed") },
  contradicted: { state: "bad", word: t("access.outcomeContradicted") },
  too_early: { state: "waiting", word: t("access.outcomeTooEarly") },
  unknown: { state: "unknown", word: t("access.outcomeUnknown") },
} as const satisfies Record<ProofOutcome, Badge>;

/** What a proof comes to, in the terms of its numbers: where nothing contradicts, it isn't too early to judge but to rely on. */
export function outcomeBadge({ proof, outcome }: ProofView): Badge {
  return outcome === "too_early" && proof.tally.too_early === 0
    ? { state: "waiting", word: t("access.outcomeProvisional") }
    : outcomeBadges[outcome];
}

/** What a proof is of, where it isn't of the scope as it is wanted now. */
export const earlierBadges = {
  other_scope: { state: "unknown", word: t("access.otherScope") },
  before_change: { state: "unknown", word: t("access.beforeChange") },
} as const satisfies Record<Exclude<ProofStands, "now">, Badge>;

/** By what Exchange limits an application. */
export const mechanismWords = {
  management_scope: t("access.managementScope"),
  administrative_unit: t("access.administrativeUnit"),
  access_policy: t("access.accessPolicy"),
} as const satisfies Record<Mechanism, string>;

/** What a script is for. */
export const purposeWords = {
  apply: t("access.apply"),
  test: t("access.test"),
  remove: t("access.remove"),
  migrate: t("access.migrate"),
  finish: t("access.finish"),
} as const satisfies Record<ScopePurpose, string>;

/** What a mailbox must do. */
export const sideWords = {
  inside: t("access.inside"),
  outside: t("access.outside"),
} as const satisfies Record<ScopeSide, string>;

/** What the test cmdlet said. */
export const saidWords = {
  granted: t("access.saidGranted"),
  denied: t("access.saidDenied"),
} as const satisfies Record<Said, string>;

/** What the test cmdlet contradicts. */
const disagreesWords = {
  with_observed: t("access.disagreesObserved"),
  with_wanted: t("access.disagreesWanted"),
  with_both: t("access.disagreesBoth"),
} as const satisfies Record<CmdletDisagrees, string>;

/** What the test cmdlet said, marked where that is otherwise than observed or wanted, or of before a change. */
export function reportBadge(
  { said, before_change }: CmdletReport,
  disagrees: CmdletDisagrees | null,
): { readonly state: State | undefined; readonly word: string } {
  const word = saidWords[said];
  if (before_change) return { state: "unknown", word: t("access.saidBefore", { said: word }) };
  if (disagrees !== null) return { state: "attention", word: t("access.saidDisagrees", { said: word }) };
  return { state: undefined, word };
}

/** What a mailbox did. */
export const observedWords = {
  answered: t("access.answered"),
  refused: t("access.refused"),
  no_mailbox: t("access.noMailbox"),
  unsettled: t("access.unsettled"),
} as const satisfies Record<Observed, string>;

/** The one reason why a mailbox can or can't be reached. */
export const becauseWords = {
  in_scope: t("access.becauseInScope"),
  out_of_scope: t("access.becauseOutOfScope"),
  kept_closed: t("access.becauseKeptClosed"),
  nothing_opens: t("access.becauseNothingOpens"),
  tenant_wide_grant: t("access.becauseGrant"),
  assigned_beside: t("access.becauseBeside"),
  not_held: t("access.becauseNotHeld"),
  not_all_read: t("access.becauseNotAllRead"),
  locked_out: t("access.becauseLockedOut"),
  too_early: t("access.becauseTooEarly"),
  no_mailbox: t("access.becauseNoMailbox"),
  unsettled: t("access.becauseUnsettled"),
  not_asked: t("access.becauseNotAsked"),
} as const satisfies Record<Because, string>;

/** Whom the integration is to reach. */
export function desiredWords(desired: DesiredScope): string {
  if (desired.kind === "everyone") return t("access.everyone");
  const unit = desired.limit.unit.name;
  return desired.limit.rule === "only_members" ? t("access.only", { unit }) : t("access.allBut", { unit });
}

/** What should be known about a scope. */
export function remarkWords(remark: ScopeRemark): string {
  switch (remark.kind) {
    case "nested_left_out":
      return t("access.nestedLeftOut", { n: remark.users });
    case "nested_reached":
      return t("access.nestedReached", { n: remark.users });
    case "nested_counted":
      return t("access.nestedCounted", { n: remark.users });
    case "empty":
      return t(remark.rule === "only_members" ? "access.emptyOnly" : "access.emptyAllBut");
    case "policy_is_legacy":
      return t("access.legacy");
    case "turned_round":
      return t("access.turnedRound");
  }
}

/** How far an assignment reaches. */
export function reachWords(reach: AssignmentReach): string {
  switch (reach.kind) {
    case "everything":
      return t("access.reachEverything");
    case "scope":
      return t("access.reachScope", { name: reach.name });
    case "unit":
      return t("access.reachUnit", { id: reach.id });
    case "other":
      return reach.place;
  }
}

/** Roles, those of one reach together. */
export function assignedWords(assignments: readonly Assignment[]): string {
  const byReach = new Map<string, string[]>();
  for (const { role, reach } of assignments) {
    const words = reachWords(reach);
    byReach.set(words, [...(byReach.get(words) ?? []), role]);
  }
  return [...byReach].map(([reach, roles]) => t("access.assignment", { role: roles.join(", "), reach })).join("; ");
}

/** What has to be known of a script before it is run. */
export function warningWords(warning: ScriptWarning): string {
  switch (warning.kind) {
    case "opens_everybody":
      return t("access.warnOpens");
    case "takes_roles":
      return t("access.warnTakesRoles");
    case "roles_go":
      return t("access.warnRolesGo");
    case "shared":
      return t("access.warnShared", { organizations: warning.organizations.join(", ") });
    case "revokes":
      return t("access.warnRevokes", { permissions: warning.permissions.join(", ") });
    case "unneeded_roles_go":
      return t("access.warnUnneeded", { roles: warning.roles.join(", ") });
    case "roles_not_before":
      return warning.at === null
        ? t("access.warnRolesNotWithin")
        : t("access.warnRolesNotBefore", { time: shortTime(warning.at) });
    case "policies_stay":
      return t("access.warnStay");
    case "takes_all_policies":
      return t("access.warnAllPolicies");
    case "not_before":
      return warning.at === null
        ? t("access.warnNotWithin")
        : t("access.warnNotBefore", { time: shortTime(warning.at) });
    case "slow":
      return t("access.warnSlow", { minutes: warning.minutes });
    case "may_take_longer":
      return t("access.warnLonger");
    case "no_proof":
      return t("access.warnNoProof");
    case "nothing_to_try":
      return t("access.warnNothingToTry");
    case "remark":
      return remarkWords(warning.remark);
  }
}

/** What another organization of the application makes of a wish; nothing where it wants the same. */
export function sharerWords({ name, wish }: ScopeSharer): string | undefined {
  switch (wish.kind) {
    case "same":
      return undefined;
    case "other":
      return wish.desired.kind === "everyone"
        ? t("access.sharedOtherEveryone", { organization: name })
        : t("access.sharedOther", {
            organization: name,
            wish: desiredWords(wish.desired),
            mechanism: mechanismWords[wish.desired.limit.mechanism],
          });
    case "none":
      return t("access.sharedNone", { organization: name, n: wish.users });
  }
}

/** Why there is no script for a purpose. */
export const noScriptWords = {
  nothing_to_limit: t("access.noneToLimit"),
  for_roles: t("access.noneForRoles"),
  contested: t("access.noneContested"),
  not_read_since: t("access.noneUnread"),
  grants_stand: t("access.noneGrants"),
  nothing_granted: t("access.noneGranted"),
  roles_missing: t("access.noneRoles"),
} as const satisfies Record<NoScript, string>;

/** What makes a scope worth less than it looks, a sentence for each kind of it that names all there are. */
export function voidWords(found: readonly ScopeVoid[]): string[] {
  const grants = found.flatMap((one) => (one.kind === "grant" ? [one.permission] : []));
  const ews = found.flatMap((one) => (one.kind === "ews" ? [one.permission] : []));
  const beside = found.flatMap((one) => (one.kind === "assignment" ? [one.assignment] : []));
  return [
    ...(grants.length > 0 ? [t("access.voidGrants", { n: grants.length, permissions: grants.join(", ") })] : []),
    ...(ews.length > 0 ? [t("access.voidEws", { permissions: ews.join(", ") })] : []),
    ...beside.map(({ role, reach }) => t("access.voidAssignment", { role, reach: reachWords(reach) })),
  ];
}

/** Why Exchange's roles could not be read, as a part of a sentence. */
export function unreadWords(why: Unread): string {
  switch (why.kind) {
    case "not_asked":
      return t("access.notAsked", { scope: why.scope });
    case "no_role":
      return t("access.noRole");
    case "failed":
      return t("access.unread", { code: why.code });
  }
}

/** What the directory says of a mailbox, and when it said so where it couldn't be asked now. */
function mailboxWords(link: Extract<WhyLink, { kind: "mailbox" }>): string {
  const said = {
    of: kindWords[link.of],
    address: link.address ?? t("access.linkNoAddress"),
    account: t(link.enabled ? "access.linkEnabled" : "access.linkDisabled"),
  };
  return link.seen === null
    ? t("access.linkMailbox", said)
    : t("access.linkMailboxSeen", { ...said, time: shortTime(link.seen) });
}

/** One fact of the chain that leads to a mailbox. */
export function linkWords(link: WhyLink): string {
  switch (link.kind) {
    case "tenant_wide":
      return link.permissions.length > 0
        ? t("access.linkGranted", { permissions: link.permissions.join(", ") })
        : t("access.linkGrantedNone");
    case "grants_unread":
      return t("access.linkGrantsUnread");
    case "assigned":
      return link.assignments.length > 0
        ? t("access.linkAssigned", { roles: assignedWords(link.assignments) })
        : t("access.linkAssignedNone");
    case "assigned_before":
      return t("access.linkAssignedBefore", {
        time: shortTime(link.at),
        roles: assignedWords(link.assignments) || t("access.none"),
      });
    case "assignments_unread":
      return t("access.linkAssignmentsUnread");
    case "side":
      return t(link.expected === "inside" ? "access.linkInside" : "access.linkOutside");
    case "mailbox":
      return mailboxWords(link);
    case "mailbox_unread":
      return t("access.linkMailboxUnread");
    case "not_asked":
      return t("access.linkNotAsked");
    case "said":
      return [
        t(link.report.before_change ? "access.linkSaidBefore" : "access.linkSaid", {
          said: saidWords[link.report.said],
          time: shortTime(link.report.at),
        }),
        ...(link.disagrees === null ? [] : [disagreesWords[link.disagrees]]),
      ].join(" ");
    case "unlimited":
      return t("access.linkUnlimited", { permissions: link.permissions.join(", ") });
    case "called":
      return t("access.linkCalled", {
        workload: workloadWords[link.call.workload],
        observed: observedWords[link.call.observed],
        time: shortTime(link.call.at),
        answer: [link.call.http ?? t("access.noHttp"), link.call.code ?? ""].join(" ").trim(),
      });
  }
}
