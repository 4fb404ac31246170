import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeOptions } from "../api/fakeDesk";
import { openAt } from "./app";

type Opened = Awaited<ReturnType<typeof openAt>>;

const questions = (door: Opened["door"], wanted: string) =>
  door.asked.filter(({ name }) => name === wanted).map(({ question }) => question);

/** Opens the waves of Contoso US, whose 30 users are on EWS, and lays them out as is usual. */
async function planned(options: FakeOptions = {}) {
  const opened = await openAt("/organizations?open=2&tab=%22waves%22", options);
  await opened.user.click(await screen.findByRole("button", { name: "Plan waves…" }));
  const dialog = await screen.findByRole("dialog", { name: "Plan waves for Contoso US" });
  await waitFor(() => expect(within(dialog).getByRole("list").textContent).toContain("Wave 1 (pilot)10 users"));
  await opened.user.click(within(dialog).getByRole("button", { name: "Keep the plan" }));
  await screen.findByRole("region", { name: "Wave 1 (pilot)" });
  return opened;
}

test("a plan shows beforehand how many users each wave gets, and says what is wrong with it", async () => {
  const { user, door } = await openAt("/organizations?open=2&tab=%22waves%22");
  await user.click(await screen.findByRole("button", { name: "Plan waves…" }));
  const dialog = await screen.findByRole("dialog", { name: "Plan waves for Contoso US" });
  const keep = () => within(dialog).getByRole("button", { name: "Keep the plan" });
  const sizes = () => within(dialog).getByRole("list", { name: "Users of each wave" }).textContent;
  await waitFor(() => expect(sizes()).toContain("Wave 4 (whoever is left)12 users"));

  const pilot = within(dialog).getByRole("spinbutton", { name: /^Users in the pilot/ });
  await user.clear(pilot);
  await user.type(pilot, "0");
  await within(dialog).findByText("A whole number, 1 or more.");
  await user.clear(pilot);
  await user.type(pilot, "10");
  const shares = within(dialog).getByRole("textbox", { name: "Shares of the others, in percent" });
  await user.clear(shares);
  await user.type(shares, "50, 50");
  await within(dialog).findByText(/together less than 100/);
  expect(keep().getAttribute("aria-disabled")).toBe("true");
  await user.clear(shares);
  await user.type(shares, "50");
  await waitFor(() => expect(sizes()).toContain("Wave 3 (whoever is left)10 users"));

  await user.click(within(dialog).getByRole("radio", { name: "Users by address" }));
  await user.type(within(dialog).getByRole("textbox", { name: /^Addresses/ }), "nobody@contoso.example");
  await within(dialog).findByText("Nobody of the organization has this address: nobody@contoso.example");
  expect(keep().getAttribute("aria-disabled")).toBe("true");
  await user.click(within(dialog).getByRole("radio", { name: /^So many users/ }));
  await user.click(within(dialog).getByRole("checkbox", { name: "Criteria of its own: Wave 1 (pilot)" }));
  const own = within(dialog).getByRole("group", { name: "Wave 1 (pilot) has to come to" });
  const hours = within(own).getByRole("spinbutton", { name: "Watched, hours" });
  await user.clear(hours);
  await user.type(hours, "400");
  await within(own).findByText("0 to 336");
  await user.clear(hours);
  await user.type(hours, "72");
  await waitFor(() => expect(keep().getAttribute("aria-disabled")).not.toBe("true"));
  await user.click(keep());
  await screen.findByRole("region", { name: "Wave 1 (pilot)" });
  expect(questions(door, "waves.plan")).toEqual([
    {
      organization: 2,
      pilot: { kind: "number", number: 10 },
      shares: [50],
      entry: { authorized: true, window: false },
      exit: { initialized: 95, failed: 2, hours: 24, issues: "lasting" },
      own: [{ wave: 1, exit: { initialized: 95, failed: 2, hours: 72, issues: "lasting" } }],
      by_itself: false,
    },
  ]);
});

