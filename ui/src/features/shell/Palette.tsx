import { Dialog, DialogSurface, Input, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import {
  ArrowRightRegular,
  BookmarkRegular,
  BuildingRegular,
  ClipboardCheckmarkRegular,
  FlashRegular,
  PeopleRegular,
  PersonRegular,
  SearchRegular,
} from "@fluentui/react-icons";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactElement, useId, useState } from "react";
import { call } from "../../api/client";
import { everyUser } from "../../api/filters";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { type Missing, paneOf, panesWithViews, useOpenView } from "../../api/views";
import { useNotices } from "../../lib/notices";
import { shortTime } from "../../lib/time";
import { usePreferences } from "../../lib/preferences";
import { readViewLink, type ViewLink } from "../../lib/viewLink";
import { t } from "../../words/t";
import { keysOf, panes } from "./panes";

const useStyles = makeStyles({
  surface: { padding: 0, maxWidth: "600px", marginTop: "10vh", marginBottom: "auto", overflow: "hidden" },
  input: { width: "100%", borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: 0 },
  list: { listStyle: "none", margin: 0, padding: "8px", maxHeight: "50vh", overflowY: "auto" },
  item: {
    display: "flex",
    alignItems: "center",
    columnGap: "12px",
    minHeight: "36px",
    padding: "0 12px",
    borderRadius: tokens.borderRadiusMedium,
    cursor: "pointer",
  },
  active: { backgroundColor: tokens.colorNeutralBackground1Selected },
  icon: { fontSize: "20px", flexShrink: 0, color: tokens.colorNeutralForeground2 },
  label: { flexGrow: 1, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  hint: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, whiteSpace: "nowrap" },
  none: { padding: "16px", color: tokens.colorNeutralForeground2 },
});

type Entry = {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly icon: ReactElement;
  run(): void;
};

