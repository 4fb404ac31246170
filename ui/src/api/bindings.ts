// Generated from the menu of commands: `cargo xtask bindings`. Not for editing.

export type About = { version: string, data_folder: string, keychain: Kept, 
/**
 * Where a damaged database was put at the start, if it was.
 */
quarantined: string | null, };

export type AccessChange = { from: AccessType, to: AccessType, users: number, };

export type AccessPolicy = { name: string, state: PolicyState, concern: Concern, };

export type AccessType = "graph_app_only" | "graph_delegated" | "ews_app_only" | "ews_delegated";

export type Acknowledged = { at: Timestamp, 
/**
 * The admin who was signed in, if anybody was.
 */
by: string | null, 
/**
 * For this integration, and these limitations in its own words: what is new is read anew.
 */
integration: IntegrationId, limitations: Array<string>, };

export type ActOnUsers = { users: Chosen, action: Action, 
/**
 * Whom it was agreed to concern. Where the filter leaves others by now, be they as many, nothing is done.
 */
expected?: Meant | null, };

export type Acted = { done: number, 
/**
 * Switches that wait for their organization's change window.
 */
queued: number, 
/**
 * Those who were like that already.
 */
untouched: number, refused: number, 
/**
 * How many are refused for which reason, those who aren't named included.
 */
reasons: Array<Refused>, 
/**
 * The first of the refused, by name.
 */
refusals: Array<Refusal>, };

export type Action = { "kind": "move", to: OrganizationId, } | { "kind": "set_access", access: AccessType | null, } | { "kind": "enable_sync" } | { "kind": "disable_sync" } | { "kind": "switch", at_once: boolean, not_ready: boolean, } | { "kind": "withdraw" } | { "kind": "go_back" } | { "kind": "reset" } | { "kind": "exclude" } | { "kind": "include" } | { "kind": "force" } | { "kind": "remove", force: boolean, };

export type AddIntegration = { tenant: TenantId, name: string, client_id: string, preset: Preset, 
/**
 * The admin's own list; where it is absent, the preset's.
 */
permissions: Array<RequiredPermission> | null, };

export type AddRule = { organization: OrganizationId, condition: Condition, action: RuleAction, };

export type AddTenant = { name: string, cloud: Cloud, 
/**
 * The tenant's GUID or a verified domain.
 */
directory: string, 
/**
 * The application that Rollcall signs in with.
 */
client_id: string, 
/**
 * Base address of sign-in; for a custom cloud only.
 */
authority: string | null, 
/**
 * Base address of Graph; for a custom cloud only.
 */
graph: string | null, };

export type AddressChange = { "kind": "sync", on: boolean, } | { "kind": "send", on: boolean, } | { "kind": "default" };

export type AddressKind = "primary" | "principal_name" | "alias" | "secondary";

export type AddressMay = { 
/**
 * Whether its sync can be switched to the other position.
 */
sync: Reason | null, 
/**
 * The same of its send.
 */
send: Reason | null, default: Reason | null, 
/**
 * Whether the mailbox can be asked.
 */
check: Reason | null, remove: Reason | null, };

export type AddressView = { 
/**
 * Whether sessions and checks read the mailbox.
 */
read: boolean, connection: Connection, may: AddressMay, address: string, kind: AddressKind, 
/**
 * The account of a secondary mailbox; the others belong to the user's own.
 */
account: ObjectId | null, sync: boolean, send: boolean, default: boolean, seen: Seen | null, };

export type AdjustOrganization = { organization: OrganizationId, 
/**
 * Its own list; absent for its integration's.
 */
permissions: Array<RequiredPermission> | null, };

export type Affected = { user: UserId, object_id: ObjectId, upn: string, display_name: string, organization: OrganizationId, organization_name: string, 
/**
 * The workloads that have it.
 */
workloads: Array<Workload>, 
/**
 * Under which addresses mailboxes of the user have it that aren't the user's own.
 */
mailboxes: Array<string>, first_seen: Timestamp, last_seen: Timestamp, 
/**
 * Of one of its answers.
 */
request_id: string | null, client_request_id: string | null, };

export type AffectedFilter = { organization: OrganizationId | null, 
/**
 * Users with any of these.
 */
fingerprints: Array<string>, 
/**
 * As in [`crate::users::UserFilter`].
 */
search: string | null, };

export type AffectedPage = { matching: number, rows: Array<Affected>, };

export type AffectedQuery = { filter: AffectedFilter, offset: number, limit: number, };

export type AllowMore = { tenant: TenantId, 
/**
 * Names of delegated permissions of Graph; only ones that Rollcall has a use for.
 */
scopes: Array<string>, };

export type Api = { "kind": "known", "id": Resource } | { "kind": "other", "id": AppId };

export type AppId = string;

export type Applied = { 
/**
 * What was read back as added, and as gone.
 */
added: Array<GrantLine>, dropped: Array<GrantLine>, failed: Array<NotDone>, 
/**
 * What Microsoft has accepted and does not show yet: it is there in some minutes, or it was not done after all.
 */
settling: Array<GrantLine>, 
/**
 * How many were not tried, because something before them ended it.
 */
untouched: number, 
/**
 * The number of the journal's entry, by which it can be undone.
 */
entry: number, consent: ConsentView, };

export type ApplyChange = { change: PreviewChange, 
/**
 * The preview's.
 */
seal: string, };

export type Approval = { 
/**
 * `None`: the tenant has no enterprise application for it, so nobody has consented to anything yet.
 */
app: EnterpriseApp | null, assigned: Part<Assigned>, registered: Part<Registered>, policies: Part<Array<AccessPolicy>>, 
/**
 * How many changes of its grants the directory's log still has. Who granted what is told from these.
 */
history: Part<number>, };

export type Asked = { "tenant": "not_needed" } | { "tenant": "asked" } | { "tenant": "not_signed_in" } | { "tenant": "failed", code: string, };

export type Asker = { name: string | null, at: Timestamp | null, reason: string | null, };

export type Assigned = { users: number, groups: number, 
/**
 * The first of them, by display name.
 */
names: Array<string>, };

export type Assignment = { id: string, role: string, reach: AssignmentReach, };

export type AssignmentReach = { "kind": "everything" } | { "kind": "scope", name: string, filter: string, } | { "kind": "unit", id: ObjectId, } | { "kind": "other", place: string, };

export type AtBrowser = { "kind": "sign_in" } | { "kind": "allow", scopes: Array<string>, } | { "kind": "consent" };

export type Attribute = "department" | "job_title" | "country" | "usage_location" | "company_name" | "domain";

export type Authorization = "authorized" | "partly_authorized" | "not_authorized" | "unknown";

export type Because = "in_scope" | "out_of_scope" | "kept_closed" | "nothing_opens" | "tenant_wide_grant" | "assigned_beside" | "not_held" | "not_all_read" | "locked_out" | "too_early" | "no_mailbox" | "unsettled" | "not_asked";

export type Belongings = { users: number, 
/**
 * Users whose mailbox is initialized or switching: whom the integration serves.
 */
initialized: number, 
/**
 * Users of whom check results are kept.
 */
checked: number, runs: number, 
/**
 * Sync sessions that are kept.
 */
sessions: number, };

export type Beyond = { "kind": "excess" } | { "kind": "stronger", would_do: string, };

export type Board = { 
/**
 * What is new first, and of that what concerns most. What is put aside is among them.
 */
problems: Array<Problem>, 
/**
 * When a mailbox was last checked.
 */
checked: Timestamp | null, 
/**
 * Mailboxes about which nothing is known: silence about them means nothing.
 */
not_checked: number, };

export type Bound = "finding" | "work" | "pause" | "throttling" | "line" | "ceiling" | "share" | "offline";

export type Cause = "permission_missing" | "access_policy" | "out_of_scope" | "no_mailbox" | "mailbox_elsewhere" | "user_gone" | "no_exchange" | "mailbox_full" | "license_missing" | "mailbox_misconfigured" | "folder_missing" | "item_unreadable" | "send_as_denied" | "account_disabled" | "password_expired" | "refused_without_reason" | "unknown_code" | "mailbox_moving" | "throttled" | "sending_quota" | "quarantined" | "service_unavailable" | "sync_state_lost" | "no_answer" | "token_refused" | "request_wrong" | "unexpected" | "consent_missing" | "consent_declined" | "consent_not_allowed" | "app_not_in_tenant" | "app_disabled" | "not_assigned" | "secret_wrong" | "secret_expired" | "certificate_refused" | "registration_mismatch" | "redirect_not_registered" | "resource_missing" | "tenant_not_found" | "account_elsewhere" | "wrong_cloud" | "tenant_restricted" | "conditional_access" | "more_proof_wanted" | "sign_in_expired" | "password_wrong" | "account_locked" | "clock_wrong" | "sign_in_unavailable" | "sign_in_refused" | "not_covered" | "needs_user_sign_in" | "cancelled";

export type ChangeIntegration = { integration: IntegrationId, name: string | null, permissions: Array<RequiredPermission> | null, };

export type ChangeMailbox = { user: UserId, address: string, change: AddressChange, };

export type ChangeOrganization = { organization: OrganizationId, name: string | null, access: AccessType | null, sync: SyncStatus | null, 
/**
 * Minutes between two sessions of a user: 5 to 1,440.
 */
every_minutes?: number | null, 
/**
 * After so many failed sessions in a row a user is disabled: 1 to 100.
 */
failures?: number | null, 
/**
 * Refused unless it is the one the organization has: the External ID is fixed.
 */
external_id?: string | null, };

export type ChangePreview = { 
/**
 * The tenant and the integration that would change, by the names that their owners gave them.
 */
tenant: string, integration: string, added: Lines, kept: Lines, dropped: Lines, 
/**
 * Whether the tenant has no enterprise application for it, so that one is made first.
 */
makes_app: boolean, 
/**
 * Requests that change the tenant.
 */
writes: number, 
/**
 * Whether what would be granted could be read; otherwise Microsoft's page decides, and what is shown is what the integration is
 * known to need.
 */
foreseen: boolean, 
/**
 * Delegated permissions that Microsoft's page will ask the admin for first.
 */
asks: Array<string>, 
/**
 * The roles of which one is needed, and why it can't be done: the admin has none of them, or it would make the access scope void.
 */
roles: Array<Role>, refused: Reason | null, 
/**
 * Where it is to grant what is missing: why not all that is required will be there after it, if so.
 */
open: StaysOpen | null, 
/**
 * Stands for exactly this change; to be handed back when it is agreed to.
 */
seal: string, };

export type ChangeRule = { rule: RuleId, condition: Condition, action: RuleAction, };

export type ChangeView = { change: ScopeChange, settles: Timestamp, settled: boolean, };

export type ChangeWindow = { 
/**
 * The days on which it begins.
 */
days: Array<Day>, 
/**
 * Minutes after midnight.
 */
from: number, to: number, 
/**
 * An IANA time zone: `Europe/Berlin`.
 */
zone: string, };

export type Changed = "access_policy" | "rbac";

export type Charset = "utf8" | "utf16" | "windows1252";

export type Check = { result: WorkloadResult, 
/**
 * The run that asked; none where it was a sync session.
 */
run: RunId | null, 
/**
 * Since when the answer is of this fingerprint, or a pass.
 */
first_seen: Timestamp, };

export type Chosen = { "by": "ids", "of": Array<UserId> } | { "by": "filter", "of": UserFilter } | { "by": "filter_but", "of": { filter: UserFilter, but: Array<UserId>, } };

export type Class = "mailbox" | "tenant" | "passing" | "ours";

export type Cloud = "global" | "us_gov" | "us_gov_dod" | "china" | "custom";

export type CmdletDisagrees = "with_observed" | "with_wanted" | "with_both";

export type CmdletReport = { said: Said, at: Timestamp, 
/**
 * Whether the scope was changed since, or another one is wanted: then it says nothing of the present one.
 */
before_change: boolean, };

export type Code = "invalid_input" | "duplicate_name" | "duplicate_external_id" | "external_id_fixed" | "not_found" | "not_now" | "not_signed_in" | "sign_in_cancelled" | "sign_in_timed_out" | "no_browser" | "sign_in_refused" | "wrong_tenant" | "wrong_account" | "unknown_tenant" | "state_mismatch" | "wrong_secret" | "secret_expired" | "app_unknown" | "app_disabled" | "redirect_not_registered" | "consent_declined" | "consent_missing" | "not_permitted" | "policy_blocked" | "offline" | "not_graph" | "damaged_answer" | "throttled" | "service_unavailable" | "changed" | "outcome_unknown" | "stopped" | "keychain" | "data_in_use" | "data_newer" | "data_damaged" | "disk_full" | "data_read_only" | "not_saved" | "internal";

export type Committed = { passed: number, failed: number, unknown: number, changed: number, removed: number, requests: number, 
/**
 * Mailboxes that became initialized.
 */
initialized: number, 
/**
 * Users who were disabled because too many sessions had failed.
 */
disabled: number, };

export type CompareRuns = { before: RunId, after: RunId, };

export type Comparison = { 
/**
 * Failed in the later one only.
 */
newly_failing: Difference, 
/**
 * Failed in the earlier one, passed in the later.
 */
fixed: Difference, still_failing: Difference, 
/**
 * In the later one only.
 */
added: Difference, 
/**
 * In the earlier one only.
 */
gone: Difference, };

export type Concern = "names_it" | "all_applications" | "workload_identity";

export type Concerned = { organization: OrganizationId, name: string, users: number, 
/**
 * What somebody put aside of it.
 */
snooze: SnoozeView | null, };

export type Condition = { "by": "attribute", attribute: Attribute, is: Test, } | { "by": "group", group: ObjectId, name: string, nested: boolean, };

export type ConnectMailbox = { user: UserId, 
/**
 * A secondary mailbox; the user's own where absent.
 */
address?: string | null, };

export type Connection = { "kind": "by_application" } | { "kind": "over_ews" } | { "kind": "connected", since: Timestamp, } | { "kind": "sign_in_needed", need: SignInNeed, } | { "kind": "not_connected" };

