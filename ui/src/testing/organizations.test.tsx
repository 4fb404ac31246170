import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { stop, useWorks, isLive } from "../api/work";
import { barsOf } from "../features/organizations/figures";
import { openAt } from "./app";

// Sessions outlive their page, and must not tell the next test how far they are.
afterEach(async () => {
  const works = () => Object.values(useWorks.getState().all);
  for (const { key } of works()) stop(key);
  await waitFor(() => expect(works().some(isLive)).toBe(false));
});

async function openSessions(options: Parameters<typeof openAt>[1] = {}, organization = 1) {
  return openAt(`/organizations?open=${organization}&tab=%22sessions%22`, options);
}

test("sessions are paused and started, and the panel says which", async () => {
  const { user, door } = await openSessions();
  await screen.findByText("Started");
  await user.click(screen.getByRole("button", { name: "Pause sessions" }));
  await screen.findByText("Paused");
  await user.click(screen.getByRole("button", { name: "Start sessions" }));
  await screen.findByText("Started");
  expect(door.asked.filter(({ name }) => name === "sync.pause").map(({ question }) => question)).toEqual([
    { organization: 1, paused: true },
    { organization: 1, paused: false },
  ]);
});

test("sessions are run for everybody with progress, and what they came to is told", async () => {
  const { user, door } = await openSessions({ step: 10 });
  await user.click(await screen.findByRole("button", { name: "Run now: everybody" }));
  await screen.findByRole("region", { name: "Running sync sessions" });
  await screen.findByText("Sessions of Contoso EU ended");
  // A toast is also announced, so it is there twice.
  expect(screen.getAllByText(/\d+ passed, \d+ failed, \d+ unknown\. 3 mailboxes became initialized\./)).not.toEqual([]);
  expect(door.asked.find(({ name }) => name === "sync.run")?.question).toEqual({
    organization: 1,
    whose: { kind: "everybody" },
  });
});

test("who waits for a wave is told apart from who is read, before and after sessions", async () => {
  const { user } = await openSessions({ step: 10, waiting: 7 });
  const waits = await screen.findByText("Left alone until their wave starts");
  expect(waits.parentElement?.textContent).toMatch(/starts7$/);
  await user.click(screen.getByRole("button", { name: "Run now: everybody" }));
  await screen.findByText("Sessions of Contoso EU ended");
  const left = / 7 users were left alone: their wave of the rollout plan has not started\.$/;
  expect(screen.getAllByText(left)).not.toEqual([]);
});

test("where everybody waits for a wave, sessions say that nobody was read", async () => {
  const { user } = await openSessions({ step: 10, users: [3, 1, 1], waiting: 3 });
  await user.click(await screen.findByRole("button", { name: "Run now: everybody" }));
  await screen.findByText("Nobody in Contoso EU was read");
  expect(screen.getAllByText(/^3 users were left alone/)).not.toEqual([]);
});

test("sessions that are stopped say that the rest is due still", async () => {
  const { user } = await openSessions({ step: 60 });
  await user.click(await screen.findByRole("button", { name: "Run now: everybody" }));
  await user.click(await screen.findByRole("button", { name: "Stop" }));
  await screen.findByText("Sessions of Contoso EU were cut short; the rest is due still");
});

test("each outcome leads to the users it counts", async () => {
  const { user, router } = await openSessions();
  const last = await screen.findByRole("list", { name: "Users by their last session" });
  await user.click(within(last).getByRole("button", { name: /^Failed/ }));
  await screen.findByRole("heading", { level: 1, name: "Users" });
  expect(router.state.location.search).toMatchObject({ org: 1, session: "failed" });
});

test("stuck switches lead to exactly those users", async () => {
  const { user, door } = await openSessions();
  await user.click(await screen.findByRole("button", { name: /stuck switch/ }));
  await screen.findByRole("heading", { level: 1, name: "Users" });
  await screen.findByText(/^\d+ of 450$/);
  const last = door.asked.findLast(({ name }) => name === "users.query")?.question;
  expect(last).toMatchObject({ filter: { organization: 1, mailbox: ["switching"] } });
  expect((last as { filter: { mailbox_before: number } }).filter.mailbox_before).toBeLessThan(Date.now() - 7_000_000);
});

test("what keeps everybody from being read is told in words, with its code", async () => {
  const { user } = await openSessions({ halt: "wrong_secret" });
  await screen.findByText("Nobody can be read. The client secret is wrong.");
  await user.click(screen.getByRole("button", { name: "Details" }));
  screen.getByText("wrong_secret");
});

