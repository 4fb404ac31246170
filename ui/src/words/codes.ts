import type { Code, Error as Refusal, NoKeychain, Reason } from "../api/bindings";
import { shortTime } from "../lib/time";
import { t } from "./t";

type Words = { readonly title: string; readonly advice: string };

/** Each kind of failure: what happened, and what to do about it. */
export const codeWords = {
  invalid_input: { title: "That can't be used.", advice: "Correct it and try again." },
  duplicate_name: { title: "The name is taken.", advice: "Choose another name." },
  duplicate_external_id: {
    title: "The External ID is taken.",
    advice: "Another organization already has it. Choose another one.",
  },
  external_id_fixed: {
    title: "An External ID never changes.",
    advice: "Create another organization and move the users there.",
  },
  not_found: { title: "It isn't there any more.", advice: "It may have been removed meanwhile. Refresh the list." },
  not_now: { title: "This can't run now.", advice: "Do what is missing first, then try again." },
  not_signed_in: {
    title: "Nobody is signed in to the tenant.",
    advice: "Sign in under Settings, Tenants, then try again.",
  },
  sign_in_cancelled: {
    title: "The sign-in was not finished.",
    advice: "Nothing has changed. Try again when you are ready.",
  },
  sign_in_timed_out: {
    title: "The browser didn't come back in time.",
    advice: "Nothing has changed. Try again and finish the page in the browser.",
  },
  no_browser: {
    title: "No browser could be opened.",
    advice: "Copy the link that is shown while Rollcall waits, and open it in a browser on this computer.",
  },
  sign_in_refused: {
    title: "Microsoft Entra refused the sign-in.",
    advice: "Open the details for the reason, or sign in with another account.",
  },
  wrong_tenant: {
    title: "That account belongs to another tenant.",
    advice: "Sign in with an administrator of the tenant that this connection names.",
  },
  wrong_account: {
    title: "Another account signed in.",
    advice: "Nothing was kept. The account that the mailbox belongs to has to sign in: choose it on Microsoft's page.",
  },
  unknown_tenant: {
    title: "There is no such tenant in this cloud.",
    advice: "Check the tenant ID or domain, and that the right cloud is chosen.",
  },
  state_mismatch: {
    title: "The browser's answer doesn't belong to this attempt.",
    advice: "Close old sign-in pages and start again from here.",
  },
  wrong_secret: {
    title: "The client secret is wrong.",
    advice: "Copy the secret's value (not its ID) from the app registration and set it under Integrations.",
  },
  secret_expired: {
    title: "The client secret has expired.",
    advice: "Create a new secret in the app registration and set it under Integrations.",
  },
  app_unknown: {
    title: "The tenant doesn't know this application.",
    advice: "Check the client ID, and grant consent so that the application appears in the tenant.",
  },
  app_disabled: {
    title: "The enterprise application is disabled.",
    advice: "Enable it for sign-in under Enterprise applications in the Entra admin center.",
  },
  redirect_not_registered: {
    title: "The application doesn't accept the answer address.",
    advice: "Add http://localhost as a redirect for mobile and desktop applications to the app registration.",
  },
  consent_declined: {
    title: "Consent was declined in the browser.",
    advice: "Nothing has changed. Grant consent again with an account that may accept.",
  },
  consent_missing: {
    title: "Consent is missing for this.",
    advice: "Grant consent under Permissions, then try again.",
  },
  not_permitted: {
    title: "Your role doesn't allow this.",
    advice:
      "Application permissions need a Privileged Role Administrator or a Global Administrator. Ask one, or sign in as one.",
  },
  policy_blocked: {
    title: "A policy of the tenant blocks this.",
    advice: "Ask who manages conditional access, and hand on the request ID from the details.",
  },
  offline: { title: "The network can't be reached.", advice: "Check the connection and the proxy, then try again." },
  not_graph: {
    title: "Something other than Microsoft answered.",
    advice: "A proxy or a sign-in page of the network stands in between. Open a browser, pass it, then try again.",
  },
  damaged_answer: { title: "The answer was cut off.", advice: "Try again. If it goes on, check the proxy." },
  throttled: { title: "Microsoft asks to wait.", advice: "Too many requests for now. Try again in a few minutes." },
  service_unavailable: {
    title: "The Microsoft service isn't available.",
    advice: "Try again in a while. The service health page of the admin center tells more.",
  },
  changed: {
    title: "The tenant has changed meanwhile.",
    advice: "Nothing was written. Look at what would change now, and agree to that.",
  },
  outcome_unknown: {
    title: "It isn't known whether the change arrived.",
    advice: "Refresh to see what is true now before you try again.",
  },
  stopped: { title: "Stopped.", advice: "What was done until then is kept." },
  keychain: {
    title: "The system's keychain can't be used.",
    advice: "Unlock it and try again. Until then secrets are kept for this session only.",
  },
  data_in_use: {
    title: "Another Rollcall uses this data.",
    advice: "Close the other window or command, then try again.",
  },
  data_newer: { title: "The data was written by a newer Rollcall.", advice: "Install the newer version." },
  data_damaged: {
    title: "The stored data is damaged.",
    advice: "It was set aside, not deleted. Its place is shown under Settings, About.",
  },
  disk_full: { title: "The disk is full.", advice: "Make room and try again. Nothing that was shown as done is lost." },
  not_saved: {
    title: "The file couldn't be saved.",
    advice: "Free some space, or allow Rollcall to write to your downloads folder. Then export again.",
  },
  data_read_only: {
    title: "The data folder can't be written.",
    advice: "Check the permissions of the folder shown under Settings, About.",
  },
  internal: {
    title: "Rollcall made a mistake.",
    advice: "Try again. If it goes on, copy the details and report them.",
  },
} as const satisfies Record<Code, Words>;

