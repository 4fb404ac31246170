/** The access scope: whom the integration may reach, and the proof of it. */
export const scope = {
  "nav.scope": "Access scope",
  "nav.exposure": "Exposure",
  "access.title": "Access scope",
  "access.commands": "Access scope commands",
  "access.everyone": "Every mailbox",
  "access.only": "Only members of {unit}",
  "access.allBut": "Everyone but members of {unit}",
  "access.notSet": "Nobody has limited the integration yet, so it is to reach every mailbox.",
  "access.more": "More",
  "access.moreLabel": "More access scope commands",
  "access.change": "Change scope…",
  "access.read": "Read what is in force",
  "access.reading": "Reading what is in force",
  "access.scripts": "Scripts…",
  "access.changed": "I have run it",
  "access.changedAt": "When was the script run? (minutes ago)",
  "access.changedTitle": "Start the propagation clock",
  "access.changedBody":
    "Exchange goes on with what it knew for a while. Until the window has passed, a mailbox that contradicts the scope is too early to judge, and is asked again by itself while Rollcall is open.",
  "access.prove": "Prove…",
  "access.said": "Import cmdlet result…",
  "access.export": "Export evidence",
  "access.exported": "Evidence saved, the gravest first",
  "access.file": "Access scope of {organization}, proof {id}.csv",
  "access.nothing": "Prove the scope first.",
  "access.sharedOther":
    "{organization} has the same application, and wants another scope: {wish}, by {mechanism}. Exchange has one limit for both, so both can't hold. Set the same scope for both, or give one of them an integration of its own.",
  "access.sharedOtherEveryone":
    "{organization} has the same application, and is to reach every mailbox. Exchange has one limit for both, so both can't hold. Set the same scope for both, or give one of them an integration of its own.",
  "access.sharedNone": {
    one: "{organization} has the same application, and nobody has set a scope for it. A limit locks out its {n} user on Graph if that one is outside of it.",
    other:
      "{organization} has the same application, and nobody has set a scope for it. A limit locks out those of its {n} users on Graph who are outside of it.",
  },
  "access.delegated":
    "An access scope concerns application permissions. The access of {organization} is delegated: the integration reaches the mailbox of whoever has signed in to it, and nobody else's. There is nothing to limit or to prove.",
  "access.everyoneReason": "Every mailbox is to be reached: there is nothing to limit.",
  "access.underWay": "A proof is under way.",

  "access.wish": "Wanted",
  "access.details": "Wanted: {wish} · In force: {read}",
  "access.mechanism": "Mechanism",
  "access.members": "Members",
  "access.memberCount": "{direct} direct, {nested} with groups inside",
  "access.gone": "Deleted. Choose another group and run the script again.",
  "access.renamed": "It was renamed. Before, it was called {name}.",
  "access.inForce": "In force",
  "access.readAt": "read {time}",
  "access.neverRead": "not read yet",
  "access.readBefore": "read {time}, before the last change",
  "access.stale":
    "What is in force was read at {time}, before the change of {changed}. It may be so no more: read it again.",
  "access.granted": "Granted for the whole tenant",
  "access.grantedAt": "Granted for the whole tenant, read {time} with the consent",
  "access.assigned": "Assigned by Exchange",
  "access.none": "Nothing",
  "access.assignment": "{role} for {reach}",
  "access.policies": "Access policies",
  "access.policiesUnread": "Graph doesn't tell. Only the proof shows whether one holds.",
  "access.byMailbox": "By a permission on each mailbox in Exchange, whatever the scope says",
  "access.unscopable": "Can't be limited",
  "access.notRead": "Not read: {why}.",
  "access.rolesNotRead": "Exchange's roles were not read: {why}.",
  "access.notAsked": "this sign-in has no {scope}",
  "access.noRole": "it takes an Exchange Administrator or a Global Reader",
  "access.unread": "the read failed ({code})",
  "access.earlier": "What follows of Exchange's roles is from the reading of {time}, and may be so no more.",
  "access.assignedBefore": "Assigned by Exchange at {time}",
  "access.allow": "Allow reading…",
  "access.allowing": "Allow reading Exchange roles",

  "access.voidGrants": {
    one: "The scope limits nothing of {permissions}: it is granted for the whole tenant, and rights add up. Revoke that grant in Permissions.",
    other:
      "The scope limits nothing of {permissions}: they are granted for the whole tenant, and rights add up. Revoke those grants in Permissions.",
  },
  "access.voidEws":
    "{permissions} of Exchange Online is granted for the whole tenant: over EWS every mailbox is reached, whatever the scope says. Revoke that grant in Permissions.",
  "access.voidAssignment":
    "{role} is assigned for {reach}, which is not what is wanted now, and adds to it. If a script of Rollcall has assigned it, the script Make or change moves it or takes it away; otherwise remove that assignment in Exchange.",
  "access.toPermissions": "Open Permissions",

  "access.reachEverything": "every mailbox",
  "access.reachScope": "the scope {name}",
  "access.reachUnit": "the administrative unit {id}",

  "access.nestedLeftOut": {
    one: "{n} user is a member through a group inside the group. This mechanism counts direct members only.",
    other: "{n} users are members through a group inside the group. This mechanism counts direct members only.",
  },
  "access.nestedReached": {
    one: "{n} user is a member through a group inside the group. This mechanism counts direct members only, so that one is reached. A policy that denies would keep that one out.",
    other:
      "{n} users are members through a group inside the group. This mechanism counts direct members only, so they are reached. A policy that denies would keep them out.",
  },
  "access.nestedCounted": {
    one: "{n} user is a member through a group inside the group. A policy counts that; RBAC for Applications wouldn't.",
    other:
      "{n} users are members through a group inside the group. A policy counts that; RBAC for Applications wouldn't.",
  },
  "access.emptyOnly": "This mechanism counts nobody in it, so nobody would be reached: every mailbox is refused.",
  "access.emptyAllBut": "This mechanism counts nobody in it, so nobody is kept out: every mailbox is reached.",
  "access.legacy": "Microsoft asks not to create new application access policies.",
  "access.turnedRound":
    "RBAC for Applications knows no deny, so the filter of the scope is turned round. Prove it before you rely on it.",

  "access.settling": "Changed at {at}. Until {settles}, a mailbox that contradicts the scope is too early to judge.",
  "access.settlingButGrants":
    "Changed at {at}. What a grant for the whole tenant opens is a leak at once; any other mailbox that contradicts the scope is too early to judge until {settles}.",
  "access.next": "What is too early is asked again at {time}, while Rollcall is open.",
  "access.nextProvisional":
    "What was confirmed before the change has settled is provisional. It is asked again at {time}, while Rollcall is open.",
  "access.putOff": "The last try to ask again failed: {why}. The next one is at {time}, while Rollcall is open.",
  "access.nextWithoutSecret":
    "What is too early is to be asked again at {time}. But the integration's secret isn't set, so nothing is asked by itself: set it first (Integrations).",
  "access.nextProvisionalWithoutSecret":
    "What was confirmed before the change has settled is provisional, and is to be asked again at {time}. But the integration's secret isn't set, so nothing is asked by itself: set it first (Integrations).",
  "access.putOffWithoutSecret":
    "The last try to ask again failed: {why}. The integration's secret isn't set, so nothing is asked by itself: set it first (Integrations).",
  "access.toIntegrations": "Open Integrations",
  "access.again": "Ask again now",
  "access.askedAgain": "Asked again. Leaks: {leaks}, lock-outs: {lockOuts}, too early: {early}",

  "access.proof": "Proof {id}",
  "access.proofOf":
    "Asked: {inside} mailboxes that must answer, {outside} that must be refused. Seed {seed}. Begun {time}.",
  "access.proofOfNamed":
    "Asked: {inside} mailboxes that must answer, {outside} that must be refused, and {named} by name. Seed {seed}. Begun {time}.",
  "access.drawnAll": "all {of}",
  "access.drawnSome": "{wanted} of {of}",
  "access.unlimited":
    "The proof says nothing of {permissions}: granted for the whole tenant, and no scope limits it. What it opens can be reached in every mailbox.",
  "access.disagreements": {
    one: "The test cmdlet says otherwise than observed or wanted of {n} mailbox.",
    other: "The test cmdlet says otherwise than observed or wanted of {n} mailboxes.",
  },
  "access.unknownNames": "No mailbox of this tenant: {names}",
  "access.byFinding": "Mailboxes by finding",
  "access.waiting": "Not asked",
  "access.live": "Proving the scope",
  "access.paused": "The proof is paused",
  "access.interrupted": "The proof was interrupted",
  "access.pause": "Pause",
  "access.resume": "Resume",
  "access.goesOn": "Proof {id} of {organization} goes on",
  "access.goesOnBecause": "It was cut off when Rollcall ended. Settings say that such proofs go on by themselves.",
  "access.cancel": "Cancel proof",
  "access.work": "Prove the scope of {organization}",
  "access.progress": "{done} of {total} mailboxes asked",

  "access.mailbox": "Mailbox",
  "access.name": "Name",
  "access.expected": "Expected",
  "access.cmdlet": "Test cmdlet",
  "access.observed": "Observed",
  "access.finding": "Finding",
  "access.inside": "Must answer",
  "access.outside": "Must be refused",
  "access.saidGranted": "Granted",
  "access.saidDenied": "Denied",
  "access.answered": "Answered",
  "access.refused": "Refused",
  "access.noMailbox": "No mailbox to be reached",
  "access.unsettled": "No answer that settles it",
  "access.search": "Search mailboxes",
  "access.emptyTitle": "Never proven",
  "access.emptyBody":
    "A proof asks mailboxes in the integration's own name: those inside must answer, those outside must be refused. It changes nothing and reads no content.",
  "access.noneTitle": "No mailbox fits",
  "access.noneBody": "Choose another finding or search for something else.",

  "access.outcomeConfirmed": "Confirmed",
  "access.outcomeContradicted": "Contradicted",
  "access.outcomeTooEarly": "Too early to judge",
  "access.outcomeProvisional": "Provisional",
  "access.outcomeUnknown": "Not settled",
  "access.otherScope": "Of another scope",
  "access.beforeChange": "From before the last change",
  "access.provisionalFinding": "{finding}, provisional",
  "access.provisionalUntil": "Provisional until {time}: what was in force before may have answered.",
  "access.confirmedInside": "Confirmed inside",
  "access.confirmedOutside": "Confirmed outside",
  "access.leak": "Leak",
  "access.lockOut": "Lock-out",
  "access.tooEarly": "Too early",
  "access.unknown": "Unknown",

  "access.setTitle": "Whom may {integration} reach?",
  "access.weighing": "Counting whom this mechanism reaches…",
  "access.weighed": {
    one: "This mechanism counts {n} of them.",
    other: "This mechanism counts {n} of them.",
  },
  "access.setBody":
    "Nothing is changed in the tenant by this. An Exchange administrator runs the script that comes of it.",
  "access.set": "Set scope",
  "access.rule": "Whom",
  "access.ruleEveryone": "Every mailbox",
  "access.ruleOnly": "Only the members of a group or unit",
  "access.ruleAllBut": "Everyone but the members of a group",
  "access.managementScope": "RBAC for Applications, by a group",
  "access.administrativeUnit": "RBAC for Applications, by an administrative unit",
  "access.accessPolicy": "Application access policy (older)",
  "access.units": "Administrative units",
  "access.chooseUnit": "Choose a group or unit first.",

  "access.scriptsTitle": "Scripts for Exchange Online PowerShell",
  "access.scriptsBody":
    "Rollcall never writes to Exchange. Save a script, have an Exchange administrator run it, then say so here.",
  "access.leftOut": {
    one: "It tries ten mailboxes of each side of the last proof, the gravest first. {n} more is left out.",
    other: "It tries ten mailboxes of each side of the last proof, the gravest first. {n} more are left out.",
  },
  "access.noScript": "There is no such script now",
  "access.noneToLimit":
    "Every mailbox is to be reached, so there is nothing to limit. Remove takes away what scripts of Rollcall have made before.",
  "access.noneForRoles":
    "It belongs to a scope by RBAC for Applications: an access policy is what one moves from. Choose RBAC in Change scope first.",
  "access.noneContested":
    "Another organization of the same application wants another scope, and Exchange has one limit for both.",
  "access.noneUnread":
    "What is in force was not read since the last change. Which grants for the whole tenant stand decides what comes next: read first.",
  "access.noneGrants":
    "Without the policies these grants would open every mailbox. Revoke them in Permissions, then read what is in force again.",
  "access.noneGranted":
    "No grant for the whole tenant is left that a role stands for. Finish the move removes the access policies.",
  "access.noneRoles":
    "Exchange lacks roles that have to take the place of the grants. Run Make or change first, wait the 2 hours until the roles count everywhere, then read what is in force again.",
  "access.warnUnneeded":
    "It takes roles away that scripts of Rollcall have assigned and no required permission takes any more: {roles}.",
  "access.warnRolesNotBefore":
    "Not before {time}, and not before a proof shows that every mailbox answers that must. Until then the roles may not count, and without the grants those mailboxes are refused. It stops unless it is run with -Confirmed.",
  "access.warnRolesNotWithin":
    "Not within 2 hours after Make or change was run, and not before a proof shows that every mailbox answers that must. Until then the roles may not count, and without the grants those mailboxes are refused. It stops unless it is run with -Confirmed.",
  "access.warnRolesGo":
    "It takes the roles away that scripts of Rollcall have assigned, which would add to the policy. From then on the integration reaches only what Entra has granted: grant that first.",
  "access.warnShared":
    "It is of the application, and so of {organizations} as well: Exchange has one limit for all of them.",
  "access.scriptsVoid": "Even when the script has run",
  "access.scriptsBefore": "Before it is run",
  "access.warnOpens": "Without an access policy the integration reaches every mailbox of what Entra has granted.",
  "access.warnTakesRoles":
    "Without the roles the integration reaches no mailbox by them. What is granted for the whole tenant reaches all.",
  "access.warnRevokes":
    "It takes back what is granted for the whole tenant: {permissions}. Granted again, they would make the scope void.",
  "access.warnStay": "The access policies stay. Finish the move later, with a script of its own.",
  "access.warnAllPolicies":
    "It takes every access policy of the application away, whoever made it. It stops unless it is run with -Confirmed.",
  "access.warnNotBefore":
    "Not before {time}: until then tokens from before the move open what only the policies keep closed.",
  "access.warnNotWithin":
    "Not within 2 hours after the move: tokens from before it open what only the policies keep closed.",
  "access.warnSlow":
    "For up to {minutes} minutes after it Exchange goes on with what it knew. Say here when you have run it.",
  "access.warnLonger":
    "Microsoft's newer text says more than an hour of access policies: what contradicts the scope after that may still be too early.",
  "access.warnNoProof":
    "What the test cmdlet says is no proof: it knows neither what Entra has granted nor what Exchange still remembers.",
  "access.warnNothingToTry": "It has no mailbox to try. Name some below, or prove the scope first.",
  "access.tryNamed": "Further mailboxes to try, one on each line",
  "access.scriptsLabel": "Scripts",
  "access.apply": "Make or change",
  "access.test": "Test",
  "access.remove": "Remove",
  "access.migrate": "Migrate from a policy",
  "access.finish": "Finish the move",
  "access.script": "Script",
  "access.copyScript": "Copy script",
  "access.saveScript": "Save as .ps1",
  "access.scriptSaved": "Script saved",
  "access.practise": "Run on the practice tenant",
  "access.practising": "Running the script on the practice tenant",
  "access.close": "Close",

  "access.proveTitle": "Prove the scope of {organization}",
  "access.proveBody":
    "Mailboxes are asked in the integration's own name, ids and counts only. It changes nothing. You can pause it and go on later.",
  "access.foreseeing": "Counting the directory…",
  "access.foreseenWhole":
    "The directory of {accounts} accounts is read with at most {reads}, and every mailbox of it is asked: at most {mailboxes}, with {requests}. The asking will probably take {low} to {high}.",
  "access.foreseenSample":
    "The directory of {accounts} accounts is read with at most {reads}, and a sample of it is asked: at most {mailboxes}, with {requests}. The asking will probably take {low} to {high}.",
  "access.foreseenMailboxes": { one: "{n} mailbox", other: "{n} mailboxes" },
  "access.foreseenRequests": { one: "{n} request", other: "{n} requests" },
  "access.proveAction": "Prove",
  "access.sampleInside": "How many that must answer (empty: all)",
  "access.sampleOutside": "How many that must be refused (empty: all)",
  "access.seed": "Seed of the sample",
  "access.named": "Mailboxes to ask in any case, one on each line",
  "access.badNumber": "Type a whole number, or leave it empty.",

  "access.saidTitle": "What the test cmdlet said",
  "access.saidBody":
    "Paste the file that the test script has written, or what the cmdlet printed. It takes the place of what was said of the same mailboxes, and stands beside what was observed; it is no proof.",
  "access.saidAction": "Import",
  "access.saidText": "Output of the cmdlet",
  "access.saidDone": "Imported: {added} added, {replaced} replaced, {kept} kept",
  "access.saidKept": {
    one: "Something is kept of {n} mailbox.",
    other: "Something is kept of {n} mailboxes.",
  },
  "access.saidClear": "Forget it",
  "access.saidForgotten": {
    one: "What the cmdlet said of {n} mailbox is forgotten",
    other: "What the cmdlet said of {n} mailboxes is forgotten",
  },
  "access.saidNotRun": {
    one: "The cmdlet has not tested {n} mailbox",
    other: "The cmdlet has not tested {n} mailboxes",
  },
  "access.saidElsewhere": {
    one: "{n} address is nobody's in the tenant, and was not imported",
    other: "{n} addresses are nobody's in the tenant, and were not imported",
  },
  "access.saidUnchecked": {
    one: "Whether {n} address is of the tenant could not be looked up",
    other: "Whether {n} addresses are of the tenant could not be looked up",
  },
  "access.saidBefore": "{said}, before the change",
  "access.saidDisagrees": "{said}, disagrees",
  "access.disagreesObserved": "That is otherwise than observed.",
  "access.disagreesWanted": "That is otherwise than wanted.",
  "access.disagreesBoth": "That is otherwise than observed, and than wanted.",
  "access.saidFailed": {
    one: "The cmdlet failed on {n} mailbox, so it says nothing of it",
    other: "The cmdlet failed on {n} mailboxes, so it says nothing of them",
  },

  "access.why": "Why",
  "access.whyCommand": "Explain a mailbox…",
  "access.whyTitle": "Why can or can't it be reached?",
  "access.whyBody": "Any mailbox of the tenant. One that the last proof didn't ask is looked up in the directory.",
  "access.whyMailbox": "Address, user principal name or object ID",
  "access.whyAction": "Explain",
  "access.looking": "Looking it up",
  "access.askNow": "Ask it now",
  "access.chain": "The facts behind it",
  "access.becauseInScope": "It is inside the scope, and answered.",
  "access.becauseOutOfScope": "It is outside the scope, and was refused.",
  "access.becauseKeptClosed":
    "It is refused although a right for the whole tenant opens it: something else than this scope, such as an application access policy, keeps it closed.",
  "access.becauseNothingOpens":
    "It was refused, but nothing shows that the integration may open what was asked in any mailbox: no grant does, and none that must answer has. So the refusal shows nothing of the scope.",
  "access.becauseGrant":
    "It answered although it is outside: a grant for the whole tenant adds to the scope, and opens it. Revoke that grant in Permissions.",
  "access.becauseBeside":
    "It answered although it is outside: a role of Exchange is assigned beside the scope, and opens it.",
  "access.becauseNotHeld":
    "It answered although it is outside, and nothing that Graph tells explains it: the scope doesn't hold for it.",
  "access.becauseNotAllRead": "It answered although it is outside; not all was read that might explain it.",
  "access.becauseLockedOut": "It is inside the scope, and was refused nevertheless.",
  "access.becauseTooEarly": "It contradicts the scope, but the change may not have reached Exchange everywhere yet.",
  "access.becauseNoMailbox": "There is no mailbox of this tenant to be reached.",
  "access.becauseNotAsked": "Nothing was asked of it yet, so nothing shows whether it can be reached.",
  "access.becauseUnsettled": "No answer settles it.",
  "access.linkGranted": "Entra has granted for the whole tenant: {permissions}.",
  "access.linkGrantedNone": "Entra has granted nothing for the whole tenant.",
  "access.linkGrantsUnread": "What Entra has granted was not read.",
  "access.linkAssigned": "Exchange has assigned: {roles}.",
  "access.linkAssignedNone": "Exchange has assigned no role.",
  "access.linkAssignedBefore": "Exchange had assigned at {time}: {roles}. Whether it is so still couldn't be read.",
  "access.linkAssignmentsUnread": "Which roles Exchange has assigned was not read.",
  "access.linkInside": "By the scope it must answer.",
  "access.linkOutside": "By the scope it must be refused.",
  "access.linkMailbox": "By the directory: {of}, {address}, {account}.",
  "access.linkMailboxSeen": "By the directory as it was read {time}: {of}, {address}, {account}.",
  "access.linkMailboxUnread": "What the directory says of the mailbox couldn't be looked up.",
  "access.linkNoAddress": "no address",
  "access.linkEnabled": "account enabled",
  "access.linkDisabled": "account disabled",
  "access.linkNotAsked": "Nothing was asked of it yet.",
  "access.linkSaid": "The test cmdlet said: {said} (imported {time}).",
  "access.linkSaidBefore": "The test cmdlet said: {said} (imported {time}, before the scope was changed).",
  "access.linkUnlimited":
    "Not limited by any scope, and granted for the whole tenant: {permissions}. What it opens can be reached in this mailbox all the same.",
  "access.linkCalled": "{workload}: {observed} at {time} ({answer})",
  "access.noHttp": "no status",
} as const;
