import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, test } from "vitest";
import type { UserQuery } from "../api/bindings";
import { READ } from "../api/fakeWorld";
import { usePreferences } from "../lib/preferences";
import { openAt } from "./app";

const places = [
  ["/", "Overview"],
  ["/?org=1", "Contoso EU"],
  ["/organizations", "Organizations"],
  ["/organizations?open=1", "Organizations"],
  ["/organizations?open=1&tab=%22sessions%22", "Organizations"],
  ["/organizations?open=2&tab=%22waves%22", "Organizations"],
  ["/organizations?create=true", "Organizations"],
  ["/users?org=1", "Users"],
  ["/users?org=1&open=61", "Users"],
  ["/mailboxes?org=1", "Mailbox status"],
  ["/permissions?org=1", "Permissions"],
  ["/verification?org=1", "Verification"],
  ["/verification?org=1&run=118", "Run 118"],
  ["/verification?org=1&run=118&tab=%22problems%22", "Run 118"],
  ["/issues?org=1", "Sync errors"],
  ["/issues?org=1&open=%22out_of_scope%22", "Sync errors"],
  ["/issues?org=1&open=%22out_of_scope%22&users=true", "Sync errors"],
  ["/integrations?open=1", "Integrations"],
  ["/integrations?add=true", "Integrations"],
  ["/settings", "Settings"],
  ["/settings?tab=%22tenants%22", "Settings"],
  ["/settings?tab=%22traffic%22", "Settings"],
  ["/settings?tab=%22journal%22", "Settings"],
  ["/settings?tab=%22about%22", "Settings"],
] as const;

test.each(places)("%s has its heading and no accessibility violation", async (place, heading) => {
  await openAt(place);
  await screen.findByRole("heading", { level: 1, name: heading, hidden: true });
  await waitFor(() => expect(document.querySelector("[aria-busy=true]")).toBeNull());
  const found = await axe.run(document, {
    // The library's focus redirects are hidden and focusable on purpose (microsoft/tabster documents it); contrast is
    // tested on the colours themselves, since nothing is painted here.
    rules: { "color-contrast": { enabled: false } },
    exclude: [["[data-tabster-dummy]"]],
  } as axe.RunOptions & { exclude: string[][] });
  const violations = found.violations.flatMap(({ id, nodes }) =>
    nodes.filter((node) => !node.html.includes("data-tabster-dummy")).map((node) => `${id}: ${node.html}`),
  );
  expect(violations).toEqual([]);
});

test("the first start offers the practice tenant, and opening it leads to the overview", async () => {
  const { user } = await openAt("/", { fresh: true });
  await user.click(await screen.findByRole("button", { name: "Open practice tenant" }));
  await screen.findByRole("heading", { level: 1, name: "Overview" });
  expect(screen.getByText(/Nothing here touches Microsoft 365/)).toBeTruthy();
});

test("a user that passed is told in the words of the manuals", async () => {
  await openAt("/users?org=1&open=1");
  await screen.findByText("Status: Success");
  expect(screen.getByText("Check results: connected successfully")).toBeTruthy();
});

test("a user that was not checked is not said to be unread, nor is one read whose organization is paused", async () => {
  await openAt(`/users?org=3&open=${READ}`);
  const panel = await screen.findByRole("complementary");
  await within(panel).findByText("Access check: Not checked");
  within(panel).getByText(/^The last sync session passed, so the mailbox is read\./);
  await within(panel).findByText("Enabled, paused");
});

test("a user that failed shows cause, remedy, who can fix it, and ids to copy", async () => {
  const { user } = await openAt("/users?org=1&open=61");
  await user.click(await screen.findByRole("tab", { name: "Issues (2)" }));
  const panel = screen.getByRole("complementary");
  expect(within(panel).queryByText("Status: Success")).toBeNull();
  expect(within(panel).getAllByText("Outside the integration's scope").length).toBe(2);
  expect(within(panel).getAllByText("Who can fix it: Exchange Administrator").length).toBe(2);
  expect(within(panel).getAllByRole("button", { name: "Copy Request ID" }).length).toBe(2);
});

test("the grid asks the database to sort and filter, and the address remembers it", async () => {
  const { user, door, router } = await openAt("/users?org=1");
  await screen.findByText("450 users");
  await user.click(screen.getByRole("columnheader", { name: /Last check/ }));
  await user.type(screen.getByPlaceholderText("Filter by name, address, ID or error"), "ada");
  await screen.findByText(/^\d+ of 450$/);
  const last = door.asked.findLast(({ name }) => name === "users.query")?.question as UserQuery;
  expect(last.sort).toEqual({ by: "checked", descending: false });
  expect(last.filter.search).toBe("ada");
  expect(router.state.location.search).toMatchObject({ org: 1, q: "ada", sort: "checked" });
});