export type Consent = { authorization: Authorization, rows: Array<ConsentRow>, 
/**
 * Features that stay off because a permission is missing.
 */
features_off: Array<string>, };

export type ConsentCounts = { complete: number, 
/**
 * Some of what is needed is missing.
 */
partly: number, 
/**
 * Nothing of what each has to consent to is there.
 */
nothing: number, };

export type ConsentPage = "registered" | "required";

export type ConsentRow = { resource: Resource, type: PermissionType, name: string, 
/**
 * Whether the integration asks for it.
 */
required: boolean, optional: boolean, 
/**
 * Whether granting it needs an administrator, as far as the catalogue knows.
 */
admin_consent: boolean | null, 
/**
 * How much harm it can do, as far as the catalogue knows it.
 */
risk: Risk | null, state: ConsentState, 
/**
 * For whom it is granted, where it is.
 */
whom: ForWhom | null, 
/**
 * When it was granted and by whom, where that can be told.
 */
since: Timestamp | null, by: string | null, 
/**
 * What stops working without it, and why the integration needs it.
 */
feature: string | null, purpose: string | null, 
/**
 * What its holder can do, in plain words, as far as the catalogue knows it.
 */
meaning: string | null, 
/**
 * The smaller permission that would do, or the stronger one that stands in.
 */
instead: string | null, 
/**
 * The roles of Exchange that give it, each with how far it reaches; where it is unknown, also those that an earlier reading told. Of
 * what Entra has granted none is told: it counts without them.
 */
roles: Array<Assignment>, 
/**
 * The role by which a wished scope gives it, of the organization or of another that shares the integration: a grant for the whole
 * tenant in its place would make that scope void.
 */
by_role: string | null, };

export type ConsentSettings = { users: UserConsent, 
/**
 * Whether users may ask an administrator for approval; `None` where that could not be read.
 */
workflow: boolean | null, };

export type ConsentState = "granted" | "missing" | "pending_request" | "excess" | "stronger_than_needed" | "given_by_role" | "given_elsewhere" | "unknown";

export type ConsentSummary = { authorization: Authorization, granted: number, required: number, 
/**
 * Of those that are neither granted nor known to be given by a role of Exchange, how many a wished scope gives by one.
 */
by_role: number, 
/**
 * The most that Microsoft's page can be asked for without making a wished access scope void; absent where whatever it would be asked
 * for does.
 */
page: ConsentPage | null, read_at: Timestamp | null, };

export type ConsentTable = { 
/**
 * CSV (RFC 4180), the first line its header.
 */
text: string, };

export type ConsentUsers = { organization: OrganizationId, which: WhichConsents, 
/**
 * Words that stand in the name or the principal name.
 */
search: string | null, 
/**
 * Only users who were granted this themselves, by its API and name such as `graph/Mail.Read`.
 */
holding: string | null, offset: number, limit: number, };

export type ConsentView = { consent: Consent, 
/**
 * When the grants were last asked for.
 */
read_at: Timestamp | null, 
/**
 * The code of the failed read, when the last one failed: then everything is unknown.
 */
error: string | null, 
/**
 * What the integration holds of other APIs, as the journal writes it.
 */
others: Array<string>, 
/**
 * Of when the roles of Exchange are known that stand beside the grants; *Access scope* reads them.
 */
roles: RolesRead, 
/**
 * The organizations of the application whose wished access scope gives by roles, this one first. A grant for the whole tenant would
 * make theirs void.
 */
scoped_by: Array<string>, 
/**
 * Whether the application may be used at all, as of the same read.
 */
approval: Approval | null, 
/**
 * The credentials of its registration, where this tenant owns it.
 */
credentials: Array<CredentialView>, 
/**
 * What was read of the tenant; `None` when nothing ever was.
 */
tenant: TenantConsent | null, 
/**
 * Whether users can consent to it by themselves, for each delegated permission that is required, where that could be read.
 */
own: Array<OwnConsentView>, 
/**
 * Requests of users for this integration that wait for an administrator.
 */
requests: Array<RequestView>, 
/**
 * What the integration can't do over Graph.
 */
limitations: Array<string>, 
/**
 * The most that Microsoft's page can be asked for without making a wished access scope void; absent where whatever it would be asked
 * for does.
 */
page: ConsentPage | null, may: MayGrant, };

export type Consented = { 
/**
 * Permissions that are granted since, for whomever; absent where what was granted before couldn't be read.
 */
added: number | null, 
/**
 * Permissions that are granted no more since: Microsoft's page replaces delegated ones.
 */
removed: number | null, consent: Consent, 
/**
 * When the grants were last asked for.
 */
read_at: Timestamp | null, 
/**
 * The code of the failed read, when the last one failed: then everything is unknown.
 */
error: string | null, 
/**
 * What the integration holds of other APIs, as the journal writes it.
 */
others: Array<string>, 
/**
 * Of when the roles of Exchange are known that stand beside the grants; *Access scope* reads them.
 */
roles: RolesRead, 
/**
 * The organizations of the application whose wished access scope gives by roles, this one first. A grant for the whole tenant would
 * make theirs void.
 */
scoped_by: Array<string>, 
/**
 * Whether the application may be used at all, as of the same read.
 */
approval: Approval | null, 
/**
 * The credentials of its registration, where this tenant owns it.
 */
credentials: Array<CredentialView>, 
/**
 * What was read of the tenant; `None` when nothing ever was.
 */
tenant: TenantConsent | null, 
/**
 * Whether users can consent to it by themselves, for each delegated permission that is required, where that could be read.
 */
own: Array<OwnConsentView>, 
/**
 * Requests of users for this integration that wait for an administrator.
 */
requests: Array<RequestView>, 
/**
 * What the integration can't do over Graph.
 */
limitations: Array<string>, 
/**
 * The most that Microsoft's page can be asked for without making a wished access scope void; absent where whatever it would be asked
 * for does.
 */
page: ConsentPage | null, may: MayGrant, };

export type Counters = { requests: number, 
/**
 * Answers that said to wait.
 */
throttled: number, 
/**
 * Probes that were asked again.
 */
retried: number, };

export type Coverage = { scoped: Array<Scoped>, 
/**
 * What stays for the whole tenant whatever is done, such as tasks.
 */
unscopable: Array<string>, 
/**
 * Permissions of Exchange's own protocols, which open only mailboxes that the application was given one by one there.
 */
by_mailbox: Array<string>, 
/**
 * The workloads by which the scope can be proven.
 */
workloads: Array<Workload>, };

export type CreateOrganization = { name: string, external_id: string, integration: IntegrationId, access: AccessType, 
/**
 * The tenant that the integration is expected to be in; a check for callers that name both.
 */
tenant?: TenantId | null, };

export type Credential = { kind: CredentialKind, key_id: string, name: string | null, 
/**
 * When it ends; `None` where the directory doesn't say.
 */
ends: Timestamp | null, };

export type CredentialKind = "secret" | "certificate";

export type CredentialState = "valid" | "ends_soon" | "ended" | "unknown";

export type CredentialView = { credential: Credential, state: CredentialState, };

export type CriteriaChange = { "kind": "authorized", required: boolean, } | { "kind": "window", required: boolean, } | { "kind": "by_itself", on: boolean, } | { "kind": "exit", wave: number, before: Exit, after: Exit, } | { "kind": "state", wave: number, before: WaveState, after: WaveState, } | { "kind": "starts", wave: number, users: number, };

export type Criterion = { "kind": "acknowledged" } | { "kind": "authorized" } | { "kind": "previous_met" } | { "kind": "window_open" } | { "kind": "initialized", percent: number, users: number, of: number, } | { "kind": "failed", percent: number, users: number, unseen: number, of: number, } | { "kind": "watched", hours: number, minutes: number | null, } | { "kind": "issues", severity: Severity, users: number, unseen: number, };

export type CutOffAction = { action: Action, 
/**
 * How many users it was agreed to concern, where a number was agreed to.
 */
users: number | null, since: Timestamp, };

export type CutOffPass = { organization: OrganizationId, organization_name: string, 
/**
 * How many were to be read.
 */
users: number, 
/**
 * How many were read; what was read is kept, and the others are read when they are due, unless sessions are paused.
 */
read: number, 
/**
 * How many of the others were asked for: they are read next, though sessions be paused.
 */
forward: number, since: Timestamp, };

export type CutOffProof = { proof: Proof, organization: string, };

export type CutOffRuns = { runs: Array<Run>, resume: Resume, };

export type Day = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

export type Decide = { organization: OrganizationId, 
/**
 * `None` for all that wait, or that were declined.
 */
users: Array<ObjectId> | null, };

export type Decided = { users: number, };

export type DeleteOrganization = { organization: OrganizationId, 
/**
 * Also while it has users, those whose mailbox is initialized among them.
 */
force: boolean, 
/**
 * How many users it was agreed to delete with it. Where it has another number by now, nothing is done.
 */
expected?: number | null, };

export type Deletion = { organization: OrganizationId, belongings: Belongings, 
/**
 * Without force, and with it.
 */
refused: Reason | null, refused_by_force: Reason | null, };

export type Density = "comfortable" | "compact";

export type DesiredScope = { "kind": "everyone" } | { "kind": "limited", limit: ScopeLimit, };

export type Difference = { count: number, users: Array<UserId>, };

export type DirectoryId = string;

export type DirectoryUser = { 
/**
 * The Entra object id.
 */
object_id: ObjectId, 
/**
 * The user principal name.
 */
upn: string, display_name: string, 
/**
 * The primary address; may differ from the user principal name.
 */
mail: string | null, 
/**
 * Further addresses (`proxyAddresses` without the primary, `smtp:` taken off).
 */
aliases: Array<string>, department: string | null, job_title: string | null, enabled: boolean, guest: boolean, on_premises: boolean, 
/**
 * Whether an Exchange Online plan that comes with a mailbox is assigned and enabled.
 */
exchange_plan: boolean, };

export type Eligibilities = { 
/**
 * How many there are of each; none of those that aren't named.
 */
counts: { [key in Eligibility]?: number }, 
/**
 * How many of them aren't ready.
 */
not_eligible: number, 
/**
 * When the mailboxes were last asked, or that was tried.
 */
judged: Timestamp | null, 
/**
 * Why they were not asked what they are.
 */
unasked: Unasked | null, };

export type Eligibility = "ready" | "shared" | "room" | "equipment" | "shared_or_resource" | "unlicensed" | "disabled" | "on_premises" | "guest" | "no_mailbox" | "address_conflict";

export type EndOfEws = { 
/**
 * From then on only where an admin has turned it on again.
 */
off_by_default: Timestamp, 
/**
 * From then on nowhere.
 */
removed: Timestamp, };

export type EnterpriseApp = { id: ObjectId, display_name: string, 
/**
 * Whether tokens are issued for it: *Enabled for users to sign in*.
 */
enabled: boolean, 
/**
 * Whether only users who are assigned to it may sign in.
 */
assignment_required: boolean, 
/**
 * Why Microsoft disabled it, in Microsoft's word for it; `None` where it didn't.
 */
disabled_by_microsoft: string | null, 
/**
 * The tenant that registered it.
 */
owner: DirectoryId | null, };

export type Entry = { 
/**
 * All that the integration requires was read back as granted.
 */
authorized: boolean, 
/**
 * The change window is open. Without it a start outside of the window queues the switches.
 */
window: boolean, };

export type Error = { 
/**
 * What the caller can act on; each face has a title, advice and one action for it.
 */
code: Code, 
/**
 * What happened, for the log and the details fold-out: ids and codes, never names, tokens or bodies. Empty where the reason says
 * all of it.
 */
detail: string, 
/**
 * Graph's `request-id` or Entra's correlation id, for Microsoft support.
 */
request_id: string | null, 
/**
 * The id that we gave the request, which is all there is to look for where Microsoft told none. `None` where nothing was sent.
 */
client_request_id?: string | null, 
/**
 * Why the action can't run now, where the code is [`Code::NotNow`].
 */
reason: Reason | null, 
/**
 * Until when Graph asks to wait, where the code is [`Code::Throttled`] and it is known; by the clock for waits until
 * [`Desk::told`](crate::desk::Desk::told) has put it as a face tells it.
 */
until: Timestamp | null, };

export type Evidence = "user_type" | "account_enabled" | "assigned_plans" | "on_premises_sync" | "mail" | "addresses" | "user_purpose" | "last_check";

export type Examples = { by_application: Organization, by_users: Organization, };

export type ExchangeRoles = { "kind": "read", value: Array<Assignment>, } | { "kind": "earlier", value: Array<Assignment>, at: Timestamp, why: Unread, } | { "kind": "unread", why: Unread, };

export type Exit = { 
/**
 * So many percent of its users are initialized at least.
 */
initialized: number, 
/**
 * The last session of so many percent failed at most.
 */
failed: number, 
/**
 * Sessions have gone on for so many hours since its last switch.
 */
hours: number, 
/**
 * Of which issues none is open; absent where issues don't matter.
 */
issues: Severity | null, };

export type ExportConsents = { organization: OrganizationId, which: WhichConsents, 
/**
 * Words of names or principal names.
 */
search: string | null, };

export type ExportList = { "of": "integration", integration: IntegrationId, } | { "of": "organization", organization: OrganizationId, };

export type ExportOrganizations = { 
/**
 * In this order.
 */
organizations: Array<OrganizationId>, 
/**
 * At least one.
 */
columns: Array<OrganizationColumn>, };

export type ExportSessions = { organization: OrganizationId, };

export type ExportUsers = { filter: UserFilter, sort: Sort, 
/**
 * At least one.
 */
columns: Array<UserColumn>, };

export type ExternalId = string;

export type FailedTest = { mailbox: string, error: string, };

export type Fate = { "kind": "added" } | { "kind": "here" } | { "kind": "elsewhere", organization: string, } | { "kind": "duplicate", line: number, } | { "kind": "unknown" } | { "kind": "no_address" };