test("the chart has a bar for each hour or day, and a table says the same", async () => {
  const { user, door } = await openSessions();
  const chart = await screen.findByRole("img", { name: /^Sessions of the last 1 day, by hour: / });
  expect(chart.querySelectorAll("[data-bar]")).toHaveLength(24);
  await user.click(screen.getByRole("radio", { name: "7 days" }));
  const week = await screen.findByRole("img", { name: /^Sessions of the last 7 days, by day: / });
  expect(week.querySelectorAll("[data-bar]")).toHaveLength(7);
  expect(door.asked.findLast(({ name }) => name === "sync.figures")?.question).toEqual({ organization: 1, days: 7 });
  const disclosure = screen.getByRole("button", { name: "As a table" });
  expect(disclosure.getAttribute("aria-expanded")).toBe("false");
  await user.click(disclosure);
  const table = await screen.findByRole("table");
  expect(
    within(table)
      .getAllByRole("columnheader")
      .map((head) => head.textContent),
  ).toEqual(["When", "Passed", "Unknown", "Failed", "Items changed or gone", "Average session"]);
  expect(within(table).getAllByRole("row").length).toBeGreaterThan(6);
});

test("an hour without sessions is a gap and not left out", () => {
  const now = Date.UTC(2026, 10, 20, 13, 30);
  const hour = { passed: 3, failed: 1, unknown: 0, changed: 5, removed: 1, requests: 9, took: 4_000 };
  const bars = barsOf([{ ...hour, from: Date.UTC(2026, 10, 20, 11) }], 1, now);
  expect(bars.map((bar) => bar.passed)).toEqual([...Array(21).fill(0), 3, 0, 0]);
  expect(bars[21]?.items).toBe(6);
});

test("a rhythm that is not allowed says what is, and is not sent", async () => {
  const { user, door } = await openSessions();
  const minutes = await screen.findByRole("spinbutton", { name: "Minutes between two sessions of a user" });
  await user.clear(minutes);
  await user.type(minutes, "4");
  await screen.findByText("A whole number between 5 and 1,440.", { selector: "[class*=validation] *, [role=alert]" });
  await user.type(minutes, "5{enter}");
  await screen.findByText("Rhythm saved");
  expect(door.asked.filter(({ name }) => name === "organizations.change").map(({ question }) => question)).toEqual([
    { organization: 1, name: null, access: null, sync: null, every_minutes: 45, failures: 5 },
  ]);
  await screen.findByText("Each user is read every 45 minutes while Rollcall is open.");
});

test("kept sessions are exported, and the notice names the file", async () => {
  const { user } = await openSessions();
  await user.click(await screen.findByRole("button", { name: "Export sessions" }));
  await screen.findByText("Downloads/Sync sessions of Contoso EU.csv");
});

async function chooseRows(user: Awaited<ReturnType<typeof openAt>>["user"], names: readonly string[]) {
  for (const name of names) {
    const row = await screen.findByRole("row", { name: new RegExp(name) });
    await user.click(within(row).getAllByRole("gridcell")[0] as HTMLElement);
  }
}

test("the list has the columns of a rollout, and its small bar has words", async () => {
  await openAt("/organizations");
  const grid = await screen.findByRole("grid", { name: "Organizations" });
  await within(grid).findByText("Contoso EU");
  expect(
    within(grid)
      .getAllByRole("columnheader")
      .map((head) => head.textContent),
  ).toEqual([
    "Select all",
    "Name",
    "External ID",
    "Integration",
    "Mailbox access type",
    "Users",
    "Mailboxes",
    "Synchronization",
    "Last session",
    "Stage",
    "App access",
    "Last check",
  ]);
  expect(within(grid).getByRole("img", { name: /^\d+ Initialized, \d+ Switching, / })).toBeTruthy();
  expect(within(grid).getAllByText("Enabled"), "two are read").toHaveLength(2);
  within(grid).getByText("Enabled, paused");
});

test("organizations are filtered, ordered and exported as they are shown", async () => {
  const { user, door } = await openAt("/organizations");
  await screen.findByText("3 of 3");
  await user.click(screen.getByRole("columnheader", { name: /^Users/ }));
  await user.click(screen.getByRole("columnheader", { name: /^Users/ }));
  await user.type(screen.getByPlaceholderText("Filter by name or External ID"), "-01");
  await screen.findByText("2 of 3");
  await user.click(screen.getByRole("button", { name: "Export" }));
  await screen.findByText("Downloads/Organizations.csv");
  expect(door.asked.find(({ name }) => name === "organizations.export")?.question).toEqual({
    organizations: [1, 2],
    columns: [
      "name",
      "external_id",
      "integration",
      "access",
      "users",
      "statuses",
      "sync",
      "session",
      "stage",
      "consent",
      "checked",
    ],
  });
});

