import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { RolesRead } from "../api/bindings";
import { NOW } from "../api/fakeWorld";
import { openAt } from "./app";

/** Runs a command behind *More*. */
async function more(user: UserEvent, command: string): Promise<void> {
  await user.click(await screen.findByRole("button", { name: "More: More permission commands" }));
  await user.click(await screen.findByRole("menuitem", { name: command }));
}

const why = { kind: "not_asked", scope: "Role.Read" } as const;

test("what is missing is granted only after it was shown, and the button says what it does", async () => {
  const { user, door } = await openAt("/permissions?org=1");
  await screen.findByText("Mail.ReadWrite");
  await user.click(screen.getByRole("button", { name: "Grant missing…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/^Added: /);
  expect(within(dialog).queryByText(/^Removed: /)).toBeNull();
  within(dialog).getByText(/AppRoleAssignment\.ReadWrite\.All/);
  await user.click(within(dialog).getByRole("button", { name: /^Grant \d+ permissions? in Contoso$/ }));
  await screen.findByText(/It can be undone under Settings, Journal \(entry 7\)/);
  expect(door.asked.find(({ name }) => name === "consent.apply")?.question).toMatchObject({
    change: { wanted: { kind: "grant_missing" } },
    seal: "1",
  });
});

test("everything goes only when the integration's name was typed", async () => {
  const { user } = await openAt("/permissions?org=1");
  await screen.findByText("Mail.ReadWrite");
  await more(user, "Revoke all…");
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/^Removed: /);
  const revoke = () => within(dialog).getByRole("button", { name: /^Revoke \d+ permissions in Contoso$/ });
  expect(revoke().getAttribute("aria-disabled")).toBe("true");
  await user.type(within(dialog).getByRole("textbox"), "Revenue Grid");
  await waitFor(() => expect(revoke().getAttribute("aria-disabled")).toBeNull());
});

test("a role that is not enough is named, and nothing can be sent", async () => {
  const { user, door } = await openAt("/permissions?org=1", { refused: "needs_privileged_role" });
  await screen.findByText("Mail.ReadWrite");
  await user.click(screen.getByRole("button", { name: "Grant missing…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/One of these roles is needed: Privileged Role Administrator, Global Administrator/);
  await user.click(within(dialog).getByRole("button", { name: /^Grant \d+/ }));
  expect(door.asked.some(({ name }) => name === "consent.apply")).toBe(false);
});

test("the application's state is told part by part, and what was not read says why", async () => {
  const { user } = await openAt("/permissions?org=1");
  await more(user, "Application and tenant");
  const panel = await screen.findByRole("complementary", { name: "Application and tenant" });
  within(panel).getByText(/2026 ends on .* Make a new one before then\./);
  expect(within(panel).getAllByText(/Rollcall has not been allowed Policy\.Read\.All yet\./).length).toBe(2);
  expect(within(panel).getAllByRole("button", { name: "Ask Microsoft for this" }).length).toBe(4);
});

test("the matrix is filtered, ordered and exported", async () => {
  const { user } = await openAt("/permissions?org=1");
  await screen.findByText("Files.Read.All");
  const grid = screen.getByRole("grid", { name: "Permissions" });
  const names = () =>
    within(grid)
      .getAllByRole("gridcell")
      .filter((cell) => cell.getAttribute("aria-colindex") === "2");
  const all = names().length;
  await user.click(screen.getByRole("button", { name: "State" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Excess" }));
  await waitFor(() => expect(names().map((cell) => cell.textContent)).toEqual(["Files.Read.All"]));
  screen.getByText(`1 of ${all}`);
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await user.click(within(grid).getByRole("columnheader", { name: /^Permission/ }));
  await waitFor(() => {
    const shown = names().map((cell) => cell.textContent ?? "");
    expect(shown).toEqual([...shown].sort((a, b) => a.localeCompare(b)));
  });
  await user.click(screen.getByRole("button", { name: "Export" }));
  await screen.findByText(/Downloads\/Permissions of .*\.csv/);
});

test("several are revoked at once, and the change names exactly those that everyone has", async () => {
  const { user, door } = await openAt("/permissions?org=1");
  await screen.findByText("Files.Read.All");
  const row = (name: RegExp) => screen.getByRole("row", { name });
  for (const name of [/Files\.Read\.All/, /MailboxSettings\.ReadWrite/]) {
    await user.click(within(row(name)).getAllByRole("gridcell")[0] as HTMLElement);
  }
  await user.click(screen.getByRole("button", { name: "Revoke 2…" }));
  await screen.findByRole("alertdialog");
  await waitFor(() => expect(door.asked.some(({ name }) => name === "consent.preview")).toBe(true));
  expect(door.asked.findLast(({ name }) => name === "consent.preview")?.question).toMatchObject({
    wanted: {
      kind: "revoke",
      permissions: [{ name: "Files.Read.All" }, { name: "MailboxSettings.ReadWrite" }],
      whom: { kind: "everyone" },
    },
  });
});

test("Microsoft's page is opened only after what it would do was shown", async () => {
  const { user, door } = await openAt("/permissions?org=1&grant=true");
  const dialog = await screen.findByRole("alertdialog");
  await waitFor(() =>
    expect(door.asked.find(({ name }) => name === "consent.preview")?.question).toMatchObject({
      wanted: { kind: "page", with: "registered" },
    }),
  );
  await within(dialog).findByText(/^Stays: /);
  await user.click(within(dialog).getByRole("checkbox"));
  await user.click(within(dialog).getByRole("button", { name: "Open browser to consent" }));
  await waitFor(() => expect(door.asked.some(({ name }) => name === "consent.grant")).toBe(true));
});

test("a change in the journal leads to what undoing it would do", async () => {
  const { user, door } = await openAt("/settings?tab=journal");
  await user.click(await screen.findByText("consent.grant"));
  const panel = await screen.findByRole("complementary", { name: "Entry 1" });
  within(panel).getByText("Mail.Send (Application, Graph)");
  await user.click(within(panel).getByRole("button", { name: "Undo…" }));
  await screen.findByRole("alertdialog");
  await waitFor(() =>
    expect(door.asked.find(({ name }) => name === "consent.preview")?.question).toMatchObject({
      wanted: { kind: "restore", entry: 1 },
    }),
  );
});

test("what roles of Exchange give is there, and is told with its reach", async () => {
  const { user } = await openAt("/permissions?org=1", { scoped: "given" });
  expect(await screen.findByText(/Roles of Exchange as read/)).toBeTruthy();
  expect(screen.getByText(/2 given by roles of Exchange\./)).toBeTruthy();
  await user.click(screen.getAllByText("Given by role")[0] as HTMLElement);
  const panel = await screen.findByRole("complementary");
  expect(screen.queryByRole("button", { name: "Open Access scope" }), "nothing is to be done there").toBeNull();
  within(panel).getByText(/Application Mail\.\w+ for the scope Rollcall 1/);
  within(panel).getByText(/^Given by Application Mail\.\w+\. Granted for the whole tenant/);
  expect(within(panel).getByRole("button", { name: "Grant this permission…" }).getAttribute("aria-disabled")).toBe(
    "true",
  );
});

test("a scope that may be that of an earlier wish is said to be one, and nothing is given by it", async () => {
  const { user } = await openAt("/permissions?org=1", { scoped: "untold" });
  expect(await screen.findByText(/nobody has said that the scope's script was run since it was wished/)).toBeTruthy();
  expect(screen.queryByText("Given by role")).toBeNull();
  await user.click(screen.getAllByText("Not checked", { selector: "[role=gridcell] *" })[0] as HTMLElement);
  within(await screen.findByRole("complementary")).getByText("Roles that may give it");
});

test("what the scope gives by a role is never advised to be granted", async () => {
  const { user, door } = await openAt("/permissions?org=1", { scoped: "missing" });
  expect(await screen.findByText(/which Exchange hasn't assigned for all .*: .* Run the scope's script/)).toBeTruthy();
  const grant = screen.getByRole("button", { name: /^Grant consent/ });
  expect(grant.getAttribute("aria-disabled")).toBe("true");
  await user.click(grant);
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(door.asked.some(({ name }) => name === "consent.preview")).toBe(false);
  expect(screen.getByRole("button", { name: "Open Access scope" })).toBeTruthy();
  await user.click(screen.getByText("Mail.ReadWrite"));
  const panel = await screen.findByRole("complementary");
  within(panel).getByText(/^To be given by Application Mail\.ReadWrite\./);
});

test("what only a role of Exchange gives is taken away in Exchange, and not here", async () => {
  const { user } = await openAt("/permissions?org=1", { scoped: "given" });
  await user.click(await screen.findByText("Contacts.Read"));
  const panel = await screen.findByRole("complementary");
  within(panel).getByText(/^A role of Exchange gives it although the integration doesn't ask for it\./);
  const revoke = within(panel).getByRole("button", { name: "Revoke this permission…" });
  expect(revoke.getAttribute("aria-disabled")).toBe("true");
  await user.hover(revoke);
  await screen.findAllByText("A role of Exchange gives it; take the role away in Exchange.");
});

test("what the scope's script has still to give is missing in the overview, and no grant brings it", async () => {
  const { user, router } = await openAt("/?org=1", { scoped: "missing" });
  const stage = await screen.findByRole("region", { name: "2 Consent" });
  await within(stage).findByText("2 permissions are up to the access scope's roles");
  expect(within(stage).queryByText("Nothing missing")).toBeNull();
  await router.navigate({ to: "/permissions", search: { org: 1 } });
  const grant = await screen.findByRole("button", { name: "Grant missing…" });
  await screen.findByText("Mail.ReadWrite");
  expect(grant.getAttribute("aria-disabled")).toBe("true");
  await user.hover(grant);
  await screen.findAllByText("What is missing comes from the access scope's script.");
});

test("where roles give all that isn't granted, nothing is missing", async () => {
  await openAt("/?org=1", { scoped: "given" });
  const stage = await screen.findByRole("region", { name: "2 Consent" });
  await within(stage).findByText("Nothing missing");
});

test("a link to the consent dialog opens none where Microsoft's page would make the scope void", async () => {
  const { user, router } = await openAt("/organizations?open=1&tab=%22connectivity%22", { scoped: "missing" });
  await user.click(await screen.findByRole("button", { name: /^Grant consent/ }));
  await screen.findByText(/which Exchange hasn't assigned/);
  expect(router.state.location.pathname).toBe("/permissions");
  expect(router.state.location.search).not.toHaveProperty("grant");
  await router.navigate({ to: "/permissions", search: { org: 1, grant: true } });
  await waitFor(() => expect(router.state.location.search).toHaveProperty("grant"));
  await screen.findByText(/which Exchange hasn't assigned/);
  expect(screen.queryByRole("alertdialog")).toBeNull();
});

test("where roles give the rest and one other is missing, no screen leads to Microsoft's page", async () => {
  const { user, router } = await openAt("/?org=1", { scoped: "rest" });
  const stage = await screen.findByRole("region", { name: "2 Consent" });
  await within(stage).findByText("1 permission missing");
  within(stage).getByRole("button", { name: "Review permissions" });
  await router.navigate({ to: "/organizations", search: { open: 1, tab: "connectivity" } });
  await user.click(await screen.findByRole("button", { name: /^Grant consent/ }));
  const missing = await screen.findByRole("button", { name: "Grant missing…" });
  expect(router.state.location.search).not.toHaveProperty("grant");
  await screen.findByText("Mail.ReadWrite");
  expect(screen.getByRole("button", { name: /^Grant consent/ }).getAttribute("aria-disabled")).toBe("true");
  expect(missing.getAttribute("aria-disabled")).toBeNull();
});

test("a role for others gives nothing to those who are to be reached", async () => {
  await openAt("/permissions?org=1", { scoped: "elsewhere" });
  const row = (await screen.findByText("Mail.ReadWrite")).closest("[role=row]") as HTMLElement;
  within(row).getByText("Others");
  screen.getByText(/which Exchange hasn't assigned for all who are to be reached: Mail\.ReadWrite, Mail\.Send\. Run/);
});

test.each<[string, RolesRead, RegExp]>([
  [
    "the script ran since",
    { kind: "before_change", at: NOW, changed: NOW },
    /^The scope's script was run at .+ read before, at /,
  ],
  [
    "they were read earlier",
    { kind: "earlier", at: NOW, why },
    /^Exchange's roles could not be read again: .+ What was read at /,
  ],
  [
    "they were not read",
    { kind: "unread", why },
    /^What Exchange's roles give is not known: this sign-in has no Role\.Read\.$/,
  ],
  ["nobody told of the script", { kind: "script_untold", at: NOW }, /^Roles of Exchange as read .+ nobody has said /],
])("what roles give isn't known where %s, and that is said", async (_, rolesRead, sentence) => {
  await openAt("/permissions?org=1", { scoped: "untold", rolesRead });
  await screen.findByText(sentence);
  expect(screen.getByRole("button", { name: "Open Access scope" })).toBeTruthy();
});

test("a change that would make the scope void is refused for that, and no role is named as the cure", async () => {
  const { user } = await openAt("/permissions?org=1", { refused: "would_void_scope" });
  await screen.findByText("Mail.ReadWrite");
  await user.click(screen.getByRole("button", { name: "Grant missing…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/they would make that scope void/);
  expect(within(dialog).queryByText(/One of these roles is needed/)).toBeNull();
});

test("a consent that changed nothing says that all was granted before only where it was", async () => {
  const { user } = await openAt("/permissions?org=1", { unchanging: true });
  await user.click(await screen.findByRole("button", { name: /^Grant consent/ }));
  await user.click(await screen.findByLabelText("I have read what Graph can't do for this integration."));
  await user.click(screen.getByText("Open browser to consent"));
  await screen.findByText("Nothing changed");
  expect(screen.queryByText(/all of it was granted before/)).toBeNull();
});

test("what makes a scope void is revoked from the bar that says so, and it says whose scope it is", async () => {
  const { user, door } = await openAt("/permissions?org=1", { scoped: "void" });
  await screen.findByText(/which makes the access scope of Contoso EU void: Mail\./);
  await user.click(screen.getByRole("button", { name: /^Revoke th(at grant|ese \d+ grants)…$/ }));
  await screen.findByRole("alertdialog");
  const asked = door.asked.filter(({ name }) => name === "consent.preview").at(-1)?.question as {
    wanted: { kind: string; permissions: { name: string }[] };
  };
  expect(asked.wanted.kind).toBe("revoke");
  expect(asked.wanted.permissions.length).toBeGreaterThan(0);
  expect(asked.wanted.permissions.every(({ name }) => name.startsWith("Mail"))).toBe(true);
});