export type FateKind = "added" | "here" | "elsewhere" | "duplicate" | "unknown" | "no_address";

export type Fates = { added: number, here: number, elsewhere: number, duplicate: number, unknown: number, no_address: number, };

export type Figures = { standing: Standing, 
/**
 * Whether sessions are under way.
 */
under_way: boolean, 
/**
 * Why none can come about, if so.
 */
halt: Halt | null, 
/**
 * Until when everything waits because Graph asked for it.
 */
waiting_until: Timestamp | null, 
/**
 * A switch that has not ended since this moment is stuck.
 */
stuck_before: Timestamp, 
/**
 * Hours with sessions, the earliest first.
 */
hours: Array<Hour>, };

export type FileBytes = string;

export type FindGroups = { organization: OrganizationId, 
/**
 * How words of the name or the address begin, or an object id.
 */
text: string, };

export type Finding = "confirmed_inside" | "confirmed_outside" | "leak" | "lock_out" | "too_early" | "unknown";

export type FingerprintRow = { fingerprint: string, cause: Cause | null, http: number | null, code: string | null, workload: Workload, mailboxes: number, 
/**
 * How many mailboxes have the same cause on any workload and with any code: each counts once.
 */
with_cause: number, 
/**
 * Up to five, for Microsoft support.
 */
sample_request_ids: Array<string>, first_seen: Timestamp, last_seen: Timestamp, };

export type ForWhom = { "kind": "everyone" } | { "kind": "users", count: number, };

export type ForeseeAction = { users: Chosen, action: Action, };

export type ForeseeDeletion = { organizations: Array<OrganizationId>, };

export type ForeseeProof = { organization: OrganizationId, 
/**
 * So many of those that must answer; all where absent.
 */
inside: number | null, 
/**
 * So many of those that must be refused; all where absent.
 */
outside: number | null, 
/**
 * How many are named.
 */
named: number, };

export type Foreseen = { 
/**
 * How many users are meant, and what stands for exactly these: what is to be agreed to.
 */
users: number, seal: string, changes: number, 
/**
 * Switches that would wait; beside them those that would once the limitations are acknowledged; and until when the first of all.
 */
queued: number, queued_once_read: number, opens: Timestamp | null, 
/**
 * Those who are like that already.
 */
untouched: number, refused: Array<Refused>, 
/**
 * Why it changes nobody, if so. Those who are refused only until the limitations are acknowledged are changed once that is done.
 */
none: Reason | null, 
/**
 * Changed ways of reaching mailboxes, the most frequent first.
 */
access: Array<AccessChange>, 
/**
 * Users who stay on EWS although the organization that they come to is on Graph: only a switch leads there.
 */
kept_on_ews: number, 
/**
 * Users whose integration becomes another one: what was granted to the one they leave is not granted to the other.
 */
integration: number, 
/**
 * Users whose mailbox is initialized now and has to be initialized again.
 */
initialized: number, 
/**
 * Users whose next sign-in is theirs to do.
 */
must_sign_in: number, 
/**
 * Whether synchronization is off in the organization that they come to.
 */
into_disabled: boolean, 
/**
 * What Graph can't do for the integrations concerned, where it has to be acknowledged first, and by which organizations.
 */
limitations: Array<string>, unread: Array<OrganizationId>, 
/**
 * Users who come to Graph though nobody has read back yet what is granted to their integration.
 */
consent_unread: number, 
/**
 * How long EWS lasts, where the way leads there.
 */
ews: EndOfEws | null, };

export type ForeseenCriteria = { changes: Array<CriteriaChange>, 
/**
 * The waves that are over, and keep what they were judged by.
 */
over: Array<number>, 
/**
 * Where each wave stands afterwards: what is to be agreed to.
 */
states: Array<WaveState>, 
/**
 * Why they aren't kept, if so.
 */
none: Reason | null, };

export type ForeseenPlan = { 
/**
 * How many users each wave would have.
 */
sizes: Array<number>, 
/**
 * The addresses of the pilot that nobody of the organization has.
 */
unknown: Array<string>, 
/**
 * Users who aren't ready by the pre-flight, and others who were switched or read over Graph already: none is dealt out, and all but
 * those who are named for the pilot are in the last wave, but no wave switches them.
 */
not_ready: number, on_graph: number, 
/**
 * Why it can't be kept, if so.
 */
refused: Reason | null, };

export type ForeseenProof = { 
/**
 * Accounts of the directory, which is read whole.
 */
accounts: number, 
/**
 * Mailboxes that are asked.
 */
mailboxes: number, 
/**
 * Whether those are a sample, and not everybody's.
 */
sampled: boolean, 
/**
 * Requests that read the directory, and those that ask mailboxes.
 */
reads: number, probes: number, 
/**
 * Between how many seconds the asking will probably take.
 */
seconds: [number, number], bound: Bound, 
/**
 * Whether time and bound are those of the last check in the tenant; else they are what Microsoft's limits allow.
 */
measured: boolean, };

export type Forgotten = { mailboxes: number, };

export type FromRegistration = { tenant: TenantId, client_id: string, };

export type Grant = { api: Api, type: PermissionType, 
/**
 * The name that the API publishes; an app role's id where it publishes none.
 */
name: string, grantee: Grantee, };

export type GrantConsent = { organization: OrganizationId, 
/**
 * What the page is asked for; everything that the registration asks for where it isn't said.
 */
with: ConsentPage, };

export type GrantLine = { grant: Grant, 
/**
 * What the API is called in the tenant.
 */
api_name: string, 
/**
 * The user's principal name, where it is one user's and the user is known.
 */
upn: string | null, risk: Risk | null, 
/**
 * What works with it, where the integration needs it.
 */
feature: string | null, 
/**
 * How it goes beyond what the organization requires, where it does.
 */
beyond: Beyond | null, };

export type Grantee = { "kind": "everyone" } | { "kind": "user", "user": ObjectId };

export type Group = { id: ObjectId, display_name: string, mail: string | null, kind: GroupKind, };

export type GroupIssues = { organization: OrganizationId | null, };

export type GroupKind = "security" | "mail_enabled_security" | "microsoft_365" | "distribution";

export type GroupRef = { organization: OrganizationId, group: ObjectId, };

export type GroupSize = { group: Group, 
/**
 * Those who are in the group itself.
 */
direct: number, 
/**
 * Those of groups inside it, too; each counts once.
 */
nested: number, };

export type Halt = { 
/**
 * The code that faces have words for.
 */
code: string, 
/**
 * What happened, with ids; no name, token or body.
 */
detail: string, 
/**
 * Entra's correlation id or Graph's request id.
 */
request_id: string | null, since: Timestamp, 
/**
 * When it was last tried.
 */
at: Timestamp, };

export type Happening = { "kind": "moved", from: string, to: string, } | { "kind": "access_set", access: AccessType | null, } | { "kind": "sync_enabled" } | { "kind": "sync_disabled" } | { "kind": "sync_disabled_due_to_error", failures: number, } | { "kind": "put_in_wave", from: number, to: number, } | { "kind": "in_wave", wave: number, } | { "kind": "switch_queued" } | { "kind": "switch_withdrawn" } | { "kind": "switched", to: AccessType, } | { "kind": "went_back", to: AccessType, } | { "kind": "initialized" } | { "kind": "reset" } | { "kind": "excluded" } | { "kind": "included" } | { "kind": "forced" } | { "kind": "session_failed", cause: Cause | null, code: string | null, } | { "kind": "session_recovered" } | { "kind": "resynced" } | { "kind": "connected", address: string, } | { "kind": "disconnected", address: string, } | { "kind": "mailbox_added", address: string, } | { "kind": "mailbox_taken_off", address: string, } | { "kind": "mailbox_set", address: string, change: AddressChange, } | { "kind": "migration_begun", from: string, to: string, 
/**
 * Whether it was outside the organization's change window.
 */
outside_window: boolean, } | { "kind": "migration_checked", step: MigrationStep, verdict: Verdict, } | { "kind": "migration_ticked", step: MigrationStep, } | { "kind": "migration_reopened", step: MigrationStep, } | { "kind": "migration_given_up" };

export type HoldWave = { organization: OrganizationId, wave: number, 
/**
 * No more, where false. Those who were taken back are switched when the wave is started once more.
 */
held: boolean, };

export type Hour = { 
/**
 * When the hour began.
 */
from: number, passed: number, failed: number, unknown: number, changed: number, removed: number, requests: number, 
/**
 * How long they took together, in milliseconds.
 */
took: number, };

export type HowToCheck = { "by": "rollcall", "check": Inspection } | { "by": "hand" };

export type ImportPreview = { organization: OrganizationId, 
/**
 * People, or lines of the list, by what becomes of them.
 */
fates: Fates, 
/**
 * Those that would come in, by what can be expected of their mailboxes.
 */
arriving: { [key in Eligibility]?: number }, 
/**
 * How the list was understood, where it is one.
 */
list: Understood | null, 
/**
 * Stands for exactly this; to be handed back when it is agreed to.
 */
seal: string, };

export type ImportSaid = { organization: OrganizationId, text: string, };

export type ImportUsers = { organization: OrganizationId, from: Source, 
/**
 * Reads everybody again, where asking for what changed since the last time would do.
 */
anew: boolean, };

export type Imported = { 
/**
 * Users that the directory listed.
 */
read: number, new: number, changed: number, same: number, 
/**
 * Users that stay in another organization; a user is in one at a time.
 */
elsewhere: number, 
/**
 * Users whom the directory doesn't have any more. They stay until somebody removes them.
 */
gone: number, 
/**
 * Since when changes were asked for; `None` when everybody was read.
 */
since: Timestamp | null, 
/**
 * What stands on the list and nobody has, as written.
 */
unmatched: Array<string>, };

export type Inspection = "consent" | "user_consent" | "application" | "conditional_access" | "mailboxes" | "secret";

export type Integration = { id: IntegrationId, tenant: TenantId, name: string, 
/**
 * The application (client) id.
 */
client_id: AppId, preset: Preset, permissions: Array<RequiredPermission>, created: Timestamp, };

export type IntegrationId = number;

export type IntegrationRef = { integration: IntegrationId, };

export type IntegrationView = { integration: Integration, secret: SecretAtHand, 
/**
 * How many organizations use it.
 */
organizations: number, 
/**
 * What it can't do over Graph.
 */
limitations: Array<string>, };

export type Issue = { user: UserId, upn: string, display_name: string, organization: OrganizationId, organization_name: string, check: Check, };

export type IssueFilter = { organization: OrganizationId | null, tenant: TenantId | null, 
/**
 * Of any of these; an empty list doesn't narrow.
 */
fingerprints: Array<string>, 
/**
 * As in [`crate::users::UserFilter`].
 */
search: string | null, };

export type IssueGroup = { fingerprint: string, 
/**
 * The fingerprint without its workload: the same answer on other workloads has it, too.
 */
family: string, 
/**
 * `None` where nobody could be asked.
 */
workload: Workload | null, http: number | null, code: string | null, 
/**
 * Whether Rollcall's catalogue has the code. Where it doesn't, only the status is understood.
 */
code_known: boolean, users: number, first_seen: Timestamp, last_seen: Timestamp, new: boolean, organizations: Array<Concerned>, trend: Array<TrendDay>, 
/**
 * Up to five, for Microsoft support.
 */
samples: Array<Sample>, };

export type IssuePage = { matching: number, rows: Array<Issue>, };

export type IssueQuery = { filter: IssueFilter, offset: number, limit: number, };

export type IssueTable = { 
/**
 * CSV (RFC 4180), the first line its header.
 */
text: string, };

export type JournalEntry = { 
/**
 * 1 is the first.
 */
number: number, at: Timestamp, 
/**
 * The signed-in admin's principal name.
 */
actor: string, 
/**
 * The tenant's number; stays when the tenant is forgotten.
 */
tenant: TenantId | null, 
/**
 * The command, such as `consent.grant`.
 */
action: string, target: string, before: string | null, after: string | null, request_id: string | null, outcome: Outcome, 
/**
 * SHA-256 over the entry and the digest before it; lower-case hexadecimal.
 */
digest: string, };

export type JournalState = { "state": "whole", entries: number, head: string, } | { "state": "broken", at: number, };

export type Judged = { eligibility: Eligibility, evidence: Evidence, };

export type JudgedCriterion = { criterion: Criterion, met: Met, };

export type JudgedMailbox = { object_id: ObjectId, upn: string, display_name: string, expected: ScopeSide, said: CmdletReport | null, 
/**
 * `None` where nothing was asked of it.
 */
finding: Finding | null, 
/**
 * Until when what was confirmed is provisional.
 */
provisional: Timestamp | null, 
/**
 * The proof that it is of; `None` where it was asked on its own, or not at all.
 */
proof: ProofId | null, };

export type Kept = { "kind": "keychain" } | { "kind": "session_only", reason: NoKeychain, };

export type Ledger = { passed: number, failed: number, unknown: number, not_run: number, };

export type Lines = { total: number, first: Array<GrantLine>, };

export type ListJournal = { 
/**
 * Only those before this number; the latest where absent.
 */
before: number | null, limit: number, };

export type ListProposals = { organization: OrganizationId, 
/**
 * Those that were declined, in place of those that wait.
 */
declined: boolean, offset: number, limit: number, };

export type ListRead = { asked: Asked, 
/**
 * What the list calls itself, where it does.
 */
name: string | null, permissions: Array<RequiredPermission>, remarks: Array<Remark>, };

export type ListRuns = { organization: OrganizationId | null, };

export type Lost = { to: RuleId, organization: OrganizationId, users: number, };

export type MailboxCounts = { not_initialized: number, switching: number, initialized: number, error: number, excluded: number, };

export type MailboxKind = "user" | "shared_or_resource" | "guest" | "on_premises" | "unlicensed";

export type MailboxRef = { user: UserId, address: string, };

export type MailboxResult = { 
/**
 * The user's number, which may be gone by now.
 */
user: UserId, object_id: ObjectId, upn: string, display_name: string, verdict: Verdict, workloads: Array<WorkloadResult>, };

