import { screen, waitFor, within } from "@testing-library/react";
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
