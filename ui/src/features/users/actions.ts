import type { Action, Chosen } from "../../api/bindings";

/** Each action that the menus offer, by its kind. */
export type ActionKind = Action["kind"];

/** An action that is being decided on, and whom it is for. */
export type Intent = { readonly kind: ActionKind; readonly users: Chosen };

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
export const firstActions = ["switch", "force", "move"] as const satisfies readonly ActionKind[];
export const moreActions = [
  "enable_sync",
  "disable_sync",
  "withdraw",
  "set_access",
  "go_back",
  "reset",
  "exclude",
  "include",
  "remove",
] as const satisfies readonly ActionKind[];