// A dialog's parts are looked for by their text: without layout the library can't tell which part of the page it covers.
test("consent waits for the browser, reads back, and only then says so", async () => {
  let consent = () => {};
  const consented = new Promise<void>((done) => {
    consent = done;
  });
  const { user } = await openAt("/permissions?org=1", { step: 1, consented });
  await screen.findByText("6 required: 4 granted, 2 missing. 1 excess.");
  await user.click(screen.getByRole("button", { name: /Grant consent.*Microsoft 365 OAuth \(Graph API\)/ }));
  await user.click(await screen.findByLabelText("I have read what Graph can't do for this integration."));
  await user.click(screen.getByText("Open browser to consent"));
  await screen.findByText("Waiting for the consent in your browser");
  // The page is hidden from assistive technology until the dialog has closed.
  await screen.findByRole("button", { name: "Copy link" });
  expect(screen.queryByText("2 permissions granted"), "nothing is claimed before it was read back").toBeNull();
  consent();
  await screen.findByText("2 permissions granted");
  await screen.findByText("Signed in successfully: Authorized");
  await screen.findByText("6 required: 6 granted, 0 missing. 1 excess.");

  // What was acknowledged once isn't asked again.
  await user.click(screen.getByRole("button", { name: /Grant consent/ }));
  await screen.findByText(/^Acknowledged on .* by admin@contoso\.example$/);
  expect(screen.queryByLabelText("I have read what Graph can't do for this integration.")).toBeNull();
  expect((await screen.findAllByText("Extra: nothing requires it")).length).toBeGreaterThan(0);
});

test("where no browser opens, the link is shown, and that the sign-in can't be kept is said before anybody signs in", async () => {
  const { user } = await openAt("/settings?tab=tenants", {
    step: 1_000,
    signedOut: true,
    unopened: true,
    notKept: "locked",
  });
  await user.click(await screen.findByRole("button", { name: "Sign in" }));
  const waiting = await screen.findByRole("region", { name: "No browser could be opened" });
  within(waiting).getByText("http://localhost:4000/to/1");
  within(waiting).getByText(/Open this link in a browser on this computer.* Rollcall waits until/);
  within(waiting).getByText("This sign-in can't be kept: the keychain is locked.");
  within(waiting).getByText(/To keep it, cancel, unlock the keychain/);
  expect(screen.queryByText(/Waiting for/)).toBeNull();
});

test("a cancelled consent changes nothing and is no error", async () => {
  const { user } = await openAt("/permissions?org=1", { step: 30 });
  await user.click(await screen.findByRole("button", { name: /Grant consent/ }));
  await user.click(await screen.findByLabelText("I have read what Graph can't do for this integration."));
  await user.click(screen.getByText("Open browser to consent"));
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByText("Waiting for the consent in your browser")).toBeNull());
  expect(screen.getByText("Partly authorized")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Copy details for support" })).toBeNull();
});

test("a check says what it will ask, runs live, and ends in results", async () => {
  const { user } = await openAt("/verification?org=1&plan=true");
  await user.click(await screen.findByRole("button", { name: "Check 450 mailboxes" }));
  await screen.findByText("Run 119, checking");
  await screen.findByText("Run 119");
  await waitFor(() => expect(screen.queryByText("Run 119, checking")).toBeNull());
});

test("a paused check can be resumed where it stopped", async () => {
  const { user } = await openAt("/verification?org=1&plan=true", { step: 10 });
  await user.click(await screen.findByRole("button", { name: "Check 450 mailboxes" }));
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  await screen.findByText("Run 119, interrupted");
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await screen.findByText("Run 119, checking");
});