/** Finds a pane, a command, an organization, a run or a user, and goes there. */
export function Palette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const styles = useStyles();
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const entries = useEntries(typed.trim(), onShortcuts);
  const at = Math.min(active, entries.length - 1);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setActive(Math.min(entries.length - 1, at + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, at - 1));
    else if (event.key === "Enter") run(entries[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.surface} aria-label={t("palette.label")}>
        <Input
          className={styles.input}
          size="large"
          appearance="filled-lighter"
          contentBefore={<SearchRegular aria-hidden />}
          placeholder={t("palette.placeholder")}
          value={typed}
          onChange={(_, data) => {
            setTyped(data.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          input={{
            role: "combobox",
            "aria-label": t("palette.label"),
            "aria-expanded": true,
            "aria-controls": listId,
            "aria-activedescendant": entries.length > 0 ? `${listId}-${at}` : undefined,
          }}
        />
        {entries.length === 0 ? (
          <div className={styles.none} role="status">
            {t("palette.none")}
          </div>
        ) : (
          <div id={listId} role="listbox" aria-label={t("palette.results")} className={styles.list}>
            {entries.map((entry, index) => (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the box above handles the keys of its list
              <div
                key={entry.key}
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                className={mergeClasses(styles.item, index === at && styles.active)}
                onMouseMove={() => setActive(index)}
                onClick={() => run(entry)}
              >
                <span className={styles.icon} aria-hidden>
                  {entry.icon}
                </span>
                <span className={styles.label}>{entry.label}</span>
                <span className={styles.hint}>{entry.hint}</span>
              </div>
            ))}
          </div>
        )}
      </DialogSurface>
    </Dialog>
  );
}

const USERS_SHOWN = 6;

function useEntries(typed: string, onShortcuts: () => void): readonly Entry[] {
  const navigate = useNavigate();
  const { all, id } = useScope();
  const { theme, setTheme, density, setDensity } = usePreferences();
  const runs = useQuery(reading("runs.list", { organization: null })).data ?? [];
  const users = useQuery({
    queryKey: ["palette.users", typed],
    enabled: typed.length >= 2,
    placeholderData: keepPreviousData,
    queryFn: () =>
      call("users.query", {
        filter: {
          ...everyUser,
          search: typed,
        },
        sort: { by: "name", descending: false },
        offset: 0,
        limit: USERS_SHOWN,
        workloads: false,
      }),
  }).data;
  const go = (to: string, search: object) => () => void navigate({ to, search: () => search });

  const places = panes.map(
    (pane, index): Entry => ({
      key: pane.to,
      label: t(pane.name),
      hint: keysOf(pane, index) ?? "",
      icon: <ArrowRightRegular />,
      run: go(pane.to, { org: id }),
    }),
  );
  const commands: Entry[] = [
    { key: "new", label: t("palette.newOrganization"), run: go("/organizations", { create: true }) },
    { key: "theme", label: t("palette.theme"), run: () => setTheme(theme === "dark" ? "light" : "dark") },
    {
      key: "density",
      label: t("palette.density"),
      run: () => setDensity(density === "compact" ? "comfortable" : "compact"),
    },
    { key: "traffic", label: t("palette.traffic"), run: go("/settings", { tab: "traffic" }) },
    { key: "keys", label: t("palette.shortcuts"), run: onShortcuts },
  ].map((entry) => ({ ...entry, hint: t("palette.command"), icon: <FlashRegular /> }));
  const organizations = (all ?? []).map(
    (view): Entry => ({
      key: `organization ${view.organization.id}`,
      label: view.organization.name,
      hint: t("palette.organization", { id: view.organization.external_id }),
      icon: <BuildingRegular />,
      run: go("/", { org: view.organization.id }),
    }),
  );
  const checks = runs.slice(0, 20).map(
    (one): Entry => ({
      key: `run ${one.id}`,
      label: t("palette.run", { id: one.id, organization: one.organization_name }),
      hint: shortTime(one.started),
      icon: <ClipboardCheckmarkRegular />,
      run: go("/verification", { org: one.organization, run: one.id }),
    }),
  );
  const people = (typed.length >= 2 ? (users?.rows ?? []) : []).map(
    ({ user }): Entry => ({
      key: `user ${user.id}`,
      label: user.directory.display_name,
      hint: user.directory.upn,
      icon: <PersonRegular />,
      run: go("/users", { org: user.organization, q: user.directory.upn, open: user.id }),
    }),
  );
  const found = typed.length >= 2 ? (users?.matching ?? 0) : 0;
  const everybody: Entry[] =
    found > people.length
      ? [
          {
            key: "users",
            label: t("palette.allUsers", { n: found }),
            hint: t("nav.users"),
            icon: <PeopleRegular />,
            run: go("/users", { q: typed }),
          },
        ]
      : [];
  const views = useSavedViews();
  const link = readViewLink(typed);
  const linked = link && paneOf(link) ? [views.entryOf("link", t("palette.openLink"), link)] : [];
  const wanted = typed.toLocaleLowerCase();
  const matching = [...places, ...commands, ...organizations, ...views.all, ...(wanted === "" ? [] : checks)].filter(
    ({ label, hint }) => wanted === "" || `${label} ${hint}`.toLocaleLowerCase().includes(wanted),
  );
  return [...linked, ...matching, ...people, ...everybody];
}

/** The views that are saved, and any other that a link names, each as an entry that opens it and says what of it is not here. */
function useSavedViews() {
  const open = useOpenView();
  const say = useNotices((notices) => notices.say);
  const lists = useQueries({ queries: panesWithViews.map((pane) => reading("views.list", { pane })) });
  const tell = ({ organization, parts }: Missing) => {
    if (organization !== undefined) say("info", t("views.noOrganization", { id: organization }));
    if (parts.length > 0) say("info", t("views.partly", { parts: parts.join(", ") }));
  };
  const entryOf = (key: string, label: string, link: ViewLink): Entry => ({
    key: `view ${key}`,
    label,
    hint: t("palette.view"),
    icon: <BookmarkRegular />,
    run: () => void open(link).then(tell),
  });
  const all = lists.flatMap(({ data }, index) =>
    (data ?? []).flatMap((view) => {
      const link = readViewLink(view.address);
      return link ? [entryOf(`${panesWithViews[index]} ${view.name}`, view.name, link)] : [];
    }),
  );
  return { entryOf, all };
}