export type MailboxStatus = "not_initialized" | "switching" | "initialized" | "error" | "excluded";

export type MailboxesOf = { user: UserId, };

export type MailboxesView = { user: UserId, upn: string, 
/**
 * How the integration reaches them.
 */
access: AccessType, addresses: Array<AddressView>, migration: MigrationView | null, 
/**
 * When the organization's change window opens; `None` while it is open, or where there is none.
 */
window_opens: Timestamp | null, 
/**
 * Who makes the integration, where that is known.
 */
vendor: string | null, 
/**
 * Why nobody can sign in, if so.
 */
connect: Reason | null, 
/**
 * Microsoft's page that leads the user to the integration's own sign-in, where the cloud has one.
 */
link: string | null, };

export type ManifestFile = { 
/**
 * What the list is called.
 */
name: string, 
/**
 * The JSON text.
 */
text: string, };

export type May = { import: Reason | null, consent: Reason | null, verify: Reason | null, sync: Reason | null, delete: Reason | null, };

export type MayDo = { force: Reason | null, switch: Reason | null, go_back: Reason | null, remove: Reason | null, };

export type MayGrant = { 
/**
 * Application permissions of Graph, and everything that the registration asks for.
 */
graph_roles: Reason | null, 
/**
 * Delegated permissions, and application permissions of other APIs.
 */
others: Reason | null, };

export type Meant = { users: number, 
/**
 * Stands for exactly these: others have another.
 */
seal: string, };

export type Mechanism = "management_scope" | "administrative_unit" | "access_policy";

export type MembershipRule = { id: RuleId, organization: OrganizationId, condition: Condition, action: RuleAction, created: Timestamp, 
/**
 * What came of it when it was evaluated last.
 */
outcome: RuleOutcome | null, };

export type Met = "met" | "not_met" | "unknown";

export type MigrateMailbox = { user: UserId, act: MigrationAct, };

export type MigrationAct = { "kind": "begin", to: string, add_in: string, minimum: string, } | { "kind": "check" } | { "kind": "tick", step: MigrationStep, } | { "kind": "reopen", step: MigrationStep, } | { "kind": "give_up" };

export type MigrationStep = "stop_sync_of_old" | "connect_new" | "switch_on_new" | "stop_send_of_old" | "make_default" | "hand_over";

export type MigrationView = { from: string, to: string, add_in: Version, minimum: Version, begun: Tick, steps: Array<StepView>, };

export type Moment = { at: Timestamp, what: Happening, actor: string | null, };

export type NoKeychain = "no_session_bus" | "no_service" | "locked" | "refused" | "too_slow" | "too_long" | "damaged" | "not_wanted";

export type NoScript = "nothing_to_limit" | "for_roles" | "contested" | "not_read_since" | "grants_stand" | "nothing_granted" | "roles_missing";

export type NotDone = { line: GrantLine, error: Error, };

export type NoteChange = { organization: OrganizationId, 
/**
 * Now, where absent.
 */
at: Timestamp | null, };

export type ObjectId = string;

export type Observed = "answered" | "refused" | "no_mailbox" | "unsettled";

export type OpenPractice = { 
/**
 * How many users it has; the default where absent.
 */
users: number | null, 
/**
 * From which seed its people and faults are made.
 */
seed: number | null, };

export type OrderRules = { tenant: TenantId, rules: Array<RuleId>, };

export type Organization = { id: OrganizationId, tenant: TenantId, integration: IntegrationId, name: string, external_id: ExternalId, access: AccessType, sync: SyncStatus, 
/**
 * Its own list of permissions, where it departs from its integration's: vendors configure the set per customer.
 */
permissions?: Array<RequiredPermission> | null, rhythm: Rhythm, 
/**
 * When its users may be switched; at any time where there is none.
 */
window: ChangeWindow | null, created: Timestamp, 
/**
 * What somebody has read that Graph can't do for its integration.
 */
acknowledged: Acknowledged | null, };

export type OrganizationColumn = "name" | "external_id" | "integration" | "tenant" | "access" | "users" | "statuses" | "sync" | "sessions" | "session" | "stage" | "consent" | "checked" | "issues";

export type OrganizationId = number;

export type OrganizationRef = { organization: OrganizationId, };

export type OrganizationTable = { 
/**
 * CSV (RFC 4180), the first line its header; times in UTC.
 */
text: string, organizations: number, };

export type OrganizationView = { organization: Organization, tenant_name: string, practice: boolean, integration_name: string, preset: Preset, users: number, 
/**
 * The users by mailbox status.
 */
mailboxes: MailboxCounts, 
/**
 * The users by what stands in the way of their mailboxes.
 */
eligibility: Eligibilities, 
/**
 * The users by the verdict of their last check.
 */
verdicts: Ledger, 
/**
 * How many users have an open issue.
 */
with_issues: number, 
/**
 * When the last check of one of them was complete.
 */
checked: Timestamp | null, 
/**
 * When a sync session of one of them last ended.
 */
last_session: Timestamp | null, consent: ConsentSummary, last_run: Run | null, stages: Stages, may: May, 
/**
 * Switches that wait for the change window, and when it opens; `None` while it is open.
 */
queued: number, window_opens: Timestamp | null, 
/**
 * The acknowledgement of all that Graph can't do for its integration; `None` where something of it was never read, or there is nothing.
 */
acknowledged: Acknowledged | null, };

export type Outcome = "intended" | "done" | "failed" | "unknown";

export type OwnConsent = "can" | "needs_admin" | "tenant_forbids" | "depends";

export type OwnConsentView = { name: string, can: OwnConsent, };

export type OwnExit = { 
/**
 * From 1, which is the pilot.
 */
wave: number, exit: Exit, };

export type Pane = "organizations" | "users" | "mailboxes";

export type Part<T> = { "kind": "read", value: T, } | { "kind": "unread", why: Unread, };

export type PauseSessions = { organization: OrganizationId, paused: boolean, };

export type PendingRequest = { id: string, app: AppId, app_name: string, 
/**
 * Names of delegated permissions.
 */
scopes: Array<string>, askers: Array<Asker>, };

export type PermissionId = string;

export type PermissionRef = { resource: Resource, type: PermissionType, name: string, };

export type PermissionType = "application" | "delegated";

export type PermissionView = { resource: Resource, type: PermissionType, name: string, id: PermissionId, 
/**
 * Whether the catalogue says that granting it needs an administrator. A tenant's policy may ask for one in more cases.
 */
admin_consent: boolean, risk: Risk, 
/**
 * What its holder can do, in plain words.
 */
meaning: string, 
/**
 * The permissions of the same API and type that it includes besides itself.
 */
covers: Array<string>, 
/**
 * The workload whose probe answers only where this or a wider one is held; `None` where no probe shows it.
 */
shown_by: Workload | null, };

export type Pilot = { "kind": "named", addresses: Array<string>, } | { "kind": "number", number: number, } | { "kind": "filter", filter: UserFilter, } | { "kind": "group", group: ObjectId, nested: boolean, } | { "kind": "present" };

export type Place = { "in": "line", "number": number } | { "in": "entry", "number": number } | { "in": "document" };

export type Plan = { mailboxes: number, probes: number, 
/**
 * Workloads that are not asked, because no required permission covers them.
 */
not_covered: Array<Workload>, 
/**
 * Between how many seconds it will probably take.
 */
seconds: [number, number], 
/**
 * What will bound it.
 */
bound: Bound, 
/**
 * Whether time and bound are those of the last run in the tenant; else they are what Microsoft's limits allow.
 */
measured: boolean, 
/**
 * Why it can't be started now, if it can't.
 */
may: Reason | null, };

export type PlanScope = { organization: OrganizationId, 
/**
 * Addresses that the test script is to try besides those of the last proof.
 */
mailboxes: Array<string>, };

export type PlanView = { organization: OrganizationId, entry: Entry, exit: Exit, by_itself: boolean, made: Timestamp, made_by: string, waves: Array<WaveView>, 
/**
 * Why no other plan can take its place, if so.
 */
change: Reason | null, 
/**
 * Why its criteria can't be changed, if so.
 */
criteria: Reason | null, };

export type PlanWaves = { organization: OrganizationId, pilot: Pilot, 
/**
 * Percent of those after the pilot, a wave each. Who is left makes the last wave.
 */
shares: Array<number>, entry: Entry, exit: Exit, 
/**
 * Waves that have to come to something else.
 */
own: Array<OwnExit>, 
/**
 * Whether the next wave starts by itself when it may; the first never does.
 */
by_itself: boolean, };

export type Planned = { workload: Workload, 
/**
 * Why it is not asked; `None` when it is.
 */
not_asked: Cause | null, };

export type PolicyState = "on" | "off" | "report_only";

export type Practice = { tenant: Tenant, integration: Integration, };

export type Preset = "revenue-grid" | "outreach" | "inloox" | "crelate" | "custom";

export type PresetView = { preset: Preset, permissions: Array<RequiredPermission>, limitations: Array<string>, 
/**
 * Who makes it; nobody, where the admin brings the description.
 */
vendor?: string | null, 
/**
 * The application id that the vendor publishes for every tenant, where it does.
 */
client_id?: AppId | null, 
/**
 * The ways in which it can reach a mailbox.
 */
access?: Array<AccessType> | null, 
/**
 * What has to be in place besides permissions.
 */
requirements?: Array<Requirement> | null, };

export type PreviewChange = { organization: OrganizationId, wanted: Wanted, };

export type PreviewImport = { organization: OrganizationId, from: Source, };

export type PreviewLine = { 
/**
 * The number of the line, where it is one of a list.
 */
line: number | null, 
/**
 * The address as the list has it, or the line where it holds none.
 */
written: string | null, fate: Fate, person: PreviewPerson | null, 
/**
 * Whether the address is neither the person's principal name nor the primary address.
 */
by_alias: boolean, };

export type PreviewLines = { seal: string, fate: FateKind | null, 
/**
 * A part of the line, or of the person's name or principal name.
 */
search: string | null, offset: number, limit: number, };

export type PreviewPage = { total: number, matching: number, rows: Array<PreviewLine>, };

export type PreviewPerson = { object_id: ObjectId, upn: string, display_name: string, judged: Judged, };

export type PreviewRef = { seal: string, };

export type PreviewTable = { 
/**
 * CSV (RFC 4180), the first line its header.
 */
text: string, };

export type Problem = { 
/**
 * The same from one day to the next.
 */
key: string, cause: Cause, 
/**
 * Each user counts once, whatever the number of workloads.
 */
users: number, 
/**
 * How many users its organizations have.
 */
of: number, reach: Reach, organizations: Array<Concerned>, first_seen: Timestamp, last_seen: Timestamp, 
/**
 * Nobody had it before the last check.
 */
new: boolean, 
/**
 * By half since the last day on which something was checked.
 */
growing: boolean, 
/**
 * Everywhere, and nothing has brought it back.
 */
snoozed: boolean, trend: Array<TrendDay>, 
/**
 * Its fingerprints, the one with most users first.
 */
groups: Array<IssueGroup>, };

export type Progress = { "kind": "not_kept", reason: NoKeychain, } | { "kind": "browser", what: AtBrowser, url: string, 
/**
 * When it is waited for no longer.
 */
until: Timestamp, 
/**
 * Whether the face could open the page. It passes this on once more where that turns out to have failed.
 */
opened: boolean, } | { "kind": "reading_back" } | { "kind": "read", read: number, } | { "kind": "imported", read: number, new: number, } | { "kind": "asked", done: number, total: number, } | { "kind": "written", done: number, total: number, } | { "kind": "verified" } & Verified | { "kind": "proven" } & Proven | { "kind": "synced" } & Synced;

export type Proof = { id: ProofId, organization: OrganizationId, state: RunState, started: Timestamp, finished: Timestamp | null, desired: DesiredScope, 
/**
 * The change that it comes after.
 */
change: ScopeChange | null, 
/**
 * What it stands on; `None` of one that was begun by an older version.
 */
basis: ProofBasis | null, workloads: Array<Workload>, sample: ProofSample, tally: ProofTally, 
/**
 * When the oldest answer came that was too early to judge.
 */
early: Timestamp | null, 
/**
 * `None` where the last try did not fail.
 */
put_off: ProofPutOff | null, };

export type ProofBasis = { 
/**
 * In whose name mailboxes were asked.
 */
app: AppId, 
/**
 * What made the scope void or wider.
 */
voids: Array<ScopeVoid>, 
/**
 * Whether Exchange's roles could be read; otherwise one beside the scope would not have been seen.
 */
roles_read: boolean, 
/**
 * What is granted of mailboxes for the whole tenant and can't be limited: no proof of the scope says anything of it.
 */
unlimited: Array<string>, };

export type ProofCall = { workload: Workload, observed: Observed, http: number | null, code: string | null, request_id: string | null, at: Timestamp, };

export type ProofId = number;

export type ProofMailboxes = { proof: ProofId, 
/**
 * Only those that came to it.
 */
finding: Finding | null, 
/**
 * Part of a name or an address.
 */
search: string, offset: number, limit: number, };

export type ProofOutcome = "confirmed" | "contradicted" | "too_early" | "unknown";

export type ProofPage = { total: number, rows: Array<ProofTarget>, };

export type ProofPutOff = { 
/**
 * How often in a row.
 */
failures: number, until: Timestamp, 
/**
 * The code that faces have words for.
 */
code: string, };

export type ProofRef = { proof: ProofId, };

export type ProofSample = { seed: number, 
/**
 * So many of those that must answer; all where absent.
 */
inside: number | null, 
/**
 * So many of those that must be refused; all where absent.
 */
outside: number | null, 
/**
 * Addresses that are asked in any case.
 */
named: Array<string>, 
/**
 * Those of them that the directory doesn't know, or that have no mailbox.
 */
unknown: Array<string>, 
/**
 * How many mailboxes must answer, and how many must be refused, of which the sample was drawn.
 */
of_inside: number, of_outside: number, };