/** Why an action can't run now; shown on the dimmed action. */
export const reasonWords = {
  not_signed_in: "Sign in to the tenant first (Settings, Tenants).",
  no_users: "Bring in users first.",
  no_secret: "Set the integration's client secret first (Integrations).",
  run_under_way: "A run of this organization is under way.",
  uses_ews: "Reached over EWS, which Rollcall neither reads nor checks. Switch to Graph first.",
  users_must_sign_in:
    "With delegated access a mailbox answers only to its own user, and nobody who is meant is signed in here: not yet, or not since a switch (a user's details, Mailboxes; the users' filter Sign-in lists who has to).",
  has_users: "Remove the organization's users first.",
  has_organizations: "Organizations still use this integration. Delete them first.",
  still_initialized: "The mailbox is initialized or switching. Only a forced removal takes it out.",
  needs_privileged_role: "This needs the role Privileged Role Administrator or Global Administrator.",
  needs_application_role:
    "This needs the role Cloud Application Administrator, Application Administrator, Privileged Role Administrator or Global Administrator.",
  excluded: "The mailbox is excluded. Take it back in first.",
  sync_disabled: "Synchronization is disabled, for the user or for the organization.",
  forced_just_now: "It was forced less than a minute ago.",
  ews_removed: "Microsoft has removed EWS; there is no way back.",
  sessions_under_way: "Sync sessions of this organization are under way.",
  other_tenant: "That organization belongs to another tenant.",
  limitations_unread: "What Graph can't do for the integration has to be read and acknowledged first.",
  nobody_signs_in: "The integration reaches this mailbox in its own name; nobody signs in for it.",
  mailbox_not_connected: "The mailbox is not connected. Its account has to sign in first.",
  default_must_send:
    "The default mailbox has to send. Switch send on for it first, or make a mailbox that sends the default.",
  mailbox_is_default: "It is the user's default mailbox. Make another one the default first.",
  migration_under_way: "The user is being migrated step by step. Go on with it, or give it up.",
  step_not_reached: "The steps before it come first; none is skipped.",
  step_not_checked: "The mailbox that the step depends on has to answer first.",
  add_in_too_old: "The add-in is older than the version that the vendor asks for. Have it updated first.",
  wave_waits: "One of the wave's entry criteria isn't met.",
  wave_held: "The wave is held. Hold it no more first.",
  wave_done: "Everybody of the wave is switched, or about to be.",
  wave_started: "A wave was started. Who is in it is settled then; by what it is judged can be changed still.",
  wave_over: "The wave is over: it met its criteria. What it was judged by stays.",
  wave_emptied: "A wave would have nobody. Leave somebody in each.",
  other_organization: "The user is in another organization.",
  already_switched: "Reached over Graph already, or about to be.",
  switch_queued:
    "The switch waits for the change window. More has what doesn't wait (Switch now) and what takes it back (Withdraw).",
  not_ready: "The mailbox isn't ready by the eligibility check.",
  consent_missing: "What the workloads need isn't granted. Grant it first (Permissions).",
  must_switch: "From EWS to Graph only a switch leads: use Switch to Graph, or a rollout in waves.",
  already_so: "It is like that already.",
  would_void_scope:
    "An access scope of the application, of this organization or of another one, gives permissions by roles of Exchange. Granted for the whole tenant, they would make that scope void. Grant missing… grants what the scope doesn't give; its script assigns the roles.",
  scope_contested:
    "Another organization of the same application wants another access scope. Set the same one for both, or give one of them an integration of its own.",
  scope_unread: "What is in force was not read since the last change. Read it first (Access scope, More).",
  grants_stand:
    "Grants for the whole tenant stand that only the access policies limit. Revoke them first (Permissions), then read what is in force again.",
  roles_missing:
    "Exchange lacks roles that have to take the place of the grants. Run the script Make or change first, then read what is in force again.",
  nothing_to_ask:
    "What can be limited of its permissions is nothing that can be asked for by reading, and a proof never sends or speaks EWS. Run the script Test and import what the cmdlet said: it isn't a proof, but all there is.",
  reaches_who_signed_in:
    "An access scope concerns application permissions. This organization's access is delegated, and reaches only who has signed in.",
} as const satisfies Record<Reason, string>;

