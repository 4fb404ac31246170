import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Action } from "../api/bindings";
import type { FakeOptions } from "../api/fakeDesk";
import { openAt } from "./app";

test("a switch says what it does and what Graph can't do, waits for the tick, and concerns only whom was shown", async () => {
  const { user, door } = await openAt("/users?org=2");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: "Switch to Graph…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Switch 1 user to Graph?" });
  await within(dialog).findByText("1 user: EWS (app-only) becomes Graph (app-only).");
  await within(dialog).findByRole("heading", { name: "What Graph can't do for this integration" });
  const go = within(dialog).getByRole("button", { name: "Switch 1 user" });
  expect(go.getAttribute("aria-disabled")).toBe("true");
  await user.click(within(dialog).getByRole("checkbox", { name: /I have read/ }));
  await waitFor(() => expect(go.getAttribute("aria-disabled")).not.toBe("true"));
  await user.click(go);
  await screen.findByText("1 user: switch to Graph begun");
  const asked = door.asked.map(({ name }) => name);
  expect(asked.indexOf("organizations.acknowledge")).toBeLessThan(asked.indexOf("users.act"));
  expect(door.asked.findLast(({ name }) => name === "users.act")?.question).toMatchObject({
    action: { kind: "switch", at_once: false, not_ready: false },
    expected: { users: 1 },
  });
});