export type ProofStands = "now" | "other_scope" | "before_change";

export type ProofTally = { confirmed_inside: number, confirmed_outside: number, leaks: number, lock_outs: number, too_early: number, unknown: number, 
/**
 * Mailboxes that were not asked yet.
 */
waiting: number, 
/**
 * Of those that were confirmed, how many while the change may not have reached them: what was in force before it may have answered.
 * They are asked once more when it has.
 */
provisional: number, 
/**
 * Of how many the test cmdlet says otherwise than is observed or wanted. It is no proof, so it decides nothing.
 */
disagreements: number, };

export type ProofTarget = { number: number, object_id: ObjectId, upn: string, display_name: string, expected: ScopeSide, 
/**
 * Whether it was asked for by name.
 */
named: boolean, said: CmdletReport | null, 
/**
 * What that is otherwise than.
 */
disagrees: CmdletDisagrees | null, 
/**
 * `None` while it waits.
 */
finding: Finding | null, 
/**
 * Until when what was confirmed is provisional: it was asked while what was in force before may have answered.
 */
provisional: Timestamp | null, asked: Timestamp | null, calls: Array<ProofCall>, };

export type ProofView = { proof: Proof, outcome: ProofOutcome, 
/**
 * When what was too early to judge is asked again by itself, while Rollcall is open.
 */
next_probe: Timestamp | null, 
/**
 * Whether that, or the next try of what was put off, waits for the integration's secret: without it nothing is asked by itself.
 */
waits_for_secret: boolean, };

export type Proposal = { object_id: ObjectId, upn: string, display_name: string, 
/**
 * The rule that wants the person; `None` where it isn't there any more.
 */
rule: RuleId | null, 
/**
 * When the person was proposed, or declined.
 */
at: Timestamp, };

export type ProposalPage = { 
/**
 * How many wait for the admin's word, and how many were declined.
 */
open: number, declined: number, rows: Array<Proposal>, };

export type ProveScope = { organization: OrganizationId, 
/**
 * So many of those that must answer; all where absent.
 */
inside: number | null, 
/**
 * So many of those that must be refused; all where absent.
 */
outside: number | null, 
/**
 * From which the samples are drawn.
 */
seed: number, 
/**
 * Addresses that are asked in any case.
 */
named: Array<string>, };

export type Proven = { proof: number, organization: number, 
/**
 * Mailboxes that have come to something, of so many.
 */
done: number, total: number, leaks: number, lock_outs: number, 
/**
 * Until when everything waits because Graph asked for it.
 */
waiting_until: Timestamp | null, };

export type Purpose = "user" | "linked" | "shared" | "room" | "equipment" | "others" | "nothing";

export type PutInWave = { organization: OrganizationId, users: Chosen, 
/**
 * From 1, which is the pilot.
 */
wave: number, 
/**
 * Whom it was agreed to concern. Where others are meant by now, nothing is done.
 */
expected?: Meant | null, };

export type PutUsers = { 
/**
 * How many users are meant, and what stands for exactly these: what is to be agreed to.
 */
users: number, seal: string, changes: number, 
/**
 * Those who are in that wave already.
 */
untouched: number, refused: Array<Refused>, 
/**
 * How many users each wave has afterwards.
 */
sizes: Array<number>, 
/**
 * Why nobody is put into it, if so.
 */
none: Reason | null, };

export type Reach = "one" | "several" | "everybody";

export type ReadList = { 
/**
 * What the list calls itself, where it does.
 */
name: string | null, permissions: Array<RequiredPermission>, remarks: Array<Remark>, };

export type ReadListAsk = { text: string, 
/**
 * How mailboxes are reached, which decides the type of a permission where the text says none.
 */
access: AccessType, 
/**
 * The tenant that is asked for what the catalogue doesn't know.
 */
tenant?: TenantId | null, 
/**
 * In its place: the integration, whose tenant is asked.
 */
integration?: IntegrationId | null, };

export type Reading = { workload: Workload, verdict: Verdict, 
/**
 * Under which address the mailbox that decided is the user's, where it isn't the user's own.
 */
mailbox?: string | null, 
/**
 * Items that are new or changed, as the service tells them: once in a session, however often it tells of one there. Of one that it
 * tells again in a later session, as it may ("Use delta query to track changes", replays), it can't be known, and it counts there
 * again.
 */
changed?: number, 
/**
 * Items that are gone, counted likewise.
 */
removed?: number, 
/**
 * Whether it had to be read anew although it was read before.
 */
anew?: boolean, 
/**
 * The status of the deciding answer, where the workload didn't pass.
 */
http?: number | null, code?: string | null, cause?: Cause | null, 
/**
 * The group of equal errors that it belongs to.
 */
fingerprint?: string | null, 
/**
 * Graph's id of the deciding answer, or of the last one.
 */
request_id?: string | null, client_request_id?: string | null, };

export type Reason = "not_signed_in" | "no_users" | "no_secret" | "run_under_way" | "uses_ews" | "users_must_sign_in" | "has_users" | "has_organizations" | "still_initialized" | "needs_privileged_role" | "needs_application_role" | "excluded" | "sync_disabled" | "forced_just_now" | "ews_removed" | "sessions_under_way" | "other_tenant" | "limitations_unread" | "nobody_signs_in" | "mailbox_not_connected" | "default_must_send" | "mailbox_is_default" | "migration_under_way" | "step_not_reached" | "step_not_checked" | "add_in_too_old" | "wave_waits" | "wave_held" | "wave_done" | "wave_started" | "wave_over" | "wave_emptied" | "other_organization" | "already_switched" | "switch_queued" | "not_ready" | "consent_missing" | "must_switch" | "already_so" | "would_void_scope" | "scope_contested" | "scope_unread" | "reaches_who_signed_in" | "grants_stand" | "roles_missing" | "nothing_to_ask";

export type RecordTraffic = { on: boolean, };

export type Refusal = { user: UserId, upn: string, reason: Reason, 
/**
 * What stands in the way, where the mailbox isn't ready.
 */
eligibility?: Eligibility | null, };

export type Refused = { reason: Reason, users: number, 
/**
 * What stands in the way, where mailboxes aren't ready.
 */
eligibility?: Eligibility | null, };

export type Registered = { "kind": "here", credentials: Array<Credential>, } | { "kind": "elsewhere" };

export type RegistrationRead = { "registered": "here", display_name: string, list: ReadList, } | { "registered": "elsewhere", display_name: string, } | { "registered": "nowhere" };

export type Remark = { place: Place, 
/**
 * What stands there, shortened. It is as it was handed in: whoever shows it cleans it.
 */
text: string, 
/**
 * Whether something of that place was left out that was probably meant. Else it is only told.
 */
refused: boolean, } & ({ "said": "unknown", nearest: string | null, } | { "said": "other_type", exists: PermissionType, } | { "said": "bad_type" } | { "said": "other_api" } | { "said": "default_scope" } | { "said": "too_long" } | { "said": "not_an_entry", field: string | null, } | { "said": "twice", first: Place, } | { "said": "type_taken", kind: PermissionType, only: boolean, } | { "said": "exchange_taken" } | { "said": "live" } | { "said": "no_name" } | { "said": "rest_unused" } | { "said": "columns_unused", columns: Array<string>, });

export type RemoveView = { pane: Pane, name: string, };

export type RequestView = { request: PendingRequest, 
/**
 * The name of the integration that it is about; `None` for an application that Rollcall doesn't look after.
 */
integration: string | null, 
/**
 * What is asked for and the integration doesn't need.
 */
beyond: Array<string>, 
/**
 * What the integration needs and isn't asked for.
 */
lacking: Array<string>, };

export type RequiredPermission = { 
/**
 * Its name, such as `Mail.ReadWrite`.
 */
name: string, type: PermissionType, resource: Resource, 
/**
 * What stops working without it.
 */
feature: string | null, 
/**
 * Why the integration needs it, in a sentence.
 */
purpose?: string | null, 
/**
 * Whether the integration is complete without it.
 */
optional: boolean, };

export type Requirement = { 
/**
 * A sentence that is true once it is met.
 */
what: string, how_to_check: HowToCheck, };

export type Resource = "graph" | "exchange";

export type ResultFilter = { verdict: Array<Verdict>, fingerprint: string | null, 
/**
 * Part of the name or the address.
 */
search: string | null, };

export type ResultPage = { matching: number, rows: Array<MailboxResult>, };

export type ResultQuery = { run: RunId, filter: ResultFilter, offset: number, limit: number, };

export type Resume = "on_click" | "by_itself";

export type Rhythm = { 
/**
 * Minutes between two sessions of a user.
 */
every_minutes: number, 
/**
 * After so many failed sessions in a row a user is disabled.
 */
failures: number, 
/**
 * Since when sessions wait, where somebody has paused them.
 */
paused: Timestamp | null, };

export type Risk = "low" | "medium" | "high" | "critical";

export type Role = "global_administrator" | "privileged_role_administrator" | "application_administrator" | "cloud_application_administrator" | "global_reader" | "reports_reader" | "security_reader" | "security_administrator" | "conditional_access_administrator";

export type RolesRead = { "kind": "never" } | { "kind": "read", at: Timestamp, } | { "kind": "before_change", at: Timestamp, changed: Timestamp, } | { "kind": "script_untold", at: Timestamp, } | { "kind": "earlier", at: Timestamp, why: Unread, } | { "kind": "unread", why: Unread, };

export type Route = { 
/**
 * Method and shape of the address; it names nobody.
 */
route: string, 
/**
 * Whether it was a part of a batch.
 */
inside: boolean, 
/**
 * `None` where no answer came.
 */
status: number | null, count: number, 
/**
 * Of these, tries after the first.
 */
repeats: number, 
/**
 * Milliseconds spent waiting for a place, all together; nothing for parts of a batch.
 */
waited_ms: number, 
/**
 * Milliseconds until the answers were here, all together; nothing for parts of a batch.
 */
took_ms: number, };

export type RuleAction = "propose" | "add";

export type RuleId = number;

export type RuleOutcome = { at: Timestamp, 
/**
 * Users that fit.
 */
matching: number, 
/**
 * Those who are in the organization already, or were claimed for it by an earlier rule.
 */
here: number, 
/**
 * Those who stay in another organization.
 */
elsewhere: number, 
/**
 * Those whom the admin has declined.
 */
declined: number, proposed: number, added: number, 
/**
 * Those whom an earlier rule of another organization has got.
 */
lost: Array<Lost>, 
/**
 * Whether the group isn't there any more.
 */
group_gone: boolean, };

export type RuleRef = { rule: RuleId, };

export type RuleView = { rule: MembershipRule, organization_name: string, 
/**
 * How many people wait for the admin's word in the organization.
 */
open: number, };

export type Run = { id: RunId, organization: OrganizationId, organization_name: string, tenant: TenantId, state: RunState, workloads: Array<Planned>, 
/**
 * The earlier run of which this one asks some mailboxes again.
 */
failed_of: RunId | null, started: Timestamp, ended: Timestamp | null, 
/**
 * Interrupted because nothing can be asked before this moment.
 */
parked_until: Timestamp | null, mailboxes: number, 
/**
 * Mailboxes with an answer to every probe.
 */
mailboxes_done: number, probes: number, probes_done: number, counters: Counters, 
/**
 * Mailboxes by verdict. One that still waits for an answer counts as not run.
 */
ledger: Ledger, };

export type RunDetail = { run: Run, fingerprints: Array<FingerprintRow>, };

export type RunId = number;

export type RunRef = { run: RunId, };

export type RunScopeScript = { organization: OrganizationId, purpose: ScopePurpose, 
/**
 * Addresses that the test is to try besides those of the last proof.
 */
mailboxes: Array<string>, };

export type RunSessions = { organization: OrganizationId, whose: Whose, };

export type RunState = "running" | "finished" | "cancelled" | "interrupted";

export type Said = "granted" | "denied";

export type SaidOf = { added: number, 
/**
 * Of these something was said before.
 */
replaced: number, 
/**
 * What was said of others before, and stays.
 */
kept: number, failed: Array<FailedTest>, 
/**
 * Of these the cmdlet said that nothing was tested.
 */
not_run: Array<string>, 
/**
 * Nobody in the tenant has these addresses: what was said of them was not taken in.
 */
elsewhere: Array<string>, 
/**
 * Taken in, although nobody could tell whether they are of the tenant.
 */
unchecked: Array<string>, };

export type Sample = { request_id: string | null, client_request_id: string | null, at: Timestamp, user: UserId | null, };

export type SaveView = { pane: Pane, 
/**
 * Unique in its pane, whatever its case.
 */
name: string, address: string, 
/**
 * The name of the view that it takes the place of.
 */
before?: string | null, };

export type Scope = { "kind": "all" } | { "kind": "failed_of", run: RunId, } | { "kind": "unsettled_of", run: RunId, } | { "kind": "users", users: Array<UserId>, } | { "kind": "with_issues", fingerprints: Array<string>, };

export type ScopeChange = { what: Changed, at: Timestamp, };

export type ScopeEvidence = { 
/**
 * CSV (RFC 4180), the first line its header.
 */
text: string, };

export type ScopeLimit = { rule: ScopeRule, mechanism: Mechanism, unit: ScopeUnit, };

export type ScopePurpose = "apply" | "test" | "remove" | "migrate" | "finish";

export type ScopeReading = { at: Timestamp, 
/**
 * The object id of the enterprise application; `None` where the tenant has none.
 */
app: ObjectId | null, 
/**
 * Application permissions of Graph that Entra has granted for the whole tenant.
 */
granted: Array<string>, 
/**
 * Application permissions of Office 365 Exchange Online that Entra has granted for the whole tenant.
 */
granted_exchange: Array<string>, 
/**
 * Roles of RBAC for Applications.
 */
assignments: ExchangeRoles, unit: UnitState, remarks: Array<ScopeRemark>, 
/**
 * When what is granted was read, where that was later than the rest: whenever the consent is read.
 */
granted_at: Timestamp | null, 
/**
 * When what is granted was first seen to be otherwise than before, or was changed and couldn't be read back.
 */
granted_since: Timestamp | null, };

