import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { openAt } from "./app";

const OPEN = "/issues?org=1&open=%22out_of_scope%22";

/** The titles in the first column, from top to bottom. */
async function problems(): Promise<string[]> {
  await screen.findByText(/^\d+ problems?$/);
  const cells = [...document.querySelectorAll<HTMLElement>("[data-cell$=':0']")];
  return cells.filter((cell) => !cell.dataset["cell"]?.startsWith("-1")).map((cell) => cell.textContent ?? "");
}

test("new problems come first, then what concerns most; filters say what is left", async () => {
  const { user } = await openAt("/issues?org=1");
  expect(await problems()).toEqual([
    "Mailbox is full",
    "Throttled",
    "Outside the integration's scope",
    "No cloud mailbox",
  ]);
  await user.click(screen.getByRole("button", { name: /Class/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Passing" }));
  await screen.findByText("1 problem");
  expect(await problems()).toEqual(["Throttled"]);
});

test("a problem says what happened, how we know, who can fix it, how, and how one sees that it is fixed", async () => {
  const { user, router } = await openAt(OPEN);
  const panel = await screen.findByRole("complementary");
  const headings = within(panel)
    .getAllByRole("region")
    .map((region) => region.getAttribute("aria-label"));
  expect(headings, "the way to mend it comes before the ids").toEqual([
    "What happened",
    "How we know",
    "How to fix it",
    "What Microsoft answered",
    "Users",
    "For Microsoft support",
  ]);
  within(panel).getByText("Exchange Administrator");
  within(panel).getByText("Lasting: tenant setting");
  within(panel).getByText("403 ErrorAccessDenied");
  within(panel).getByText(/^Mail: \d+, Calendar: \d+$/);
  within(panel).getByRole("button", { name: "Copy Request ID" });
  within(panel).getByRole("button", { name: "Copy Client request ID" });
  within(panel).getByText(/How you see that it is fixed: .*InScope True/);
  await user.click(within(panel).getByRole("button", { name: /See when the permission was granted/ }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/permissions"));
});

test("only these are checked again, and the rest is left alone", async () => {
  const { user, door } = await openAt(OPEN);
  const panel = await screen.findByRole("complementary");
  await user.click(within(panel).getByRole("button", { name: /^Re-check only these \d+$/ }));
  await waitFor(() => expect(door.asked.some(({ name }) => name === "verify.start")).toBe(true));
  expect(door.asked.find(({ name }) => name === "verify.start")?.question).toEqual({
    organization: 1,
    which: {
      kind: "with_issues",
      fingerprints: [
        "graph.403.erroraccessdenied.out_of_scope.mail",
        "graph.403.erroraccessdenied.out_of_scope.calendar",
      ],
    },
  });
});

test("the affected users are a grid of their own, and one opens beside it", async () => {
  const { user } = await openAt(OPEN);
  await user.click(await screen.findByRole("button", { name: /^Show the \d+ affected users$/ }));
  await screen.findByRole("grid", { name: /Affected users/ });
  const cell = await waitFor(() => {
    const found = document.querySelector<HTMLElement>("[data-cell='0:0']");
    if (!found?.textContent) throw new Error("not here yet");
    return found;
  });
  cell.focus();
  await user.keyboard("{Enter}");
  const panel = await screen.findByRole("complementary");
  await within(panel).findByRole("tab", { name: /Issues/ });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement?.getAttribute("data-cell")).toBe("0:0"));
});

test("a snooze needs a note, takes the problem out of sight, and can be taken back", async () => {
  const { user, door } = await openAt(OPEN);
  await screen.findByRole("complementary");
  await user.click(screen.getByRole("button", { name: "Snooze…" }));
  const act = await screen.findByRole("button", { name: "Snooze" });
  expect(act.getAttribute("aria-disabled")).toBe("true");
  await user.type(screen.getByLabelText(/^Note/), "ticket 4711");
  expect(screen.queryByLabelText("Back at the latest on"), "an empty date would look like today").toBeNull();
  await user.click(screen.getByLabelText("Back at the latest on a certain day"));
  const day = screen.getByLabelText<HTMLInputElement>("Back at the latest on");
  expect(day.value).toMatch(/^\d{4}-\d\d-\d\d$/);
  fireEvent.change(day, { target: { value: "2099-12-31" } });
  await user.click(act);
  await screen.findByText(/Snoozed by admin@contoso.example on .*: “ticket 4711”/);
  const asked = door.asked.find(({ name }) => name === "issues.snooze")?.question;
  expect(asked).toMatchObject({ note: "ticket 4711", until: new Date(2099, 11, 31).getTime() });
  await waitFor(async () => expect(await problems()).not.toContain("Outside the integration's scope"));
  // The page is hidden from assistive technology until the dialog has closed.
  await user.click(await screen.findByRole("button", { name: "Unsnooze" }));
  await waitFor(async () => expect(await problems()).toContain("Outside the integration's scope"));
});

test("the support block is one key away and names nobody unless it is told to", async () => {
  const { user } = await openAt(OPEN);
  const panel = await screen.findByRole("complementary");
  const copied = vi.spyOn(navigator.clipboard, "writeText");
  const copy = within(panel).getByRole("button", { name: "Copy support block" });
  await waitFor(() => expect(copy.getAttribute("aria-disabled")).not.toBe("true"));
  await user.keyboard("{Control>}{Shift>}C{/Shift}{/Control}");
  await screen.findByText("Support block copied");
  expect(copied.mock.lastCall?.[0]).toContain("Tenant ID: ");
  expect(copied.mock.lastCall?.[0]).not.toContain("@");
  await user.click(within(panel).getByLabelText("Name the mailboxes"));
  await waitFor(() => expect(copy.getAttribute("aria-disabled")).not.toBe("true"));
  await user.click(copy);
  await waitFor(() => expect(copied.mock.lastCall?.[0]).toContain("@contoso.example"));
});

test("no errors says when the last check was and what it left out", async () => {
  await openAt("/issues?org=1", { users: [40, 0, 0] });
  await screen.findByText("No open errors");
  screen.getByText(/Last check: .*Silence is only as good as that check/);
});

test("before the first check nothing is claimed", async () => {
  await openAt("/issues?org=2");
  await screen.findByText("Nothing checked yet");
});
