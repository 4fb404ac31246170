import type { Action, Chosen, Reason } from "../../api/bindings";
import { reasonWords } from "../../words/codes";

/** Each action that the menus offer, by its kind. */
export type ActionKind = Action["kind"];

/** What is chosen in a menu: an action, or a switch that doesn't wait for the change window. */
export type Command = ActionKind | "switchNow";

/** What is being decided on, whom it is for, and how many they are. */
export type Intent = { readonly command: Command; readonly users: Chosen; readonly meant: number };

/** Who is to be put into another wave, and how many they are. */
export type Putting = Pick<Intent, "users" | "meant">;

/** The action that a command is. */
export function kindOf(command: Command): ActionKind {
  return command === "switchNow" ? "switch" : command;
}

/** Why an action can't be done, by its command; those that can aren't named. */
export type WhyNot = Partial<Record<Command, string | undefined>>;

/**
 * Why nobody can be switched, in time and at once. What waits for the change window can be overruled, and what Graph can't do is shown
 * by the dialog.
 */
export function whyNoSwitch(reason: Reason | null | undefined): WhyNot {
  if (!reason || reason === "limitations_unread" || reason === "not_ready") return {};
  const why = reasonWords[reason];
  return reason === "switch_queued" ? { switch: why } : { switch: why, switchNow: why };
}

/** The choices that an action leaves open, as the dialog holds them. */
export type Choices = {
  readonly to: number | undefined;
  readonly access: Access;
  readonly force: boolean;
  readonly atOnce: boolean;
  readonly notReady: boolean;
};

/** A mailbox access type, or the organization's. */
export type Access = "graph_app_only" | "graph_delegated" | "ews_app_only" | "ews_delegated" | "inherit";

/** The action with its choices made; nothing while one is still open. */
export function actionOf(kind: ActionKind, { to, access, force, atOnce, notReady }: Choices): Action | undefined {
  switch (kind) {
    case "move":
      return to === undefined ? undefined : { kind, to };
    case "set_access":
      return { kind, access: access === "inherit" ? null : access };
    case "switch":
      return { kind, at_once: atOnce, not_ready: notReady };
    case "remove":
      return { kind, force };
    case "enable_sync":
    case "disable_sync":
    case "withdraw":
    case "go_back":
    case "reset":
    case "exclude":
    case "include":
    case "force":
      return { kind };
  }
}

/** What stands beside the first actions, and what is behind *More*. */
export const firstActions = ["switch", "force", "move"] as const satisfies readonly Command[];
export const moreActions = [
  "switchNow",
  "enable_sync",
  "disable_sync",
  "withdraw",
  "set_access",
  "go_back",
  "reset",
  "exclude",
  "include",
  "remove",
] as const satisfies readonly Command[];