export type ScopeRemark = { "kind": "nested_left_out", users: number, } | { "kind": "nested_reached", users: number, } | { "kind": "nested_counted", users: number, } | { "kind": "empty", rule: ScopeRule, } | { "kind": "policy_is_legacy" } | { "kind": "turned_round" };

export type ScopeRule = "only_members" | "all_but_members";

export type ScopeScript = { purpose: ScopePurpose, 
/**
 * What the file is best called.
 */
file: string, text: string, 
/**
 * How many mailboxes of the last proof a test leaves out; it takes the first ten of each side, the gravest first.
 */
left_out: number, 
/**
 * What voids the scope even when the script has run, by the last reading; the script says so at its top.
 */
voids: Array<ScopeVoid>, 
/**
 * What else has to be known before it is run.
 */
warnings: Array<ScriptWarning>, };

export type ScopeScripts = { scripts: Array<ScopeScript>, without: Array<WithoutScript>, };

export type ScopeSharer = { organization: OrganizationId, name: string, wish: SharedWish, };

export type ScopeSide = "inside" | "outside";

export type ScopeUnit = { id: ObjectId, name: string, of: UnitKind, };

export type ScopeView = { desired: DesiredScope, 
/**
 * When it was set; `None` where nobody ever has.
 */
set_at: Timestamp | null, coverage: Coverage, reading: ScopeReading | null, 
/**
 * What makes the scope worth less than it looks, by the last reading.
 */
voids: Array<ScopeVoid>, change: ChangeView | null, 
/**
 * Whether what is known to be in force was read before the last change, and so may be so no more.
 */
read_before_change: boolean, 
/**
 * The other organizations of the application that the wish concerns. Exchange has one limit for all of them.
 */
shared: Array<ScopeSharer>, 
/**
 * Whether one of them wishes otherwise than this organization does. Nothing is planned then.
 */
contested: boolean, 
/**
 * The last proof, and what it is of.
 */
proof: ProofView | null, stands: ProofStands, 
/**
 * Whether one is under way.
 */
under_way: boolean, 
/**
 * Whether the tenant is the practice tenant, whose Exchange Rollcall may change.
 */
practice: boolean, 
/**
 * Of how many mailboxes something is kept that the test cmdlets said.
 */
said: number, may_prove: Reason | null, };

export type ScopeVoid = { "kind": "grant", permission: string, } | { "kind": "ews", permission: string, } | { "kind": "assignment", assignment: Assignment, };

export type ScopeWish = { "kind": "everyone" } | { "kind": "limited", rule: ScopeRule, mechanism: Mechanism, unit: ObjectId, };

export type Scoped = { permission: string, role: string, };

export type ScriptWarning = { "kind": "opens_everybody" } | { "kind": "takes_roles" } | { "kind": "roles_go" } | { "kind": "unneeded_roles_go", roles: Array<string>, } | { "kind": "roles_not_before", at: Timestamp | null, } | { "kind": "shared", organizations: Array<string>, } | { "kind": "revokes", permissions: Array<string>, } | { "kind": "policies_stay" } | { "kind": "takes_all_policies" } | { "kind": "not_before", at: Timestamp | null, } | { "kind": "slow", minutes: number, } | { "kind": "may_take_longer" } | { "kind": "no_proof" } | { "kind": "nothing_to_try" } | { "kind": "remark", remark: ScopeRemark, };

export type SecretAtHand = "keychain" | "session" | "none";

export type SecretStored = { 
/**
 * Whether Entra has accepted it. Before the application is consented to in the tenant, Entra can't say.
 */
proven: boolean, kept: Kept, };

export type Seen = { at: Timestamp, verdict: Verdict, 
/**
 * Why it didn't answer, as far as that is known.
 */
cause: Cause | null, 
/**
 * Graph's code for it.
 */
code: string | null, request_id: string | null, };

export type Separator = "comma" | "semicolon" | "tab";

export type Service = { 
/**
 * `directory` or `outlook`.
 */
name: string, in_flight: number, 
/**
 * Requests that wait for a place.
 */
waiting: number, 
/**
 * How many may be in flight.
 */
allowed: number, 
/**
 * What keeps it from being more.
 */
bound: Bound, 
/**
 * Until when it asked for a pause, if it is one now.
 */
held_until: Timestamp | null, };

export type Session = { 
/**
 * 1 is the user's first.
 */
number: number, kind: SessionKind, verdict: Verdict, started: Timestamp, ended: Timestamp, changed: number, removed: number, requests: number, readings: Array<Reading>, };

export type SessionFigures = { organization: OrganizationId, 
/**
 * 1 to 90.
 */
days: number, };

export type SessionKind = "first" | "incremental" | "resync";

export type SessionTable = { 
/**
 * CSV (RFC 4180), the first line its header; times in UTC.
 */
text: string, sessions: number, };

export type Sessions = { 
/**
 * Users who were to be read, and sessions that ended.
 */
users: number, done: number, committed: Committed, 
/**
 * Users who could be read, and were left alone because the wave that they are in has not started.
 */
waiting: number, 
/**
 * Whether all were read. It was stopped, or Graph asked for a long pause, where they weren't; the others are due still.
 */
whole: boolean, 
/**
 * Until when Graph asked to wait, where that is why not all were read.
 */
waiting_until: Timestamp | null, };

export type SessionsOf = { user: UserId, };

export type SetCriteria = { organization: OrganizationId, entry: Entry, exit: Exit, 
/**
 * Waves that have to come to something else.
 */
own: Array<OwnExit>, 
/**
 * Whether the next wave starts by itself when it may; the first never does.
 */
by_itself: boolean, 
/**
 * Where each wave was agreed to stand afterwards. Where one would stand elsewhere by now, nothing is done.
 */
expected?: Array<WaveState> | null, };

export type SetScope = { organization: OrganizationId, wish: ScopeWish, };

export type SetSecret = { integration: IntegrationId, secret: string, };

export type SetWindow = { organization: OrganizationId, 
/**
 * Absent where users may be switched at any time.
 */
window: ChangeWindow | null, };

export type Settings = { theme: Theme, density: Density, resume: Resume, 
/**
 * Percent of what Microsoft allows the integration that checks leave to its live work: 0 to 90.
 */
leave_to_integration: number, };

export type Severity = "lasting" | "any";

export type SharedWish = { "kind": "same" } | { "kind": "other", desired: DesiredScope, } | { "kind": "none", users: number, };

export type SignInNeed = { "why": "switched" } | { "why": "refused", number: number | null, } | { "why": "token_missing" };

export type SignInState = "connected" | "needed" | "not_signed_in";

export type SignedIn = { account: string, tenant: Tenant, kept: Kept, };

export type SnoozeIssues = { fingerprints: Array<string>, 
/**
 * Where; everywhere that has it, if absent.
 */
organization: OrganizationId | null, 
/**
 * Why, for whoever asks.
 */
note: string, 
/**
 * The end; without one it lasts until the problem grows by half, which ends it in any case.
 */
until: Timestamp | null, };

export type SnoozeState = "active" | "time_up" | "grown";

export type SnoozeView = { note: string, 
/**
 * Empty where nobody was signed in.
 */
actor: string, at: Timestamp, 
/**
 * `None`: until it grows by half.
 */
until: Timestamp | null, 
/**
 * How many users it had then.
 */
users: number, state: SnoozeState, };

export type Sort = { by: UserSort, descending: boolean, };

export type Source = { "kind": "all" } | { "kind": "filter", odata: string, } | { "kind": "group", group: ObjectId, nested: boolean, } | { "kind": "csv", text: string, } | { "kind": "file", bytes: FileBytes, };

export type Stage = { state: StageState, evidence_at: Timestamp | null, };

export type StageState = "not_started" | "in_progress" | "needs_attention" | "done" | "stale";

export type Stages = { organization: Stage, consent: Stage, verify: Stage, };

export type Standing = { 
/**
 * Users who are read.
 */
users: number, 
/**
 * By what their last session came to; those who had none yet are not run.
 */
last: Ledger, 
/**
 * When a session last ended.
 */
latest: Timestamp | null, 
/**
 * Whose switch hangs.
 */
stuck: number, 
/**
 * Who was disabled because sessions kept failing.
 */
disabled_due_to_error: number, 
/**
 * Who could be read, and is left alone until the wave starts that they are in.
 */
waiting: number, };

export type StartWave = { organization: OrganizationId, wave: number, 
/**
 * Whom it was agreed to have. Where it has others by now, nothing is done.
 */
expected: Meant, };

export type StaysOpen = "by_script" | "unknown";

export type StepView = { step: MigrationStep, 
/**
 * The address that has to answer before it can be ticked off, where one has.
 */
asks: string | null, seen: Seen | null, done: Tick | null, 
/**
 * Why it can't be ticked off now.
 */
tick: Reason | null, };

export type SupportAsk = { fingerprints: Array<string>, 
/**
 * Of one organization, or of all that have them.
 */
organization: OrganizationId | null, 
/**
 * Whether the mailboxes are named: addresses are personal data, so only where the admin says so.
 */
with_addresses: boolean, };

export type SupportBlock = { text: string, };

export type SyncStatus = "enabled" | "disabled" | "disabled_due_to_error";

export type Synced = { organization: number, 
/**
 * Sessions that have ended, of so many users.
 */
done: number, total: number, passed: number, failed: number, unknown: number, 
/**
 * Items that are new or changed, and gone.
 */
changed: number, removed: number, 
/**
 * Mailboxes that became initialized.
 */
initialized: number, 
/**
 * Until when everything waits because Graph asked for it.
 */
waiting_until: Timestamp | null, };

export type Tenant = { 
/**
 * Our number for it.
 */
id: TenantId, 
/**
 * The name the admin gave it; unique.
 */
name: string, 
/**
 * The cloud it lives in.
 */
cloud: Cloud, 
/**
 * Base address of sign-in, without tenant: `https://login.microsoftonline.com`.
 */
authority: string, 
/**
 * Base address of Graph, without version: `https://graph.microsoft.com`.
 */
graph: string, 
/**
 * The tenant's GUID or a verified domain, as typed.
 */
directory: string, 
/**
 * The application that Rollcall itself signs in with.
 */
client_id: AppId, 
/**
 * Whether this is the built-in practice tenant.
 */
practice: boolean, 
/**
 * What Graph said about the tenant at the last sign-in.
 */
identity: TenantIdentity | null, };

export type TenantConsent = { settings: Part<ConsentSettings>, requests: Part<Array<PendingRequest>>, 
/**
 * The active roles of the admin who was signed in; `None` when they could not be read.
 */
roles: Array<Role> | null, read_at: Timestamp, };

export type TenantConsentView = { 
/**
 * `None`: never read.
 */
tenant: TenantConsent | null, 
/**
 * The requests among it, compared.
 */
requests: Array<RequestView>, };

export type TenantId = number;

export type TenantIdentity = { 
/**
 * The tenant's GUID, equal to `tid` of the token.
 */
directory_id: DirectoryId, 
/**
 * Its display name.
 */
display_name: string, 
/**
 * The admin's user principal name.
 */
admin: string, 
/**
 * When that was seen.
 */
seen: Timestamp, };

export type TenantRef = { tenant: TenantId, };

export type TenantTraffic = { tenant: TenantId, name: string, 
/**
 * Over the last five seconds.
 */
requests_per_second: number, 
/**
 * The same with the parts of batches in their place.
 */
parts_per_second: number, services: Array<Service>, routes: Array<Route>, };

export type TenantView = { tenant: Tenant, signed_in: boolean, 
/**
 * The user principal name of the signed-in admin.
 */
account: string | null, };

export type Test = { "test": "one_of", values: Array<string>, } | { "test": "starts_with", value: string, };

export type Theme = "system" | "light" | "dark";

export type Tick = { at: Timestamp, actor: string, };

export type Timestamp = number;

export type Traffic = { tenants: Array<TenantTraffic>, 
/**
 * The trace file that is being written, if one is.
 */
recording: string | null, };

export type TrendDay = { 
/**
 * When the day began, in UTC.
 */
day: Timestamp, 
/**
 * `None` where nothing was checked on that day.
 */
users: number | null, };

export type Unasked = "no_secret" | "not_permitted" | "broken_off" | "no_answer";

export type Understood = { charset: Charset, separator: Separator, 
/**
 * The name of the column that the addresses are taken from, where the first line names the columns.
 */
column: string | null, 
/**
 * Its place, from 1.
 */
place: number, 
/**
 * Lines that name somebody or should; blank ones and the heading aren't among them.
 */
lines: number, };

export type UnitKind = { "kind": "group", "group": GroupKind } | { "kind": "administrative_unit" };

export type UnitState = { "kind": "none" } | { "kind": "here", direct: number, nested: number, 
/**
 * What it was called before, where it was renamed.
 */
renamed_from: string | null, } | { "kind": "gone" };

export type UnitView = { id: ObjectId, name: string, };

export type Unread = { "kind": "not_asked", scope: string, } | { "kind": "no_role", roles: Array<Role>, } | { "kind": "failed", code: string, };

export type UnsnoozeIssues = { fingerprints: Array<string>, organization: OrganizationId | null, };

export type User = { id: UserId, organization: OrganizationId, directory: DirectoryUser, 
/**
 * The user's own mailbox access type, where it overrides the organization's.
 */
access: AccessType | null, 
/**
 * The user's own synchronization status.
 */
sync: SyncStatus, mailbox: MailboxStatus, 
/**
 * Since when the mailbox stands there; `None` where it never moved.
 */
mailbox_since: Timestamp | null, created: Timestamp, 
/**
 * When the directory last confirmed these facts.
 */
seen: Timestamp, 
/**
 * When the directory was first read without this person in it; `None` while the person is there.
 */
gone: Timestamp | null, };