test("a read that fails says what, why and the next step, with a code and a request id", async () => {
  const { user } = await openAt("/issues?org=1", { failing: { "issues.groups": "offline" } });
  await screen.findByText("The network can't be reached.");
  await user.click(screen.getByRole("button", { name: "Details" }));
  expect(screen.getByText("offline")).toBeTruthy();
  expect(screen.getByText("Request ID")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

test("an action that can't run is shown with its reason", async () => {
  await openAt("/verification?org=2");
  const start = (await screen.findAllByRole("button", { name: "Check users' access" }))[0];
  await waitFor(() => expect(start?.getAttribute("aria-disabled")).toBe("true"));
});

test("a secret goes straight to the backend and stays nowhere in the page", async () => {
  const { user, door, client } = await openAt("/integrations?open=1");
  await screen.findByRole("complementary");
  await user.click(screen.getByRole("button", { name: "Set client secret…" }));
  const field = await screen.findByLabelText(/Client secret/, { selector: "input" });
  await user.type(field, "canary-secret");
  await user.click(screen.getByRole("button", { name: "Store secret" }));
  await screen.findByText("Secret stored and accepted by Microsoft Entra");
  expect(door.asked.filter(({ name }) => name === "integrations.set_secret")).toHaveLength(1);
  const cached = JSON.stringify(
    client
      .getQueryCache()
      .getAll()
      .map((query) => [query.queryKey, query.state.data]),
  );
  for (const place of [cached, document.documentElement.outerHTML, JSON.stringify(localStorage)]) {
    expect(place).not.toContain("canary-secret");
  }
});

test("Escape closes the details and gives the focus back to the row", async () => {
  const { user } = await openAt("/users?org=1");
  const cell = await waitFor(() => {
    const found = document.querySelector<HTMLElement>("[data-cell='2:1']");
    if (!found?.textContent) throw new Error("not here yet");
    return found;
  });
  cell.focus();
  await user.keyboard("{Enter}");
  await screen.findByRole("complementary");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement?.getAttribute("data-cell")).toBe("2:1"));
});

test("F6 goes from region to region, Ctrl+K finds a user, ? lists the keys", async () => {
  const { user, router } = await openAt("/users?org=1");
  await screen.findByText("450 users");
  const regions: Array<string | undefined> = [];
  for (let press = 0; press < 5; press += 1) {
    await user.keyboard("{F6}");
    regions.push((document.activeElement?.closest("[data-region]") as HTMLElement | null)?.dataset.region);
  }
  expect(regions).toEqual(["top", "rail", "commands", "filters", "grid"]);
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: "Search or run a command" }), "brandt.1");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(router.state.location.search).toHaveProperty("open"));
});

test("the palette names only keys that there are, and a word of the rail that is to be read isn't repeated", async () => {
  const { user } = await openAt("/users?org=1");
  expect(screen.getByRole("link", { name: "Sync errors" }).hasAttribute("aria-label")).toBe(false);
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("option", { name: /Verification\s*Ctrl\+6/ });
  screen.getByRole("option", { name: /Settings\s*Ctrl\+,/ });
  expect(screen.queryByText("Ctrl+10")).toBeNull();
});

test("a first start doesn't say that there are no organizations before it welcomes", async () => {
  let answer = () => {};
  const tenants = new Promise<void>((settle) => {
    answer = settle;
  });
  const { door, client } = await openAt("/", { fresh: true, held: { "tenants.list": tenants } });
  await waitFor(() => expect(door.asked.some(({ name }) => name === "organizations.list")).toBe(true));
  await waitFor(() => expect(client.isFetching({ queryKey: ["organizations.list"] })).toBe(0));
  expect(screen.queryByText("No organizations yet")).toBeNull();
  answer();
  await screen.findByRole("heading", { level: 1, name: /Welcome/ });
});

test("what sync sessions fail with is no check", async () => {
  await openAt("/?org=2", { sessionsFailed: 3 });
  await screen.findByRole("heading", { level: 1, name: "Contoso US" });
  await screen.findByText("Not checked yet");
  await screen.findByText("3 users with open issues");
  expect(screen.queryByText("3 failed")).toBeNull();
  await screen.findByText("No check has run yet: these failed in sync sessions.");
  await screen.findByText("Mailbox status, by the last sync sessions");
});

test("theme and density are kept", async () => {
  const { user, door } = await openAt("/settings");
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  await user.click(screen.getByRole("radio", { name: "Compact" }));
  expect(usePreferences.getState()).toMatchObject({ theme: "dark", density: "compact" });
  await waitFor(() => expect(door.asked.filter(({ name }) => name === "settings.set")).toHaveLength(2));
  expect(door.asked.findLast(({ name }) => name === "settings.set")).toEqual({
    name: "settings.set",
    question: { theme: "dark", density: "compact", resume: "on_click", leave_to_integration: 25 },
  });
  usePreferences.setState({ theme: "system", density: "comfortable" });
});

test("what the engine draws itself has the colours of the chosen theme", async () => {
  await openAt("/settings", { settings: { theme: "dark" } });
  await waitFor(() => expect(document.documentElement.style.colorScheme).toBe("dark"));
  usePreferences.setState({ theme: "system" });
});
