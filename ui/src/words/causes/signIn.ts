import type { CauseWords } from "./kinds";

/** Why Entra gave no token, so that no mailbox could be asked. */
export const signInWords = {
  consent_missing: {
    what: "The tenant has agreed to none of the permissions that the application asks for.",
    known: "Entra gave no token and said that consent is missing.",
    steps: [{ text: "Grant consent under Permissions.", at: "permissions" }, "Check again a few minutes later."],
    fixed: "Permissions shows Authorized, and the next check asks the mailboxes.",
  },
  consent_declined: {
    what: "Somebody pressed Cancel on Microsoft's consent page.",
    known: "Entra sent the browser back with that answer.",
    steps: [{ text: "Grant consent again, and press Accept.", at: "permissions" }],
    fixed: "Permissions shows Authorized.",
  },
  consent_not_allowed: {
    what: "What the application asks for needs an administrator who may grant it.",
    known: "Entra refused the account, not the application.",
    steps: [
      {
        text: "Sign in as a Privileged Role Administrator or a Global Administrator, or ask one to grant it.",
        at: "permissions",
      },
      "Where users have sent requests for approval, answer them.",
    ],
    fixed: "Permissions shows Authorized.",
  },
  app_not_in_tenant: {
    what: "The tenant has no enterprise application for the integration's client ID.",
    known: "Entra knows the tenant and doesn't find the application there.",
    steps: [
      { text: "Compare the client ID with the one that the vendor names.", at: "integrations" },
      { text: "Check that it is the right tenant and cloud.", at: "tenants" },
      { text: "Grant consent: that creates the enterprise application.", at: "permissions" },
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  app_disabled: {
    what: "The enterprise application is switched off in this tenant, or blocked by Microsoft.",
    known: "Entra gives nobody a token for it.",
    steps: [
      "In the Entra admin center, open the enterprise application and set Enabled for users to sign-in to Yes.",
      "If Microsoft has disabled it, ask the vendor.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  not_assigned: {
    what: "The enterprise application requires assignment, and this account has none.",
    known: "Entra says so with a number of its own.",
    steps: [
      "In the Entra admin center, assign the user or a group to the enterprise application, or set Assignment required to No.",
      "Check again.",
    ],
    fixed: "The user signs in, and the next sync session passes.",
  },
  secret_wrong: {
    what: "The integration's secret is not one that Entra knows.",
    known: "Entra refused the secret and knows the application.",
    steps: [
      { text: "Enter the secret again: its value, not its ID.", at: "integrations" },
      "If the value is lost, make a new secret in the app registration.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  secret_expired: {
    what: "The integration's secret has passed its end.",
    known: "Entra recognised the secret and says that it has expired.",
    steps: [
      "Make a new secret in the app registration, or ask the vendor for one.",
      { text: "Enter its value here.", at: "integrations" },
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  certificate_refused: {
    what: "The integration's certificate, or what it signed, is not one that Entra knows.",
    known: "Entra refused the proof and knows the application.",
    steps: [
      "Compare the certificate's thumbprint with those in the app registration.",
      "Upload the certificate there, or use one that is there.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  registration_mismatch: {
    what: "Platform, account types or client type of the registration don't fit the way the application signs in.",
    known: "Entra refused the kind of request before it looked at any account.",
    steps: [
      "In the app registration, open Authentication and compare platform, redirect addresses and Supported account types with what the vendor asks for.",
      "An application for several tenants must be multitenant; a desktop application belongs to Mobile and desktop applications.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  redirect_not_registered: {
    what: "The address to which Microsoft should send the browser back isn't in the app registration.",
    known: "Entra showed its own page instead of sending the browser back.",
    steps: [
      "Add http://localhost to the registration, on the platform Mobile and desktop applications.",
      {
        text: "For a vendor's application, consent on Microsoft's page and then press Read back now.",
        at: "permissions",
      },
    ],
    fixed: "Signing in and consenting come back to Rollcall.",
  },
  resource_missing: {
    what: "The application asks for an API that the tenant doesn't have, or that its registration doesn't list.",
    known: "Entra names the API as missing, not the permission.",
    steps: [
      { text: "Compare the permissions of the registration with those that the integration needs.", at: "permissions" },
      "Subscribe to the service that the API belongs to, or take its permissions out of the registration.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  tenant_not_found: {
    what: "There is no tenant of that ID or domain, or it is not available.",
    known: "Entra refused before it looked at the application.",
    steps: [{ text: "Check the tenant's ID or domain, and its cloud.", at: "tenants" }],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  account_elsewhere: {
    what: "The account that signed in is not one of this tenant.",
    known: "Entra knows the account, or its address, and not in this tenant.",
    steps: [
      { text: "Sign in with an account of the tenant.", at: "tenants" },
      "A guest has to accept the invitation first.",
    ],
    fixed: "The sign-in shows the right tenant.",
  },
  wrong_cloud: {
    what: "The tenant is in another national cloud than the one that was chosen.",
    known: "Entra of this cloud names another one.",
    steps: [
      { text: "Add the tenant again with the right cloud.", at: "tenants" },
      "The application must be registered in that cloud, too.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  tenant_restricted: {
    what: "The network or the cross-tenant settings don't let this account or application into the tenant.",
    known: "Entra refused because of a restriction, which it names by its number.",
    steps: [
      "Ask whoever runs the proxy whether the tenant is on its list of allowed tenants.",
      "Look at the cross-tenant access settings of both tenants.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  conditional_access: {
    what: "Conditional Access, security defaults or another policy refuses the sign-in of the user or of the application.",
    known: "Entra refused because of a policy; which one is in its sign-in log.",
    steps: [
      "In the Entra admin center, open the sign-in log, find the entry by the correlation ID, and read its tab Conditional Access.",
      "Meet the policy, or exclude the application from it.",
      "Check again.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  more_proof_wanted: {
    what: "The tenant wants the user to prove who it is once more.",
    known: "Entra keeps the sign-in and asks for another factor, or for a fresh one.",
    steps: ["Ask the user to sign in to the integration again and to do what Microsoft's page asks."],
    fixed: "The user's next sync session passes.",
  },
  sign_in_expired: {
    what: "The sign-in has expired, was revoked, or was never finished.",
    known: "Entra no longer accepts what the sign-in left behind.",
    steps: [{ text: "Sign in again; where the mailbox answers only to its user, ask the user to.", at: "tenants" }],
    fixed: "The next sync session or check passes.",
  },
  password_wrong: {
    what: "The password was wrong, or the account has none.",
    known: "Entra knows the account and refused the password.",
    steps: ["Ask the user to sign in to the integration again.", "If the password is lost, reset it in Entra."],
    fixed: "The user's next sync session passes.",
  },
  account_locked: {
    what: "The account is locked after wrong passwords, or its sign-in came from an address that looks malicious.",
    known: "Entra uses one number for both; its sign-in log says which.",
    steps: ["Read the entry in the sign-in log.", "Wait, or unblock the account in Entra."],
    fixed: "The user's next sync session passes.",
  },
  clock_wrong: {
    what: "What was signed here lay outside its time window.",
    known: "Entra compared the times in the proof with its own clock.",
    steps: ["Set the clock of this computer from the network.", "Check again."],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  sign_in_unavailable: {
    what: "Entra could not answer at that moment.",
    known: "The number is one of those that pass by themselves.",
    steps: ["Check again in some minutes.", "If it goes on, look at the service health of the tenant."],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
  sign_in_refused: {
    what: "Entra gave no token, and its number isn't in Rollcall's catalogue.",
    known: "What is certain is the number, the correlation ID and the time below. Nobody's mailbox could be asked.",
    steps: [
      "Look the number up at login.microsoftonline.com/error.",
      "Check again.",
      "If it goes on, open a case at Microsoft: hand on the support block, which holds number, correlation ID and UTC time.",
    ],
    fixed: "The next check gets a token and asks the mailboxes.",
  },
} as const satisfies Readonly<Record<string, CauseWords>>;
