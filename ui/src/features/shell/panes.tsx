import {
  BuildingRegular,
  ClipboardCheckmarkRegular,
  HomeRegular,
  MailInboxCheckmarkRegular,
  PeopleRegular,
  PlugConnectedRegular,
  SettingsRegular,
  ShieldKeyholeRegular,
  ShieldPersonRegular,
  WarningRegular,
} from "@fluentui/react-icons";
import type { PlainKey } from "../../words/t";

export type Pane = { readonly to: string; readonly name: PlainKey; readonly Icon: typeof HomeRegular };
export type Group = { readonly name: PlainKey; readonly panes: readonly Pane[] };

/** The rail: each pane that exists, in the order of Ctrl+1 to Ctrl+9. */
export const groups: readonly Group[] = [
  {
    name: "nav.rollout",
    panes: [
      { to: "/", name: "nav.overview", Icon: HomeRegular },
      { to: "/organizations", name: "nav.organizations", Icon: BuildingRegular },
      { to: "/users", name: "nav.users", Icon: PeopleRegular },
      { to: "/mailboxes", name: "nav.mailboxes", Icon: MailInboxCheckmarkRegular },
      { to: "/permissions", name: "nav.permissions", Icon: ShieldKeyholeRegular },
    ],
  },
  {
    name: "nav.evidence",
    panes: [
      { to: "/verification", name: "nav.verification", Icon: ClipboardCheckmarkRegular },
      { to: "/issues", name: "nav.issues", Icon: WarningRegular },
    ],
  },
  {
    name: "nav.exposure",
    panes: [{ to: "/scope", name: "nav.scope", Icon: ShieldPersonRegular }],
  },
  {
    name: "nav.setUp",
    panes: [
      { to: "/integrations", name: "nav.integrations", Icon: PlugConnectedRegular },
      { to: "/settings", name: "nav.settings", Icon: SettingsRegular },
    ],
  },
];

export const panes: readonly Pane[] = groups.flatMap((group) => group.panes);

/** The keys that lead to a pane, by its place in the rail; there are nine digits. */
export function keysOf(pane: Pane, place: number): string | undefined {
  if (place < 9) return `Ctrl+${place + 1}`;
  return pane.to === "/settings" ? "Ctrl+," : undefined;
}
