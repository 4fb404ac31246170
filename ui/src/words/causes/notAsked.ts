import type { CauseWords } from "./kinds";

/** Why nobody asked. */
export const notAskedWords = {
  not_covered: {
    what: "None of the integration's permissions covers this workload, so it was not asked.",
    known: "The list of permissions says so; Microsoft was not asked.",
    steps: [
      {
        text: "Nothing to do, unless the integration should use it: then add the permission to the integration.",
        at: "permissions",
      },
    ],
    fixed: "The workload is asked at the next check.",
  },
  needs_user_sign_in: {
    what: "A delegated mailbox answers only to its signed-in user, so it was not asked.",
    known: "The organization is reached by each user's own sign-in; Microsoft was not asked.",
    steps: ["Have the user sign in here: the user's details, Mailboxes, Sign in here."],
    fixed: "The mailbox is asked at the next check.",
  },
  cancelled: {
    what: "The run was cancelled before this mailbox was asked.",
    known: "The run says so; Microsoft was not asked.",
    steps: ["Check again to ask it."],
    fixed: "The mailbox is asked at the next check.",
  },
} as const satisfies Readonly<Record<string, CauseWords>>;