test("a switch that waits for the change window can be done now all the same, and the panel says until when it waits", async () => {
  const { user, door } = await openAt("/users?org=2", { queued: 30 });
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  const inTime = () => within(bar).getByRole("button", { name: "Switch to Graph…" });
  await waitFor(() => expect(inTime().getAttribute("aria-disabled")).toBe("true"));
  await user.hover(inTime());
  await screen.findAllByText(/The switch waits for the change window\. More has what doesn't wait/);
  await user.click(within(bar).getByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Switch now, outside the change window…" }));
  const dialog = await screen.findByRole("alertdialog", {
    name: "Switch 1 user to Graph now, outside the change window?",
  });
  await user.click(await within(dialog).findByRole("checkbox", { name: /I have read/ }));
  await user.click(within(dialog).getByRole("button", { name: "Switch 1 user now" }));
  await screen.findByText("1 user: switch to Graph begun");
  expect(door.asked.findLast(({ name }) => name === "users.act")?.question).toMatchObject({
    action: { kind: "switch", at_once: true },
  });
  cleanup();
  await openAt("/users?org=2&open=451", { queued: 30 });
  const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
  const named = await within(panel).findByText("Switch begins");
  within(named.parentElement as HTMLElement).getByText(/\d{4}.*, while Rollcall is open/);
});

/** Ticks the first user of Contoso US and opens the dialog that switches it. */
async function switching(options: FakeOptions) {
  const opened = await openAt("/users?org=2", options);
  await opened.user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await opened.user.click(within(bar).getByRole("button", { name: "Switch to Graph…" }));
  return { ...opened, dialog: await screen.findByRole("alertdialog", { name: "Switch 1 user to Graph?" }) };
}

test("whoever isn't ready is switched when that is ticked, and what is shown stays until that is looked at", async () => {
  let looked = () => {};
  const held: NonNullable<FakeOptions["held"]> = {};
  const { user, door } = await openAt("/users?org=2&open=451", { notReady: 30, held });
  const bar = await screen.findByRole("toolbar", { name: "Actions for this user" });
  await user.click(within(bar).getByRole("button", { name: "Switch to Graph…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(
    /^1 can't: The mailbox isn't ready by the eligibility check\. On-premises mailbox\.$/,
  );
  within(dialog).getByText("Nobody changes.");
  within(dialog).getByText("Switch 1 user to Graph?");
  held["users.foresee"] = new Promise((resolve) => {
    looked = resolve;
  });
  const all = () => within(dialog).getByRole("checkbox", { name: "Also switch those that aren't ready" });
  const before = all();
  await user.click(before);
  expect(all()).toBe(before);
  expect(document.activeElement).toBe(before);
  within(dialog).getByText(/^1 can't/);
  const go = within(dialog).getByRole("button", { name: "Switch 1 user" });
  await user.hover(go);
  await screen.findAllByText("Looking at what this would do…");
  await user.click(go);
  expect(door.asked.some(({ name }) => name === "users.act")).toBe(false);
  looked();
  await user.click(await within(dialog).findByRole("checkbox", { name: /I have read/ }));
  expect(within(dialog).queryByText(/^1 can't/)).toBeNull();
  await user.click(go);
  await screen.findByText("1 user: switch to Graph begun");
  expect(door.asked.findLast(({ name }) => name === "users.act")?.question).toMatchObject({
    action: { kind: "switch", at_once: false, not_ready: true },
    expected: { users: 1 },
  });
});

test("where every switch waits for the change window, that is what is told, and not that nobody is done", async () => {
  const { user, dialog } = await switching({ shut: true });
  await within(dialog).findByText(/^1 switch waits for the change window, which opens at /);
  await user.click(await within(dialog).findByRole("checkbox", { name: /I have read/ }));
  await user.click(within(dialog).getByRole("button", { name: "Switch 1 user" }));
  await screen.findByText("1 switch waits for the change window.");
  expect(screen.queryByText(/0 users?: switch/)).toBeNull();
});

test("how many an action is for stands in its question from the start", async () => {
  const { user } = await openAt("/users?org=2");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: /Select (all|the) \d+ matching/ }));
  await user.click(within(bar).getByRole("button", { name: "Move…" }));
  await screen.findByRole("alertdialog", { name: "Move 30 users?" });
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await user.click(await within(bar).findByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Put into a wave…" }));
  await screen.findByRole("alertdialog", { name: "Put 30 users into another wave" });
});

test("all that match can be acted on, and who is refused is named with the reason", async () => {
  const { user, door } = await openAt("/users?org=1&kind=user");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: /Select (all|the) \d+ matching/ }));
  await user.click(within(bar).getByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/can't: The mailbox is initialized/);
  await user.click(within(dialog).getByRole("button", { name: /^Remove \d+ user/ }));
  const result = await screen.findByRole("alertdialog", { name: /^\d+ users? removed, \d+ refused$/ });
  const refused = within(result).getByText(/^\d+ users: The mailbox is initialized/);
  expect(refused.textContent).toMatch(/@contoso\.example, .+ … and \d+ more\.$/);
  within(result).getByRole("button", { name: "Copy who was refused" });
  expect(door.asked.findLast(({ name }) => name === "users.act")?.question).toMatchObject({
    users: { by: "filter_but", of: { filter: { kind: ["user"], organization: 1 }, but: [] } },
  });
});

test("a user whose wave has not started is read when it starts", async () => {
  for (const [waiting, next] of [
    [0, /\d{4}/],
    [450, "When its wave of the rollout plan starts"],
  ] as const) {
    await openAt("/users?org=1&open=61", { waiting });
    const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
    const named = await within(panel).findByText("Next session");
    within(named.parentElement as HTMLElement).getByText(next);
    cleanup();
  }
});

test("a user's panel tells what happened, the sessions, and copies a diagnostic", async () => {
  const { user } = await openAt("/users?org=1&open=61");
  const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
  await user.click(await within(panel).findByRole("tab", { name: "Timeline" }));
  await within(panel).findByText("Switch to Graph (app-only) begun");
  await within(panel).findByText("Brought in");
  await user.click(within(panel).getByRole("tab", { name: "Sessions" }));
  await within(panel).findByRole("region", { name: "Session 1" });
  await within(panel).findAllByText(/Outside the integration's scope|scope/);
  expect(within(panel).getByRole("button", { name: "Copy diagnostic" })).toBeTruthy();
});

test("a change window is set with its days, hours and zone, and a time that is none is said to be", async () => {
  const { user, door } = await openAt("/organizations?open=2");
  await user.click(await screen.findByRole("tab", { name: "Email configuration" }));
  await screen.findByText("None: users are switched at once.");
  await user.click(screen.getByRole("button", { name: "Set change window…" }));
  const dialog = await screen.findByRole("dialog", { name: "Change window of Contoso US" });
  const from = within(dialog).getByRole("textbox", { name: "From" });
  await user.clear(from);
  await user.type(from, "25:00");
  await within(dialog).findByText("A time of day is written as 19:00.");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(door.asked.some(({ name }) => name === "organizations.set_window")).toBe(false);
  await user.clear(from);
  await user.type(from, "18:30");
  await user.click(within(dialog).getByRole("checkbox", { name: "Sat" }));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await screen.findByText(/Mon, Tue, Wed, Thu, Fri, Sat, 18:30 to 06:00/);
});

test("an access type that leads from EWS to Graph says that whoever is there has to be switched", async () => {
  const { user, door } = await openAt("/organizations?open=2");
  await user.click(await screen.findByRole("tab", { name: "Email configuration" }));
  await user.click(await screen.findByRole("combobox", { name: "Mailbox access type" }));
  await user.click(await screen.findByRole("option", { name: "Graph (app-only)" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Change Contoso US?" });
  await within(dialog).findByText(
    /for users who come from now on\. Whoever is on EWS stays there until it is switched/,
  );
  await user.click(within(dialog).getByRole("button", { name: "Change" }));
  await waitFor(() => expect(door.asked.some(({ name }) => name === "organizations.change")).toBe(true));
});

test("where nobody of the selected can be switched, the switch is dimmed and says why", async () => {
  const { user } = await openAt("/users?org=1&mailbox=initialized");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  const offered = () => within(bar).getByRole("button", { name: "Switch to Graph…" });
  await waitFor(() => expect(offered().getAttribute("aria-disabled")).toBe("true"));
  await user.hover(offered());
  await screen.findAllByText("Reached over Graph already, or about to be.");
});

test("a rare filter is chosen behind one pill and stands in the row while it is set", async () => {
  const { user, router } = await openAt("/users?org=1");
  const filters = await screen.findByLabelText("Filters");
  expect(within(filters).queryByText("Mailbox kind")).toBeNull();
  within(filters).getByRole("button", { name: "More filters" }).focus();
  await user.keyboard("{Enter}");
  (await screen.findByRole("menuitem", { name: "Mailbox kind" })).focus();
  await user.keyboard("{ArrowRight}");
  await user.click(await screen.findByRole("menuitemradio", { name: "Guest" }));
  await within(filters).findByText("Mailbox kind: Guest");
  expect(router.state.location.search).toMatchObject({ kind: "guest" });
  await user.click(within(filters).getByRole("button", { name: "Remove filter Mailbox kind" }));
  await waitFor(() => expect(within(filters).queryByText(/Mailbox kind/)).toBeNull());
});

test("a user's connectivity is checked from its details, which show what each workload answers", async () => {
  const { user, door } = await openAt("/users?org=1&open=61");
  const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
  await user.click(await within(panel).findByRole("button", { name: "Check connectivity" }));
  expect(within(panel).getByRole("tab", { name: "Checks" }).getAttribute("aria-selected")).toBe("true");
  await within(panel).findAllByRole("button", { name: "Copy Request ID" });
  expect(door.asked.find(({ name }) => name === "verify.start")?.question).toEqual({
    organization: 1,
    which: { kind: "users", users: [61] },
  });
});

test("a check that is refused is told beside its user only, and one that can't be begun says why", async () => {
  const { user, door, router } = await openAt("/users?org=1&open=61", { failing: { "verify.start": "offline" } });
  await user.click(await screen.findByRole("button", { name: "Check connectivity" }));
  const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
  await within(panel).findByText("The network can't be reached.");
  const before = within(panel).getByRole("heading", { level: 2 }).textContent;
  await router.navigate({ to: "/users", search: { org: 1, open: 62 } });
  await waitFor(() => expect(within(panel).getByRole("heading", { level: 2 }).textContent).not.toBe(before));
  expect(within(panel).queryByText("The network can't be reached.")).toBeNull();
  expect(door.asked.filter(({ name }) => name === "verify.start")).toHaveLength(1);
  cleanup();

  const again = await openAt("/users?org=1&open=61", { step: 60_000 });
  const button = await screen.findByRole("button", { name: "Check connectivity" });
  await again.user.click(button);
  await waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  await again.user.hover(button);
  await screen.findAllByText("A run of this organization is under way.");
});

test("whoever is like that already is told beside those who are done", async () => {
  const { user } = await openAt("/users?org=1&kind=user");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: /Select (all|the) \d+ matching/ }));
  await user.click(within(bar).getByRole("button", { name: "Switch to Graph…" }));
  const dialog = await screen.findByRole("alertdialog");
  await user.click(await within(dialog).findByLabelText(/^I have read/));
  await user.click(await within(dialog).findByText(/^Switch \d+ users?$/));
  await screen.findByText(/^\d+ users?: switch to Graph begun$/);
  await screen.findByText(/^\d+ are like that already\.$/);
});

test("a user's details say where the access type comes from, what is licensed, and what sessions came to", async () => {
  const { user } = await openAt("/users?org=1&open=61");
  const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
  await within(panel).findByText("Graph (app-only), set on the organization");
  within(panel).getByText("Exchange Online");
  await user.click(within(panel).getByRole("tab", { name: "Sessions" }));
  await within(panel).findByText(/^\d+ sessions? kept: \d+ passed, \d+ failed, \d+ unknown; .+ on average\.$/);
});

test("in the middle of a switch, what keeps it from ending is shown with what to do", async () => {
  const { user } = await openAt("/users?org=2&open=451", { sessionsFailed: 30 });
  const bar = await screen.findByRole("toolbar", { name: "Actions for this user" });
  await user.click(within(bar).getByRole("button", { name: "Switch to Graph…" }));
  const dialog = await screen.findByRole("alertdialog");
  await user.click(await within(dialog).findByRole("checkbox", { name: /I have read/ }));
  await user.click(within(dialog).getByRole("button", { name: "Switch 1 user" }));
  const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
  await user.click(await within(panel).findByRole("tab", { name: /^Issues \([1-9]/ }));
  await within(panel).findByText("Cancelled: connection type is being switched");
  expect(within(panel).getAllByText("Failed").length).toBeGreaterThan(0);
  expect(within(panel).getAllByText(/^Who can fix it/).length).toBeGreaterThan(0);
});

test("what the end of the program has cut off is told at the next start as not done", async () => {
  const since = Date.UTC(2026, 10, 12);
  await openAt("/settings", { cutOffActions: [{ action: { kind: "reset" }, users: 8000, since }] });
  await screen.findByText(/^Not done: Reset mailbox.* for 8.?000 users$/);
  await screen.findAllByText(/Nobody was changed: do it again if it is still meant\.$/);
});

test("a question's numbers are of one answer, stay while the store changes, and are asked anew when others are meant", async () => {
  const failing: NonNullable<FakeOptions["failing"]> = {};
  const { user, door } = await openAt("/users?org=1&mailbox=initialized", { failing });
  await user.click(await screen.findByRole("columnheader", { name: "Select all" }));
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove…" }));
  const dialog = await screen.findByRole("alertdialog");
  const stays = await within(dialog).findByText(/^\d+ can't: The mailbox is initialized/);
  const [n = ""] = /^\d+/.exec(stays.textContent ?? "") ?? [];
  screen.getByRole("alertdialog", { name: `Remove ${n} users?` });
  within(dialog).getByRole("button", { name: `Remove ${n} users` });
  const looked = () => door.asked.filter(({ name }) => name === "users.foresee").length;
  const before = looked();
  await door.call("users.act", { users: { by: "ids", of: [1, 2, 3] }, action: { kind: "exclude" } }, {});
  await waitFor(() => expect(door.asked.filter(({ name }) => name === "users.query").length).toBeGreaterThan(1));
  expect(looked()).toBe(before);
  failing["users.act"] = "changed";
  await user.click(within(dialog).getByRole("switch"));
  const phrase = await within(dialog).findByLabelText(`To confirm, type: remove ${Number(n) - 3} users`);
  await user.type(phrase, `remove ${Number(n) - 3} users`);
  await user.click(within(dialog).getByRole("button", { name: `Remove ${Number(n) - 3} users` }));
  await within(dialog).findByText("Others are meant by now.");
});

test("whoever came into the filter after the look is not acted on unseen, though as many are meant", async () => {
  const { user, door } = await openAt("/users?org=2&mailbox=switching");
  const put = (of: number[], action: Action) => door.call("users.act", { users: { by: "ids", of }, action }, {});
  const atOnce = { kind: "switch", at_once: true, not_ready: true } as const;
  await put([451, 452], atOnce);
  await user.click(await screen.findByRole("columnheader", { name: "Select all" }));
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Exclude…" }));
  const dialog = await screen.findByRole("alertdialog");
  const go = await within(dialog).findByRole("button", { name: /^Exclude \d+ mailboxes$/ });
  const shown = go.textContent ?? "";
  await put([451], { kind: "exclude" });
  await put([453], atOnce);
  await user.click(go);
  await within(dialog).findByText("Others are meant by now.");
  expect(within(dialog).getByRole("button", { name: shown })).toBe(go);
  await waitFor(() => expect(go.getAttribute("aria-disabled")).not.toBe("true"));
  await user.click(go);
  await screen.findByText(`${/\d+/.exec(shown)?.[0]} mailboxes excluded`);
});

test("many users are removed only when their number was typed, few at once", async () => {
  const { user, door } = await openAt("/users?org=1");
  await user.click(await screen.findByRole("columnheader", { name: "Select all" }));
  const bar = () => screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(await bar()).getByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove…" }));
  const dialog = await screen.findByRole("alertdialog");
  await user.click(await within(dialog).findByRole("switch"));
  const remove = await within(dialog).findByRole("button", { name: "Remove 450 users" });
  await waitFor(() => expect(within(dialog).queryByText(/can't/)).toBeNull());
  await user.click(remove);
  expect(door.asked.some(({ name }) => name === "users.act")).toBe(false);
  await user.type(
    within(dialog).getByRole("textbox", { name: "To confirm, type: remove 450 users" }),
    "remove 450 users",
  );
  await user.click(remove);
  await screen.findByText("450 users removed");
});

test("a dialog gives the focus back to what opened it, so that Escape closes the panel", async () => {
  const { user } = await openAt("/users?org=1&open=61");
  const panel = await screen.findByRole("complementary", { name: /Details|.+/ });
  await user.click(await within(panel).findByRole("button", { name: "Force synchronization" }));
  const dialog = await screen.findByRole("alertdialog");
  await waitFor(() =>
    expect(
      within(dialog)
        .getByRole("button", { name: /^Force/ })
        .getAttribute("aria-disabled"),
    ).not.toBe("true"),
  );
  await user.click(within(dialog).getByRole("button", { name: /^Force/ }));
  await screen.findByText("1 user: synchronization forced");
  await waitFor(() => expect(panel.contains(document.activeElement)).toBe(true));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("complementary", { name: /Details|.+/ })).toBeNull());
});

test("after a switch the message leads to those who must sign in", async () => {
  const { user, router } = await openAt("/users?org=3");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: "Switch to Graph…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Switch 1 user to Graph?" });
  await within(dialog).findByText("1 user must sign in again; the users' filter Sign-in lists who has to.");
  await user.click(within(dialog).getByRole("checkbox", { name: /I have read/ }));
  const go = within(dialog).getByRole("button", { name: "Switch 1 user" });
  await waitFor(() => expect(go.getAttribute("aria-disabled")).not.toBe("true"));
  await user.click(go);
  await user.click(await screen.findByRole("button", { name: "Show who must sign in" }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ org: 3, signin: "to_do" }));
});