test("a wave asks by the figures of now, is held and released, and says what the next one waits for", async () => {
  const { user, door } = await planned();
  // While a dialog closes, what is behind it is hidden still.
  const pilot = () => screen.findByRole("region", { name: "Wave 1 (pilot)" });
  const next = within(screen.getByRole("region", { name: "Wave 2 (10 %)" })).getByRole("button", { name: "Start…" });
  expect(next.getAttribute("aria-disabled")).toBe("true");
  await user.hover(next);
  await screen.findAllByText("It waits for: The wave before met its criteria.");

  await user.click(within(await pilot()).getByRole("button", { name: "Hold" }));
  await within(await pilot()).findByText("Held");
  expect(
    within(await pilot())
      .getByRole("button", { name: "Start…" })
      .getAttribute("aria-disabled"),
  ).toBe("true");
  await user.click(within(await pilot()).getByRole("button", { name: "Hold no more" }));
  await within(await pilot()).findByText("Waits");

  await user.click(within(await pilot()).getByRole("button", { name: "Start…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Start Wave 1 (pilot)?" });
  await within(dialog).findByText(/EWS \(app-only\) becomes Graph/);
  await within(dialog).findByRole("heading", { name: "What Graph can't do for this integration" });
  const go = await within(dialog).findByRole("button", { name: "Switch 10 users" });
  expect(go.getAttribute("aria-disabled")).toBe("true");
  expect(questions(door, "users.foresee").at(-1)).toMatchObject({
    users: { by: "filter", of: { organization: 2, wave: 1 } },
    action: { kind: "switch", at_once: false, not_ready: false },
  });
});

test("a started wave is shown as running and its plan stays until it is deleted", async () => {
  const { user, door } = await planned();
  // While a dialog closes, what is behind it is hidden still.
  const pilot = () => screen.findByRole("region", { name: "Wave 1 (pilot)" });
  door.asked.length = 0;
  await user.click(within(await pilot()).getByRole("button", { name: "Start…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Start Wave 1 (pilot)?" });
  await user.click(await within(dialog).findByRole("checkbox", { name: /I have read/ }));
  await user.click(await within(dialog).findByRole("button", { name: "Switch 10 users" }));
  await within(await pilot()).findByText("Running");
  expect(questions(door, "waves.start")).toEqual([
    { organization: 2, wave: 1, expected: { users: 10, seal: expect.any(String) } },
  ]);
  expect(
    within(await pilot())
      .getByRole("button", { name: "Go on…" })
      .getAttribute("aria-disabled"),
  ).toBe("true");
  within(await pilot()).getByRole("button", { name: "Back to EWS…" });
  const change = await screen.findByRole("button", { name: "Change plan…" });
  expect(change.getAttribute("aria-disabled")).toBe("true");

  await user.click(screen.getByRole("button", { name: "Delete plan…" }));
  await user.click(await screen.findByRole("button", { name: "Delete the plan" }));
  await screen.findByRole("button", { name: "Plan waves…" });
});

test("a plan that has not started is changed with its pilot kept", async () => {
  const { user, door } = await planned();
  await user.click(screen.getByRole("button", { name: "Change plan…" }));
  const dialog = await screen.findByRole("dialog", { name: "Change the waves of Contoso US" });
  expect(within(dialog).getByRole<HTMLInputElement>("radio", { name: "Whoever is in the pilot now" }).checked).toBe(
    true,
  );
  const save = within(dialog).getByRole("button", { name: "Change the plan" });
  await waitFor(() => expect(save.getAttribute("aria-disabled")).not.toBe("true"));
  await user.click(save);
  await waitFor(() => expect(questions(door, "waves.plan")).toHaveLength(2));
  expect(questions(door, "waves.plan")[1]).toMatchObject({ pilot: { kind: "present" }, shares: [10, 30] });
});

test("the users of a wave are shown, and put into another one", async () => {
  const { user, door, router } = await planned();
  const pilot = screen.getByRole("region", { name: "Wave 1 (pilot)" });
  await user.click(within(pilot).getByRole("button", { name: "Show users" }));
  await screen.findByRole("heading", { level: 1, name: "Users" });
  expect(router.state.location.search).toMatchObject({ org: 2, wave: 1 });
  await screen.findByText("10 of 30");

  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Put into a wave…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Put 1 user into another wave" });
  const put = () => within(dialog).getByRole("button", { name: "Put 1 user into it" });
  expect(put().getAttribute("aria-disabled")).toBe("true");
  await user.click(await within(dialog).findByRole("combobox", { name: /^Wave/ }));
  await user.click(await screen.findByRole("option", { name: "Wave 2 (10 %), 2 users" }));
  await within(dialog).findByText("Wave 2 (10 %), 3 users");
  await user.click(put());
  await screen.findByText("9 of 30");
  expect(questions(door, "waves.put")).toMatchObject([{ organization: 2, wave: 2, expected: { users: 1 } }]);
});

test("nobody is put into a wave where there is no plan", async () => {
  const { user } = await openAt("/users?org=2");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: /^More/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Put into a wave…" }));
  await screen.findAllByText("The organization has no waves. Plan them first (Organizations, Waves).");
});

/** Starts the pilot, as its dialog offers it. */
async function startPilot(user: Opened["user"]) {
  const pilot = await screen.findByRole("region", { name: "Wave 1 (pilot)" });
  await user.click(within(pilot).getByRole("button", { name: "Start…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Start Wave 1 (pilot)?" });
  await user.click(await within(dialog).findByRole("checkbox", { name: /I have read/ }));
  await user.click(await within(dialog).findByRole("button", { name: /^Switch \d+ users?$/ }));
  await within(await screen.findByRole("region", { name: "Wave 1 (pilot)" })).findByText("Running");
}

test("criteria of a started plan change once what stands elsewhere by that was shown", async () => {
  const { user, door } = await planned();
  await startPilot(user);
  await user.click(await screen.findByRole("button", { name: "Change criteria…" }));
  const dialog = await screen.findByRole("dialog", { name: "Change the criteria of Contoso US" });
  const save = () => within(dialog).getByRole("button", { name: "Change the criteria" });
  const changes = within(dialog).getByRole("region", { name: "What changes" });
  await within(changes).findByText("Nothing would change.");
  expect(save().getAttribute("aria-disabled")).toBe("true");

  await user.click(within(dialog).getByRole("checkbox", { name: "Criteria of its own: Wave 1 (pilot)" }));
  const own = within(dialog).getByRole("group", { name: "Wave 1 (pilot) has to come to" });
  const hours = within(own).getByRole("spinbutton", { name: "Watched, hours" });
  await user.clear(hours);
  await within(changes).findByText("Correct the marked values first.");
  await user.type(hours, "0");
  await within(changes).findByText(
    "Wave 1 (pilot) has to come to: 95 % initialized, 2 % failed at most, watched for 0 h, no open issue that lasts. Before: 95 % initialized, 2 % failed at most, watched for 24 h, no open issue that lasts.",
  );
  await within(changes).findByText("Wave 1 (pilot) goes from Running to Criteria met.");
  await user.click(save());
  await screen.findByText("Criteria of Contoso US changed");
  expect(questions(door, "waves.set_criteria")).toEqual([
    {
      organization: 2,
      entry: { authorized: true, window: false },
      exit: { initialized: 95, failed: 2, hours: 24, issues: "lasting" },
      own: [{ wave: 1, exit: { initialized: 95, failed: 2, hours: 0, issues: "lasting" } }],
      by_itself: false,
      expected: ["met", "waiting", "waiting", "waiting"],
    },
  ]);
});

test("a started wave leads to its users who failed, and to those with issues", async () => {
  const { user, router } = await openAt("/organizations?open=1&tab=%22waves%22");
  await user.click(await screen.findByRole("button", { name: "Plan waves…" }));
  const dialog = await screen.findByRole("dialog", { name: "Plan waves for Contoso EU" });
  const number = within(dialog).getByRole("spinbutton", { name: /Users in the pilot/ });
  await user.clear(number);
  await user.type(number, "70");
  await waitFor(() => expect(within(dialog).getByRole("list").textContent).toContain("Wave 1 (pilot)70 users"));
  await user.click(within(dialog).getByRole("button", { name: "Keep the plan" }));
  await screen.findByRole("region", { name: "Wave 1 (pilot)" });
  expect(screen.queryByRole("button", { name: "Show who failed" }), "before it starts nobody failed in it").toBeNull();
  await startPilot(user);
  const pilot = screen.getByRole("region", { name: "Wave 1 (pilot)" });
  within(pilot).getByRole("button", { name: "Show who has issues" });
  await user.click(within(pilot).getByRole("button", { name: "Show who failed" }));
  await screen.findByRole("heading", { level: 1, name: "Users" });
  expect(router.state.location.search).toMatchObject({ org: 1, wave: 1, session: "failed" });
  await screen.findByText("1 of 450");
});

test("the overview and the dialog of a switch lead to the waves", async () => {
  const { user, router } = await openAt("/?org=2");
  const part = await screen.findByRole("region", { name: "Switch to Graph" });
  await user.click(within(part).getByRole("button", { name: "Plan waves…" }));
  await screen.findByRole("region", { name: "Rollout in waves" });
  expect(router.state.location.search).toMatchObject({ open: 2, tab: "waves" });

  await user.click(await screen.findByRole("button", { name: "Plan waves…" }));
  const plan = await screen.findByRole("dialog", { name: "Plan waves for Contoso US" });
  await waitFor(() => expect(within(plan).getByRole("list").textContent).toContain("Wave 1 (pilot)10 users"));
  await user.click(within(plan).getByRole("button", { name: "Keep the plan" }));
  await screen.findByRole("region", { name: "Wave 1 (pilot)" });
  await router.navigate({ to: "/", search: { org: 2 } });
  const shown = await screen.findByRole("region", { name: "Switch to Graph" });
  expect(within(shown).getAllByRole("listitem")[0]?.textContent).toBe("Wave 1 (pilot)Waits0 of 10 initialized");
  within(shown).getByRole("button", { name: "Open waves" });

  await router.navigate({ to: "/users", search: { org: 2 } });
  const cells = await screen.findAllByRole("gridcell", { name: "Not selected" });
  for (const cell of cells.slice(0, 2)) await user.click(cell);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  await user.click(within(bar).getByRole("button", { name: "Switch to Graph…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Switch 2 users to Graph?" });
  await user.click(await within(dialog).findByRole("button", { name: "Waves of the organization" }));
  await screen.findByRole("region", { name: "Wave 1 (pilot)" });
});

test("where what new criteria would change can't be told, that is said and tried again", async () => {
  const failing: NonNullable<FakeOptions["failing"]> = { "waves.foresee_criteria": "offline" };
  const { user } = await planned({ failing });
  await user.click(await screen.findByRole("button", { name: "Change criteria…" }));
  const dialog = await screen.findByRole("dialog", { name: "Change the criteria of Contoso US" });
  await within(dialog).findByText("The network can't be reached.");
  const changes = within(dialog).getByRole("region", { name: "What changes" });
  expect(within(changes).queryByText("Looking at what this would do…")).toBeNull();
  delete failing["waves.foresee_criteria"];
  await user.click(within(dialog).getByRole("button", { name: "Try again" }));
  await within(changes).findByText("Nothing would change.");
});