export type UserColumn = "name" | "upn" | "address" | "aliases" | "organization" | "verdict" | "mailbox" | "access" | "cause" | "checked" | "issues" | "session" | "outcome" | "sync" | "kind" | "eligibility" | "evidence" | "department" | "job_title" | "licence" | "created" | "sign_in" | "other_mailboxes" | "workloads";

export type UserConsent = { "kind": "nothing" } | { "kind": "anything" } | { "kind": "low_impact" } | { "kind": "recommended" } | { "kind": "custom", policies: Array<string>, };

export type UserConsentPage = { 
/**
 * What each user has to have: the delegated permissions that are required.
 */
needed: Array<string>, 
/**
 * Those among it that everyone was granted, so that no user has to consent.
 */
for_everyone: Array<string>, 
/**
 * `None` where the grants could not be read, or never were: then nothing is known of anybody.
 */
counts: ConsentCounts | null, matching: number, rows: Array<UserConsentRow>, read_at: Timestamp | null, error: string | null, };

export type UserConsentRow = { user: UserId, object_id: ObjectId, upn: string, display_name: string, 
/**
 * Names of permissions; `None` where the grants are not known.
 */
missing: Array<string> | null, 
/**
 * What the user alone was granted, needed or not.
 */
own: Array<string>, };

export type UserDetail = { row: UserRow, checks: Array<Check>, 
/**
 * The latest first.
 */
timeline: Array<Moment>, 
/**
 * Whether the switch hangs.
 */
stuck: boolean, 
/**
 * When the next session is due, where one is.
 */
next_session: Timestamp | null, 
/**
 * Whether it is left alone until the wave starts that it is in.
 */
waits_for_wave: boolean, 
/**
 * When the change window opens for which the user's switch waits; none where nothing waits, or the window is open by now.
 */
switch_begins: Timestamp | null, may: MayDo, };

export type UserFilter = { organization: OrganizationId | null, tenant: TenantId | null, 
/**
 * In the wave of this number of their organization's plan.
 */
wave: number | null, mailbox: Array<MailboxStatus>, verdict: Array<Verdict>, kind: Array<MailboxKind>, eligibility: Array<Eligibility>, 
/**
 * With an open issue of this fingerprint.
 */
fingerprint: string | null, 
/**
 * With any open issue.
 */
with_issues: boolean, 
/**
 * By what the last sync session came to; not run where there was none.
 */
session: Array<Verdict>, 
/**
 * By the effective mailbox access type.
 */
access: Array<AccessType>, 
/**
 * By the effective synchronization status.
 */
sync: Array<SyncStatus>, 
/**
 * Whose mailbox stands where it stands since this moment or longer.
 */
mailbox_before: Timestamp | null, 
/**
 * Who was switched to Graph at this moment or later, as their timelines tell.
 */
switched_since: Timestamp | null, 
/**
 * Whose switch waits for the change window.
 */
queued: boolean, 
/**
 * Whether they have signed in, of those whose mailboxes answer only to their own sign-ins.
 */
sign_in: Array<SignInState>, 
/**
 * For whom another mailbox was named.
 */
several_mailboxes: boolean, 
/**
 * Whose mailbox was not checked since this moment, or never.
 */
checked_before: Timestamp | null, 
/**
 * Parts of names, addresses, department, job title or object id, or of an open issue's status, code,
 * or the name or title of its cause, or the whole id of a request that a check or a session ended with, now or before;
 * all of them must be found.
 */
search: string | null, };

export type UserId = number;

export type UserPage = { 
/**
 * How many there are in the organization or tenant.
 */
total: number, 
/**
 * How many of them the whole filter leaves.
 */
matching: number, rows: Array<UserRow>, };

export type UserQuery = { filter: UserFilter, sort: Sort, offset: number, limit: number, 
/**
 * Whether each row says what its workloads answered, which is looked up user by user.
 */
workloads: boolean, };

export type UserRef = { "kind": "id", user: UserId, } | { "kind": "address", tenant: TenantId, address: string, };

export type UserRow = { user: User, organization_name: string, 
/**
 * The user's own access type or else the organization's.
 */
effective_access: AccessType, 
/**
 * The stricter of the user's and the organization's.
 */
effective_sync: SyncStatus, kind: MailboxKind, 
/**
 * What stands in the way of the mailbox, and who says so.
 */
judged: Judged, 
/**
 * What the mailbox said of itself, if it was asked.
 */
purpose: Purpose | null, 
/**
 * Of the last check; not run when there was none.
 */
verdict: Verdict, 
/**
 * When the last check of the mailbox was complete.
 */
checked: Timestamp | null, 
/**
 * Workloads that failed or stayed unknown when they were last asked.
 */
open_issues: number, 
/**
 * The cause of the gravest of them.
 */
first_cause: Cause | null, 
/**
 * When the last sync session ended, and what it came to.
 */
synced: Timestamp | null, session: Verdict | null, 
/**
 * How many sessions in a row have failed.
 */
failing: number, 
/**
 * When the next session was last brought forward.
 */
forced: Timestamp | null, 
/**
 * Since when a switch waits for the change window.
 */
queued: Timestamp | null, 
/**
 * Whether the user has signed in; `None` where nobody signs in for the mailbox.
 */
sign_in: SignInState | null, 
/**
 * How many other mailboxes were named for the user.
 */
other_mailboxes: number, 
/**
 * What each workload last answered, where that was asked for.
 */
workloads: Array<WorkloadVerdict> | null, };

export type UserSort = "name" | "upn" | "organization" | "access" | "mailbox" | "kind" | "verdict" | "checked" | "issues" | "session" | "sync";

export type UserTable = { 
/**
 * CSV (RFC 4180), the first line its header; times in UTC.
 */
text: string, users: number, };

export type Verdict = "passed" | "failed" | "unknown" | "not_run";

export type Verified = { run: number, 
/**
 * Mailboxes whose every probe is settled.
 */
done: number, total: number, passed: number, failed: number, unknown: number, 
/**
 * Mailboxes a second, over the time that this sitting has worked.
 */
per_second: number, 
/**
 * Between how many seconds it will probably take from here.
 */
seconds_left: [number, number] | null, 
/**
 * Requests sent, and answers that asked to wait, in this sitting.
 */
requests: number, throttled: number, 
/**
 * Requests under way, and how many may be.
 */
in_flight: number, allowed: number, 
/**
 * What keeps it from going faster.
 */
bound: Bound, 
/**
 * Until when nothing is asked: Graph asked for it where that is the bound, else all that is left was put off.
 */
waiting_until: Timestamp | null, 
/**
 * Whether the run is parked until then: the wait is a long one, and nothing is under way.
 */
parked: boolean, };

export type Verify = { organization: OrganizationId, which: Scope, };

export type Version = string;

export type View = { name: string, 
/**
 * Filters, order and columns in the form in which the screens write and read them.
 */
address: string, };

export type ViewsOf = { pane: Pane, };

export type Wanted = { "kind": "grant", permissions: Array<PermissionRef>, whom: Grantee, } | { "kind": "grant_missing" } | { "kind": "revoke", permissions: Array<PermissionRef>, whom: Grantee, } | { "kind": "revoke_all" } | { "kind": "restore", entry: number, } | { "kind": "page", with: ConsentPage, };

export type WaveFigures = { users: number, 
/**
 * Those reached over Graph whose mailbox is initialized.
 */
initialized: number, 
/**
 * Whose switch is under way or queued, or who is over Graph and was not read yet.
 */
under_way: number, 
/**
 * Whose switch waits for the change window, among those.
 */
queued: number, 
/**
 * Who is on EWS, and not about to be switched.
 */
left: number, 
/**
 * By their last session: failed, and neither failed nor passed.
 */
failed: number, unseen: number, 
/**
 * Who has an open issue that counts, and for whose mailbox neither a check nor a session has answered.
 */
with_issues: number, unchecked: number, last_switch: Timestamp | null, 
/**
 * Until when all of those were watched who were seen at all: when the last session of the one ended that was read the longest ago.
 */
watched_until: Timestamp | null, };

export type WaveState = "waiting" | "may_start" | "running" | "met" | "not_met" | "held";

export type WaveView = { 
/**
 * From 1, which is the pilot.
 */
number: number, 
/**
 * Its share of those after the pilot; the pilot and the last wave have none.
 */
percent: number | null, state: WaveState, started: Timestamp | null, started_by: string | null, held: Timestamp | null, 
/**
 * Its users by mailbox status.
 */
mailboxes: MailboxCounts, seen: WaveFigures, entry: Array<JudgedCriterion>, exit: Array<JudgedCriterion>, 
/**
 * What it has to come to, where that differs from the plan.
 */
own: Exit | null, 
/**
 * It came to what it had to and the next one was started by that: its criteria stay.
 */
over: boolean, 
/**
 * Why it can't be started, or go on, if so.
 */
start: Reason | null, };

export type WeighedWish = { 
/**
 * How many the mechanism counts in the unit; `None` where everyone is to be reached.
 */
counted: number | null, remarks: Array<ScopeRemark>, 
/**
 * The other organizations of the application that it concerns.
 */
shared: Array<ScopeSharer>, 
/**
 * Whether one of them wishes otherwise: nothing is planned then for either.
 */
contested: boolean, };

export type WhichConsents = "all" | "complete" | "missing";

export type Who = "consent_admin" | "app_admin" | "exchange_admin" | "license_admin" | "user_admin" | "policy_admin" | "user" | "wait" | "microsoft_support" | "you" | "rollcall";

export type Whose = { "kind": "due" } | { "kind": "everybody" } | { "kind": "users", users: Array<UserId>, };

export type Why = { mailbox: JudgedMailbox, because: Because, chain: Array<WhyLink>, };

export type WhyLink = { "kind": "tenant_wide", permissions: Array<string>, } | { "kind": "grants_unread" } | { "kind": "assigned", assignments: Array<Assignment>, } | { "kind": "assigned_before", assignments: Array<Assignment>, at: Timestamp, } | { "kind": "assignments_unread" } | { "kind": "side", mechanism: Mechanism | null, expected: ScopeSide, unit: string | null, } | { "kind": "mailbox", 
/**
 * The primary address; there is no mailbox without one.
 */
address: string | null, of: MailboxKind, enabled: boolean, 
/**
 * When the directory said so, where it couldn't be asked now.
 */
seen: Timestamp | null, } | { "kind": "mailbox_unread" } | { "kind": "said", report: CmdletReport, disagrees: CmdletDisagrees | null, } | { "kind": "unlimited", permissions: Array<string>, } | { "kind": "not_asked" } | { "kind": "called", call: ProofCall, };

export type WhyMailbox = { organization: OrganizationId, 
/**
 * One of its addresses, its user principal name or its object id.
 */
mailbox: string, };

export type WithoutScript = { purpose: ScopePurpose, why: NoScript, 
/**
 * The grants that have to be revoked first, where that is why.
 */
grants: Array<ScopeVoid>, 
/**
 * The other organizations of the application, where one that wishes otherwise is why.
 */
shared: Array<ScopeSharer>, };

export type Workload = "mail" | "calendar" | "contacts" | "tasks" | "settings";

export type WorkloadResult = { workload: Workload, 
/**
 * Not run while it is queued; unknown when the stored row is damaged.
 */
verdict: Verdict, http: number | null, code: string | null, cause: Cause | null, fingerprint: string | null, request_id: string | null, client_request_id: string | null, 
/**
 * Under which address the mailbox that answered is the user's, where it isn't the user's own.
 */
mailbox: string | null, 
/**
 * When the answer was recorded; `None` when it wasn't asked, or not yet.
 */
checked: Timestamp | null, 
/**
 * Whether the stored row is what was written. One that isn't says nothing about the mailbox.
 */
intact: boolean, };

export type WorkloadVerdict = { workload: Workload, verdict: Verdict, };

/** Who can mend each cause. */
export const MENDS: Record<Cause, Who> = {
  permission_missing: "consent_admin",
  access_policy: "exchange_admin",
  out_of_scope: "exchange_admin",
  no_mailbox: "license_admin",
  mailbox_elsewhere: "exchange_admin",
  user_gone: "user_admin",
  no_exchange: "license_admin",
  mailbox_full: "exchange_admin",
  license_missing: "license_admin",
  mailbox_misconfigured: "exchange_admin",
  folder_missing: "exchange_admin",
  item_unreadable: "exchange_admin",
  send_as_denied: "exchange_admin",
  account_disabled: "user_admin",
  password_expired: "user",
  refused_without_reason: "microsoft_support",
  unknown_code: "microsoft_support",
  mailbox_moving: "wait",
  throttled: "wait",
  sending_quota: "wait",
  quarantined: "microsoft_support",
  service_unavailable: "wait",
  sync_state_lost: "wait",
  no_answer: "you",
  token_refused: "you",
  request_wrong: "rollcall",
  unexpected: "microsoft_support",
  consent_missing: "consent_admin",
  consent_declined: "you",
  consent_not_allowed: "consent_admin",
  app_not_in_tenant: "consent_admin",
  app_disabled: "app_admin",
  not_assigned: "app_admin",
  secret_wrong: "you",
  secret_expired: "app_admin",
  certificate_refused: "app_admin",
  registration_mismatch: "app_admin",
  redirect_not_registered: "app_admin",
  resource_missing: "app_admin",
  tenant_not_found: "you",
  account_elsewhere: "you",
  wrong_cloud: "you",
  tenant_restricted: "policy_admin",
  conditional_access: "policy_admin",
  more_proof_wanted: "user",
  sign_in_expired: "user",
  password_wrong: "user",
  account_locked: "user_admin",
  clock_wrong: "you",
  sign_in_unavailable: "wait",
  sign_in_refused: "microsoft_support",
  not_covered: "you",
  needs_user_sign_in: "user",
  cancelled: "you",
};

