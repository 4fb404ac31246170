import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import * as v from "valibot";
import { untouched, usePreferences } from "../lib/preferences";
import { isSameView, readViewLink, type ViewLink, writeViewLink } from "../lib/viewLink";
import type { Pane, View } from "./bindings";
import { call } from "./client";
import { reading } from "./queries";
import { useScope } from "./scope";

/** The lists that views are kept of. */
export const panesWithViews = ["organizations", "users", "mailboxes"] as const satisfies readonly Pane[];

/** A view that comes with Rollcall. */
export type BuiltIn = { readonly name: string; readonly search: ViewLink["search"] };

/** What of a view could not be shown here. */
export type Missing = { readonly organization: string | undefined; readonly parts: readonly string[] };

/** What a page's address may hold. */
type Schema = v.GenericSchema<unknown, Record<string, unknown>>;

/** The pane that a link leads to, if views of it are kept. */
export function paneOf({ pane }: ViewLink): Pane | undefined {
  return panesWithViews.find((one) => one === pane);
}

/** Opens a view: its filters and order in place of those that are set, and its columns. Says what of it doesn't exist here. */
export function useOpenView() {
  const navigate = useNavigate();
  const router = useRouter();
  const { all, id } = useScope();
  return async (link: ViewLink): Promise<Missing> => {
    const meant = (all ?? []).filter((view) => view.organization.external_id === link.organization);
    const org = link.organization === undefined ? id : meant.length === 1 ? meant[0]?.organization.id : undefined;
    const { columns, setColumns } = usePreferences.getState();
    if (link.columns) setColumns(link.pane, { ...(columns[link.pane] ?? untouched), ...link.columns });
    const pages: Readonly<Record<string, { options: { validateSearch?: unknown } } | undefined>> = router.routesById;
    const schema = pages[`/${link.pane}`]?.options.validateSearch;
    const understood = schema ? v.parse(schema as Schema, link.search) : {};
    await navigate({ to: `/${link.pane}`, search: () => ({ ...understood, org }) });
    return {
      organization: link.organization !== undefined && org === undefined ? link.organization : undefined,
      parts: Object.keys(link.search).filter((name) => understood[name] === undefined),
    };
  };
}

/** The views of a list, those that are saved and those that come with it, and which of them is on screen. */
export function useViews(pane: Pane, search: ViewLink["search"], builtIn: readonly BuiltIn[]) {
  const open = useOpenView();
  const [asked, setAsked] = useState<string>();
  const { chosen } = useScope();
  const choice = usePreferences((all) => all.columns[pane]) ?? untouched;
  const saved = useQuery(reading("views.list", { pane })).data ?? [];
  const columns = { order: choice.order, hidden: choice.hidden };
  const address = writeViewLink({ pane, organization: undefined, columns, search });
  const shown = [
    ...saved.filter((view) => isSameView(readViewLink(view.address)?.search ?? {}, search)),
    ...builtIn.filter((view) => isSameView(view.search, search)),
  ].map(({ name }) => name);
  // Of several that are the same it is the one that was asked for.
  const current = shown.find((name) => name === asked) ?? shown[0];
  return {
    builtIn: builtIn.map(({ name }) => name),
    saved,
    current,
    link: writeViewLink({ pane, organization: chosen?.organization.external_id, columns, search }),
    onOpenBuiltIn: (name: string) => {
      setAsked(name);
      const found = builtIn.find((view) => view.name === name);
      if (found) void open({ pane, organization: undefined, columns: undefined, search: found.search });
    },
    onOpen: (view: View) => {
      setAsked(view.name);
      const link = readViewLink(view.address);
      if (link) void open(link);
    },
    onSave: (name: string, before: string | undefined) => {
      setAsked(name);
      return call("views.save", { pane, name, address, before: before ?? null });
    },
    onRename: (view: View, name: string) =>
      call("views.save", { pane, name, address: view.address, before: view.name }),
    onRemove: (name: string) => call("views.remove", { pane, name }),
  };
}