/** Why the keychain can't be used, as the end of a sentence. */
export const noKeychainWords = {
  no_session_bus: "there is no desktop session to ask for a keychain",
  no_service: "no keychain is running on this computer",
  locked: "the keychain is locked",
  refused: "the keychain refused",
  too_slow: "the keychain did not answer in time",
  too_long: "the secret is too long for the keychain",
  damaged: "the keychain's entry is damaged",
  not_wanted: "the keychain is not used in this session",
} as const satisfies Record<NoKeychain, string>;

/** The words of a code as it was stored; one that this version doesn't know is a fault. */
export function wordsForCode(code: string): Words {
  return Object.hasOwn(codeWords, code) ? codeWords[code as Code] : codeWords.internal;
}

/**
 * What is wrong with something that was typed or handed in, as a sentence; of any of these fields only, where fields are named.
 */
export function wrongInput(refusal: Refusal | undefined, ...fields: readonly string[]): string | undefined {
  if (refusal?.code !== "invalid_input" || refusal.detail === "") return undefined;
  const [, field = "", why = refusal.detail] = /^([a-z_]+(?: [a-z_]+)*): (.+)$/s.exec(refusal.detail) ?? [];
  return fields.length === 0 || fields.includes(field) ? sentence(why) : undefined;
}

/** Why a name can't be given. */
export function nameProblem(refusal: Refusal | undefined): string | undefined {
  return refusal?.code === "duplicate_name" ? codeWords.duplicate_name.title : wrongInput(refusal, "name");
}

/** What of something looked up by what the person typed was not found. */
export function notFound(refusal: Refusal | undefined): string | undefined {
  return refusal?.code === "not_found" ? sentence(refusal.detail) : undefined;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** A failure to find what the person typed, in the words of the error bar; any other one as ever. */
export function explainLookUp(refusal: Refusal) {
  const missing = notFound(refusal);
  return missing === undefined
    ? explain(refusal)
    : { ...explain(refusal), title: "There is no such thing.", advice: missing };
}

/** The words of a failure; where Microsoft asks to wait they say until when, if it is known. */
function wordsFor({ code, until }: Refusal): Words {
  if (until === null) return wordsForCode(code);
  return { title: t("error.waitUntil", { time: shortTime(until) }), advice: t("error.tryThen") };
}

/** A failure in the words of the error bar. */
export function explain(refusal: Refusal) {
  const words = wordsFor(refusal);
  return {
    title: words.title,
    advice: refusal.reason === null ? (wrongInput(refusal) ?? words.advice) : reasonWords[refusal.reason],
    code: refusal.code,
    detail: refusal.detail,
    requestId: refusal.request_id ?? undefined,
    clientRequestId: refusal.request_id === null ? (refusal.client_request_id ?? undefined) : undefined,
  };
}