/** What each cause is called, here and in the terminal; users are searched by these words. */
export const TITLES: Record<Cause, string> = {
  permission_missing: "Permission missing",
  access_policy: "Shut out by an application access policy",
  out_of_scope: "Outside the integration's scope",
  no_mailbox: "No cloud mailbox",
  mailbox_elsewhere: "Mailbox is not in Exchange Online",
  user_gone: "User no longer exists",
  no_exchange: "Tenant has no Exchange Online",
  mailbox_full: "Mailbox is full",
  license_missing: "Licence doesn't allow it",
  mailbox_misconfigured: "Mailbox is misconfigured",
  folder_missing: "Folder is missing",
  item_unreadable: "An item can't be read",
  send_as_denied: "Not allowed to send as this address",
  account_disabled: "Account is disabled",
  password_expired: "Password has expired",
  refused_without_reason: "Refused without a reason",
  unknown_code: "Refused with a code that Rollcall doesn't know",
  mailbox_moving: "Mailbox is being moved",
  throttled: "Throttled",
  sending_quota: "Sent as much as it may",
  quarantined: "Request quarantined",
  service_unavailable: "Service unavailable",
  sync_state_lost: "Place in the mailbox was lost",
  no_answer: "No usable answer",
  token_refused: "Token refused",
  request_wrong: "A fault of Rollcall",
  unexpected: "Answer that Rollcall doesn't know",
  consent_missing: "Nobody has consented",
  consent_declined: "Consent was declined",
  consent_not_allowed: "The account may not grant this consent",
  app_not_in_tenant: "Application is not in this tenant",
  app_disabled: "Application is disabled",
  not_assigned: "Account is not assigned to the application",
  secret_wrong: "Secret is wrong",
  secret_expired: "Secret has expired",
  certificate_refused: "Certificate is not accepted",
  registration_mismatch: "App registration doesn't allow this sign-in",
  redirect_not_registered: "Redirect address is not registered",
  resource_missing: "An API is missing in this tenant",
  tenant_not_found: "Tenant was not found",
  account_elsewhere: "Account belongs to another tenant",
  wrong_cloud: "Tenant lives in another cloud",
  tenant_restricted: "Tenant restrictions forbid it",
  conditional_access: "A policy of the tenant blocks it",
  more_proof_wanted: "Another proof of identity is wanted",
  sign_in_expired: "Sign-in is over",
  password_wrong: "Password was not accepted",
  account_locked: "Account is locked",
  clock_wrong: "This computer's clock is wrong",
  sign_in_unavailable: "Entra has a passing problem",
  sign_in_refused: "Entra refused for a reason that Rollcall doesn't know",
  not_covered: "Not covered by a permission",
  needs_user_sign_in: "Needs the user's own sign-in",
  cancelled: "Cancelled before its turn",
};

/** Whether each cause goes away. */
export const CLASSES: Record<Cause, Class> = {
  permission_missing: "tenant",
  access_policy: "tenant",
  out_of_scope: "tenant",
  no_mailbox: "mailbox",
  mailbox_elsewhere: "mailbox",
  user_gone: "mailbox",
  no_exchange: "tenant",
  mailbox_full: "mailbox",
  license_missing: "mailbox",
  mailbox_misconfigured: "mailbox",
  folder_missing: "mailbox",
  item_unreadable: "mailbox",
  send_as_denied: "mailbox",
  account_disabled: "mailbox",
  password_expired: "mailbox",
  refused_without_reason: "mailbox",
  unknown_code: "ours",
  mailbox_moving: "passing",
  throttled: "passing",
  sending_quota: "passing",
  quarantined: "passing",
  service_unavailable: "passing",
  sync_state_lost: "passing",
  no_answer: "passing",
  token_refused: "ours",
  request_wrong: "ours",
  unexpected: "ours",
  consent_missing: "tenant",
  consent_declined: "tenant",
  consent_not_allowed: "tenant",
  app_not_in_tenant: "tenant",
  app_disabled: "tenant",
  not_assigned: "tenant",
  secret_wrong: "tenant",
  secret_expired: "tenant",
  certificate_refused: "tenant",
  registration_mismatch: "tenant",
  redirect_not_registered: "tenant",
  resource_missing: "tenant",
  tenant_not_found: "tenant",
  account_elsewhere: "mailbox",
  wrong_cloud: "tenant",
  tenant_restricted: "tenant",
  conditional_access: "tenant",
  more_proof_wanted: "mailbox",
  sign_in_expired: "mailbox",
  password_wrong: "mailbox",
  account_locked: "mailbox",
  clock_wrong: "tenant",
  sign_in_unavailable: "passing",
  sign_in_refused: "ours",
  not_covered: "tenant",
  needs_user_sign_in: "mailbox",
  cancelled: "passing",
};

/** A switch that has not ended for so many milliseconds is stuck. */
export const STUCK_AFTER = 7200000;

/** The least and the most that the rhythm of an organization's sessions may be. */
export const RHYTHM = {
  every_minutes: { least: 5, most: 1440 },
  failures: { least: 1, most: 100 },
} as const;

/** The most waves of a plan, the pilot and the last one among them. */
export const MOST_WAVES = 12;

/** For so many hours a wave is watched at most. */
export const MOST_HOURS = 336;

export type Commands = {
  "about.describe": { question: null; answer: About };
  "consent.apply": { question: ApplyChange; answer: Applied };
  "consent.export": { question: OrganizationRef; answer: ConsentTable };
  "consent.export_users": { question: ExportConsents; answer: ConsentTable };
  "consent.grant": { question: GrantConsent; answer: Consented };
  "consent.preview": { question: PreviewChange; answer: ChangePreview };
  "consent.read": { question: OrganizationRef; answer: ConsentView };
  "consent.read_tenant": { question: TenantRef; answer: TenantConsentView };
  "consent.show": { question: OrganizationRef; answer: ConsentView };
  "consent.tenant": { question: TenantRef; answer: TenantConsentView };
  "consent.users": { question: ConsentUsers; answer: UserConsentPage };
  "groups.search": { question: FindGroups; answer: Array<Group> };
  "groups.size": { question: GroupRef; answer: GroupSize };
  "integrations.add": { question: AddIntegration; answer: Integration };
  "integrations.change": { question: ChangeIntegration; answer: Integration };
  "integrations.export": { question: ExportList; answer: ManifestFile };
  "integrations.from_registration": { question: FromRegistration; answer: RegistrationRead };
  "integrations.list": { question: null; answer: Array<IntegrationView> };
  "integrations.read_list": { question: ReadListAsk; answer: ListRead };
  "integrations.remove": { question: IntegrationRef; answer: null };
  "integrations.set_secret": { question: SetSecret; answer: SecretStored };
  "issues.affected": { question: AffectedQuery; answer: AffectedPage };
  "issues.export": { question: IssueFilter; answer: IssueTable };
  "issues.groups": { question: GroupIssues; answer: Board };
  "issues.list": { question: IssueQuery; answer: IssuePage };
  "issues.snooze": { question: SnoozeIssues; answer: null };
  "issues.support": { question: SupportAsk; answer: SupportBlock };
  "issues.unsnooze": { question: UnsnoozeIssues; answer: null };
  "journal.list": { question: ListJournal; answer: Array<JournalEntry> };
  "journal.verify": { question: null; answer: JournalState };
  "mailboxes.add": { question: MailboxRef; answer: MailboxesView };
  "mailboxes.change": { question: ChangeMailbox; answer: MailboxesView };
  "mailboxes.check": { question: MailboxRef; answer: MailboxesView };
  "mailboxes.connect": { question: ConnectMailbox; answer: MailboxesView };
  "mailboxes.describe": { question: MailboxesOf; answer: MailboxesView };
  "mailboxes.disconnect": { question: ConnectMailbox; answer: MailboxesView };
  "mailboxes.migrate": { question: MigrateMailbox; answer: MailboxesView };
  "mailboxes.remove": { question: MailboxRef; answer: MailboxesView };
  "organizations.acknowledge": { question: OrganizationRef; answer: Organization };
  "organizations.adjust": { question: AdjustOrganization; answer: Organization };
  "organizations.change": { question: ChangeOrganization; answer: Organization };
  "organizations.create": { question: CreateOrganization; answer: Organization };
  "organizations.delete": { question: DeleteOrganization; answer: Belongings };
  "organizations.describe": { question: OrganizationRef; answer: OrganizationView };
  "organizations.export": { question: ExportOrganizations; answer: OrganizationTable };
  "organizations.foresee": { question: ForeseeDeletion; answer: Array<Deletion> };
  "organizations.list": { question: null; answer: Array<OrganizationView> };
  "organizations.set_window": { question: SetWindow; answer: Organization };
  "permissions.list": { question: null; answer: Array<PermissionView> };
  "practice.examples": { question: TenantRef; answer: Examples };
  "practice.open": { question: OpenPractice; answer: Practice };
  "practice.run_scope_script": { question: RunScopeScript; answer: ScopeView };
  "presets.list": { question: null; answer: Array<PresetView> };
  "rules.accept": { question: Decide; answer: Imported };
  "rules.add": { question: AddRule; answer: MembershipRule };
  "rules.change": { question: ChangeRule; answer: MembershipRule };
  "rules.decline": { question: Decide; answer: Decided };
  "rules.evaluate": { question: TenantRef; answer: Array<RuleView> };
  "rules.list": { question: TenantRef; answer: Array<RuleView> };
  "rules.order": { question: OrderRules; answer: Array<RuleView> };
  "rules.proposals": { question: ListProposals; answer: ProposalPage };
  "rules.reconsider": { question: Decide; answer: Decided };
  "rules.remove": { question: RuleRef; answer: null };
  "runs.compare": { question: CompareRuns; answer: Comparison };
  "runs.describe": { question: RunRef; answer: RunDetail };
  "runs.list": { question: ListRuns; answer: Array<Run> };
  "runs.results": { question: ResultQuery; answer: ResultPage };
  "scope.again": { question: ProofRef; answer: ProofView };
  "scope.ask": { question: WhyMailbox; answer: Why };
  "scope.cancel": { question: ProofRef; answer: ProofView };
  "scope.changed": { question: NoteChange; answer: ScopeView };
  "scope.cut_off": { question: null; answer: Array<CutOffProof> };
  "scope.evidence": { question: ProofRef; answer: ScopeEvidence };
  "scope.foresee": { question: ForeseeProof; answer: ForeseenProof };
  "scope.forget": { question: OrganizationRef; answer: Forgotten };
  "scope.mailboxes": { question: ProofMailboxes; answer: ProofPage };
  "scope.plan": { question: PlanScope; answer: ScopeScripts };
  "scope.prove": { question: ProveScope; answer: ProofView };
  "scope.read": { question: OrganizationRef; answer: ScopeView };
  "scope.resume": { question: ProofRef; answer: ProofView };
  "scope.said": { question: ImportSaid; answer: SaidOf };
  "scope.set": { question: SetScope; answer: ScopeView };
  "scope.show": { question: OrganizationRef; answer: ScopeView };
  "scope.units": { question: OrganizationRef; answer: Array<UnitView> };
  "scope.weigh": { question: SetScope; answer: WeighedWish };
  "scope.why": { question: WhyMailbox; answer: Why };
  "settings.get": { question: null; answer: Settings };
  "settings.set": { question: Settings; answer: Settings };
  "sync.cut_off": { question: null; answer: Array<CutOffPass> };
  "sync.export": { question: ExportSessions; answer: SessionTable };
  "sync.figures": { question: SessionFigures; answer: Figures };
  "sync.pause": { question: PauseSessions; answer: Organization };
  "sync.run": { question: RunSessions; answer: Sessions };
  "sync.sessions": { question: SessionsOf; answer: Array<Session> };
  "tenants.add": { question: AddTenant; answer: Tenant };
  "tenants.allow": { question: AllowMore; answer: SignedIn };
  "tenants.forget": { question: TenantRef; answer: null };
  "tenants.list": { question: null; answer: Array<TenantView> };
  "tenants.sign_in": { question: TenantRef; answer: SignedIn };
  "tenants.sign_out": { question: TenantRef; answer: null };
  "traffic.describe": { question: null; answer: Traffic };
  "traffic.record": { question: RecordTraffic; answer: Traffic };
  "users.act": { question: ActOnUsers; answer: Acted };
  "users.cut_off": { question: null; answer: Array<CutOffAction> };
  "users.describe": { question: UserRef; answer: UserDetail };
  "users.export": { question: ExportUsers; answer: UserTable };
  "users.foresee": { question: ForeseeAction; answer: Foreseen };
  "users.import": { question: ImportUsers; answer: Imported };
  "users.import_shown": { question: PreviewRef; answer: Imported };
  "users.preflight": { question: OrganizationRef; answer: Eligibilities };
  "users.preview": { question: PreviewImport; answer: ImportPreview };
  "users.preview_export": { question: PreviewRef; answer: PreviewTable };
  "users.preview_forget": { question: PreviewRef; answer: null };
  "users.preview_lines": { question: PreviewLines; answer: PreviewPage };
  "users.query": { question: UserQuery; answer: UserPage };
  "verify.cancel": { question: RunRef; answer: Run };
  "verify.cut_off": { question: null; answer: CutOffRuns };
  "verify.plan": { question: Verify; answer: Plan };
  "verify.resume": { question: RunRef; answer: Run };
  "verify.start": { question: Verify; answer: Run };
  "views.list": { question: ViewsOf; answer: Array<View> };
  "views.remove": { question: RemoveView; answer: Array<View> };
  "views.save": { question: SaveView; answer: Array<View> };
  "waves.foresee": { question: PlanWaves; answer: ForeseenPlan };
  "waves.foresee_criteria": { question: SetCriteria; answer: ForeseenCriteria };
  "waves.foresee_put": { question: PutInWave; answer: PutUsers };
  "waves.hold": { question: HoldWave; answer: PlanView };
  "waves.plan": { question: PlanWaves; answer: PlanView };
  "waves.put": { question: PutInWave; answer: PutUsers };
  "waves.remove": { question: OrganizationRef; answer: null };
  "waves.set_criteria": { question: SetCriteria; answer: PlanView };
  "waves.show": { question: OrganizationRef; answer: PlanView | null };
  "waves.start": { question: StartWave; answer: Acted };
};