test("several are disabled at once, and those that were so already are untouched by name", async () => {
  const { user, door } = await openAt("/organizations");
  await chooseRows(user, ["Lab"]);
  await user.click(screen.getByRole("button", { name: "Disable synchronization…" }));
  const first = await screen.findByRole("alertdialog", { name: "Disable synchronization of 1 organization?" });
  within(first).getByText("Lab: 25 users are not read any more.");
  await user.click(within(first).getByRole("button", { name: "Disable 1 organization" }));
  await screen.findByText("1 organization disabled");

  await chooseRows(user, ["Contoso EU", "Contoso US", "Lab"]);
  await user.click(screen.getByRole("button", { name: "Disable synchronization…" }));
  const second = await screen.findByRole("alertdialog", { name: "Disable synchronization of 2 organizations?" });
  within(second).getByText("Lab: It is like that already.");
  await user.click(within(second).getByRole("button", { name: "Disable 2 organizations" }));
  const result = await screen.findByRole("alertdialog", { name: "2 done, 0 failed, 1 untouched" });
  within(result).getByText("Lab is untouched: It is like that already.");
  expect(door.asked.filter(({ name }) => name === "organizations.change")).toHaveLength(3);
});

test("an organization with users is deleted only by force, after its numbers were shown and its name typed", async () => {
  const { user, door } = await openAt("/organizations?open=1");
  await screen.findByRole("complementary");
  await user.click(screen.getByRole("button", { name: "Delete…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Delete 1 organization?" });
  await within(dialog).findByText(
    /^Contoso EU: It stays\. Remove the organization's users first\. 450 users, \d+ of them initialized or switching, 2 runs, check results of 450 users, 450 sync sessions$/,
  );
  await user.click(within(dialog).getByRole("switch", { name: "Also those that have users, with all their users" }));
  const remove = () => within(dialog).getByRole("button", { name: "Delete 1 organization with its users" });
  expect(remove().getAttribute("aria-disabled")).toBe("true");
  await user.type(within(dialog).getByRole("textbox", { name: "To confirm, type: Contoso EU" }), "Contoso EU");
  await user.click(remove());
  await screen.findByText("1 organization deleted");
  expect(door.asked.find(({ name }) => name === "organizations.delete")?.question).toEqual({
    organization: 1,
    force: true,
    expected: 450,
  });
  await screen.findByText("2 of 2");
});

test("one that fails is told with the reason, and holds the others up not at all", async () => {
  const { user } = await openAt("/organizations", { undeletable: 2 });
  await chooseRows(user, ["Contoso EU", "Contoso US", "Lab"]);
  await user.click(within(screen.getByRole("toolbar", { name: "Selection" })).getByRole("button", { name: "Delete…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Delete 3 organizations?" });
  await user.click(await within(dialog).findByRole("switch"));
  await user.type(within(dialog).getByRole("textbox"), "delete 3 organizations");
  await user.click(within(dialog).getByRole("button", { name: "Delete 3 organizations with their users" }));
  const result = await screen.findByRole("alertdialog", { name: "2 done, 1 failed, 0 untouched" });
  within(result).getByText(/^Contoso US failed: The network can't be reached\./);
  await user.click(within(result).getByRole("button", { name: "Close" }));
  await screen.findByText("1 of 1");
});

test("sync sessions that the end of the program cut off are told once at the next start", async () => {
  const { door, user } = await openAt("/organizations", { cutOffPass: "Contoso EU" });
  await screen.findByText("Sync sessions of Contoso EU were cut off");
  // A toast is also announced, so it is there twice.
  expect(screen.getAllByText(/120 of 450 users were read, which is kept/)).not.toEqual([]);
  expect(door.asked.filter(({ name }) => name === "sync.cut_off")).toHaveLength(1);
  // It stands where one looks afterwards, and says what becomes of the rest as things are.
  await user.click(screen.getByRole("button", { name: /^Activity/ }));
  await screen.findByText("Cut off by the end of Rollcall");
  expect(screen.queryByText("Nothing has run since Rollcall was opened.")).toBeNull();
  await user.keyboard("{Escape}");
  await user.click(await screen.findByText("Contoso EU", { selector: "[role=gridcell] *, [role=gridcell]" }));
  const panel = await screen.findByRole("complementary", { name: "Contoso EU" });
  await user.click(within(panel).getByRole("tab", { name: "Sync sessions" }));
  await within(panel).findByText(/The rest are read when they are due, while Rollcall is open/);
  await user.click(within(panel).getByRole("button", { name: "Pause sessions" }));
  await within(panel).findByText(/Sessions are paused, so the rest wait until somebody starts or runs them/);
  await user.click(within(panel).getByRole("button", { name: "Run now: everybody" }));
  await within(panel).findByText(/These were asked for\. By themselves none begin: sessions are paused since/);
  await waitFor(() => expect(within(panel).queryByText(/were cut off/)).toBeNull());
});

test("cut-off sessions are told though nothing else of their organization can be read", async () => {
  await openAt("/settings", { cutOffPass: "Contoso EU", failing: { "organizations.list": "internal" } });
  await screen.findByText("Sync sessions of Contoso EU were cut off");
  expect(screen.getAllByText(/120 of 450 users were read, which is kept/)).not.toEqual([]);
});

test("the ribbon leads whoever has not signed in to the sign-in, and sets the examples up for whoever has", async () => {
  const first = await openAt("/", { signedOut: true });
  await first.user.click(await screen.findByRole("button", { name: "Sign in to set up two example organizations" }));
  await screen.findByText(/It asks for no password: choose the admin there/);
  expect(first.router.state.location.search).toMatchObject({ tab: "tenants" });
  cleanup();

  const { user, door } = await openAt("/");
  await user.click(await screen.findByRole("button", { name: "Set up two example organizations" }));
  await screen.findByRole("heading", { level: 1, name: "Organizations" });
  expect(door.asked.find(({ name }) => name === "practice.examples")?.question).toEqual({ tenant: 1 });
});

test("after a new start the ribbon says what it ended, leads to the sign-in, and sets the examples up again", async () => {
  const first = await openAt("/", { signedOut: true, examples: "forgotten" });
  const ribbon = await screen.findByRole("region", { name: "Practice tenant" });
  await within(ribbon).findByText(/It starts anew with Rollcall: sign in, consent and check again\./);
  await first.user.click(within(ribbon).getByRole("button", { name: "Sign in to the practice tenant" }));
  await screen.findByText(/nobody is signed in, nothing is granted, nothing was checked/);
  cleanup();

  const { user, door } = await openAt("/", { examples: "forgotten" });
  expect(screen.queryByText(/It starts anew with Rollcall: sign in/)).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Set up the example organizations again" }));
  await screen.findByRole("heading", { level: 1, name: "Organizations" });
  expect(door.asked.some(({ name }) => name === "practice.examples")).toBe(true);
  cleanup();

  await openAt("/", { examples: "whole" });
  await screen.findByRole("region", { name: "Practice tenant" });
  await screen.findByRole("heading", { level: 1 });
  expect(screen.queryByRole("button", { name: /example organizations/ })).toBeNull();
});

test("examples that could be set up only in part say so, and the button goes on", async () => {
  const { user } = await openAt("/", { failing: { "practice.examples": "offline" } });
  await user.click(await screen.findByRole("button", { name: "Set up two example organizations" }));
  await screen.findByText(/What was set up so far stays\. The same button goes on from there\./);
  await screen.findByRole("button", { name: "Set up the example organizations again" });
});

test("what is deleted, typed and told has the same number, also where only one of two can go", async () => {
  const { user } = await openAt("/organizations", { users: [450, 30, 0] });
  await chooseRows(user, ["Contoso US", "Lab"]);
  await user.click(within(screen.getByRole("toolbar", { name: "Selection" })).getByRole("button", { name: "Delete…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Delete 1 organization?" });
  within(dialog).getByRole("textbox", { name: "To confirm, type: Lab" });
  within(dialog).getByRole("button", { name: "Delete 1 organization" });
  await user.click(within(dialog).getByRole("switch"));
  await screen.findByRole("alertdialog", { name: "Delete 2 organizations?" });
  within(dialog).getByRole("textbox", { name: "To confirm, type: delete 2 organizations" });
  within(dialog).getByRole("button", { name: "Delete 2 organizations with their users" });
});

test("before sessions are started it is told that consent is missing", async () => {
  const { user, door } = await openAt("/organizations");
  await door.call("sync.pause", { organization: 1, paused: true }, {});
  await screen.findByText("Enabled, paused");
  await chooseRows(user, ["Contoso EU"]);
  await user.click(
    within(screen.getByRole("toolbar", { name: "Selection" })).getByRole("button", { name: "Start sessions…" }),
  );
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/Each user is read every 30 minutes.+ A part of the consent is missing/);
});

test("an organization without users offers to import some", async () => {
  const { user, router } = await openAt("/organizations?open=3", { users: [450, 30, 0] });
  const panel = await screen.findByRole("complementary");
  expect(within(panel).queryByRole("button", { name: "Open users" })).toBeNull();
  await user.click(within(panel).getByRole("button", { name: "Import users" }));
  await screen.findByRole("dialog", { name: "Import users into Lab" });
  expect(router.state.location.search).toMatchObject({ org: 3 });
});
