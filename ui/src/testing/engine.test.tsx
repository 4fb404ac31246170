import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Bound } from "../api/bindings";
import { startRun } from "../api/verifying";
import { isLive, stop, useWorks } from "../api/work";
import { boundedWords, boundWords } from "../words/bounds";
import { explain } from "../words/codes";
import { progressLine } from "../words/progress";
import { openAt } from "./app";

// A check outlives its page, and must not tell the next test how far it is.
afterEach(async () => {
  const works = () => Object.values(useWorks.getState().all);
  for (const { key } of works()) stop(key);
  await waitFor(() => expect(works().some(isLive)).toBe(false));
});

const SOON = () => Date.now() + 125_000;

test("the traffic panel shows each service, and the routes in any order", async () => {
  const { user } = await openAt("/settings?tab=%22traffic%22");
  const services = await screen.findByRole("table");
  expect(
    within(services).getByRole("row", { name: /Mailboxes 14 16 3 More at once makes each answer slower/ }),
  ).toBeTruthy();
  expect(within(services).getByRole("row", { name: /Directory 0 8 0 Nothing is under way/ })).toBeTruthy();
  const grid = screen.getByRole("grid", { name: "Requests by route" });
  const counts = () =>
    within(grid)
      .getAllByRole("row")
      .slice(1)
      .map((row) => within(row).getAllByRole("gridcell")[3]?.textContent);
  await waitFor(() => expect(counts().slice(0, 2)).toEqual(["4,721", "1,204"]));
  await user.click(screen.getByRole("columnheader", { name: "Count" }));
  await waitFor(() => expect(counts().slice(0, 2)).toEqual(["1", "2"]));
});

test("what isn't known of a part of a batch is not called nothing", async () => {
  await openAt("/settings?tab=%22traffic%22");
  const grid = await screen.findByRole("grid", { name: "Requests by route" });
  const part = await within(grid).findByRole("row", { name: /In a batch 200/ });
  expect(
    within(part)
      .getAllByRole("gridcell")
      .slice(4)
      .map((cell) => cell.textContent),
  ).toEqual(["0", "–", "–"]);
});

test("the traffic is asked for while it is on screen, and no longer", async () => {
  const { user, door } = await openAt("/settings?tab=%22traffic%22");
  const asked = () => door.asked.filter(({ name }) => name === "traffic.describe").length;
  await waitFor(() => expect(asked()).toBeGreaterThan(1));
  await user.click(screen.getByRole("tab", { name: "General" }));
  await screen.findByRole("radio", { name: "Dark" });
  const before = asked();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(asked()).toBe(before);
});

test("the trace file is named while it is written and after it", async () => {
  const { user } = await openAt("/settings?tab=%22traffic%22");
  const toggle = await screen.findByRole("switch", { name: "Write a trace file" });
  expect(screen.getByText(/No names, no addresses, no secrets/)).toBeTruthy();
  await user.click(toggle);
  await screen.findByText("Being written");
  await user.click(toggle);
  await screen.findByText("Written");
  expect(screen.getByText(/trace-\d+\.jsonl$/)).toBeTruthy();
});

test("before anything was sent the traffic panel says so", async () => {
  await openAt("/settings?tab=%22traffic%22", { silent: true });
  await screen.findByText("Nothing was sent yet");
  expect(screen.queryByRole("grid")).toBeNull();
});

test("a plan says whether its time was measured or follows from published limits", async () => {
  await openAt("/verification?org=1&plan=true");
  await screen.findByText(/not measured yet/);
});

test("a measured plan says what bounded the last check", async () => {
  await openAt("/verification?org=1&plan=true", { measured: true });
  expect((await screen.findByText(/This is measured/)).textContent).toContain(boundedWords.line);
});

test("every bound has its own words", () => {
  for (const words of [boundWords, boundedWords]) {
    expect(new Set(Object.values(words)).size).toBe(Object.keys(words).length);
  }
});

test.each<[Bound, string]>([
  ["throttling", "Microsoft throttles when more is asked at once"],
  ["share", "The rest is left to the live integration"],
])("a live check that is bounded by %s says so", async (bound, words) => {
  const { user } = await openAt("/verification?org=1&plan=true", { step: 60, pace: { bound } });
  await user.click(await screen.findByRole("button", { name: "Check 450 mailboxes" }));
  await screen.findByText(`14 requests in flight, 16 allowed · ${words} · 450 requests, 3 asked to wait`, {
    normalizer: (text) => text.replace(/\d+ requests, 3/, "450 requests, 3"),
  });
});

test("a check that waits for Microsoft says until when", async () => {
  const { user } = await openAt("/verification?org=1&plan=true", {
    step: 60,
    pace: { bound: "pause", waiting_until: SOON() },
  });
  await user.click(await screen.findByRole("button", { name: "Check 450 mailboxes" }));
  await screen.findByText(/Waiting for Microsoft until \d\d:\d\d, (2 min|1 min)/);
});

test("a check of which all that is left was put off says when it is asked again", async () => {
  const { user } = await openAt("/verification?org=1&plan=true", {
    step: 60,
    pace: { bound: "work", waiting_until: SOON() },
  });
  await user.click(await screen.findByRole("button", { name: "Check 450 mailboxes" }));
  await screen.findByText(/All that is left is asked again at \d\d:\d\d, in (2 min|1 min)/);
});

test("a proof that waits for Microsoft says until when", async () => {
  const { user } = await openAt("/scope?org=1", { proof: "cut_off", step: 400, pause: SOON() });
  await user.click(await screen.findByRole("button", { name: "Resume" }));
  await screen.findByText(/Waiting for Microsoft until \d\d:\d\d, (2 min|1 min)/);
});

test("sessions that met a pause say until when, meanwhile, afterwards and to whoever looks in later", async () => {
  const { user } = await openAt("/organizations?open=1&tab=%22sessions%22", { step: 400, pause: SOON() });
  const words = /Microsoft asked for a pause until \d\d:\d\d\. Whoever is due is read after it\./;
  await screen.findByText(words);
  await user.click(await screen.findByRole("button", { name: "Run now: everybody" }));
  await screen.findByText(/Waiting for Microsoft until \d\d:\d\d, (2 min|1 min)/);
  await screen.findByText("Sessions of Contoso EU were cut short; the rest is due still");
  expect(screen.getAllByText(words).length).toBeGreaterThan(1);
});

test("whatever Microsoft asks to wait with says until when", async () => {
  const until = SOON();
  const failure = explain({ code: "throttled", detail: "", request_id: null, reason: null, until });
  expect(failure.title).toMatch(/^Microsoft asks to wait until \d\d:\d\d\.$/);
  expect(failure.advice).not.toContain("few minutes");
  expect(
    progressLine({
      kind: "proven",
      proof: 1,
      organization: 1,
      done: 2,
      total: 4,
      leaks: 0,
      lock_outs: 0,
      waiting_until: until,
    }),
  ).toMatch(/^2 of 4 mailboxes asked, waiting for Microsoft until \d\d:\d\d$/);
});

test("a parked check says that it goes on by itself, and shows no pace", async () => {
  const { user } = await openAt("/verification?org=1&plan=true", {
    step: 60,
    pace: { parked: true, waiting_until: SOON(), per_second: 0, seconds_left: null },
  });
  await user.click(await screen.findByRole("button", { name: "Check 450 mailboxes" }));
  await screen.findByText("Run 119, parked");
  await screen.findByText(/The run is parked and goes on by itself then/);
  expect(screen.queryByText(/in flight/)).toBeNull();
});

test("a run that was parked when Rollcall ended says until when, in the list too", async () => {
  await openAt("/verification?org=1", { cutOff: { parkedUntil: SOON() } });
  await screen.findByText("Run 118, interrupted");
  expect(screen.getByText(/A run that is resumed before then waits for its end/)).toBeTruthy();
  expect(await screen.findByText(/^Parked until/)).toBeTruthy();
});

test("runs that were cut off wait for a click, unless the admin chose otherwise", async () => {
  const { door } = await openAt("/verification?org=1", { cutOff: { parkedUntil: null } });
  await screen.findByText("Run 118, interrupted");
  await screen.findByText("Run 118 of Contoso EU was cut off");
  expect(door.asked.filter(({ name }) => name === "verify.cut_off")).toHaveLength(1);
  expect(door.asked.some(({ name }) => name === "verify.resume")).toBe(false);
  cleanup();

  await openAt("/verification?org=1&plan=true", { cutOff: { parkedUntil: null } });
  await screen.findByText(/^Run 118 was cut off or paused with .* of 450 mailboxes checked/);
});

test("where the admin chose so, a run that was cut off goes on by itself and can be paused", async () => {
  const { user, door } = await openAt("/verification?org=1", {
    cutOff: { parkedUntil: null },
    settings: { resume: "by_itself" },
    step: 60,
  });
  await screen.findByText("Run 118 of Contoso EU goes on");
  await screen.findByText("Run 118, checking");
  expect(door.asked.filter(({ name }) => name === "verify.resume")).toEqual([
    { name: "verify.resume", question: { run: 118 } },
  ]);
  await user.click(screen.getByRole("button", { name: "Pause" }));
  await screen.findByText("Run 118, interrupted");
});

test("an interrupted run says so and resumes later, while another run of the organization goes on", async () => {
  const { user, door } = await openAt("/verification?org=1&run=117", { paused: [117], step: 60 });
  await screen.findByText("Run 117, interrupted");
  screen.getByText(/Resume goes on where it stopped/);
  startRun(1, "Contoso EU", { kind: "all" });
  await screen.findByText(/Another run of this organization is under way/);
  screen.getByText("Run 117, interrupted");
  screen.getByText("150 of 450 (33%)", { ignore: "[role=status]" });
  expect(screen.queryByText(/gone|in flight/)).toBeNull();
  expect(screen.queryByRole("button", { name: "Pause" })).toBeNull();
  expect(screen.getByRole("button", { name: "Resume" }).getAttribute("aria-disabled")).toBe("true");

  await user.click(screen.getByRole("button", { name: "Cancel run…" }));
  await screen.findByRole("button", { name: "Keep it" });
  await user.click(screen.getByRole("button", { name: "Cancel run" }));
  await screen.findByText("Cancelled");
  expect(door.asked.filter(({ name }) => name === "verify.cancel")).toEqual([
    { name: "verify.cancel", question: { run: 117 } },
  ]);
  expect(useWorks.getState().all["verify:1"], "the other run goes on").toMatchObject({ state: "running", run: 119 });
});

test("the card is that of the run that goes on, and not of a later one that is paused", async () => {
  const { user, door } = await openAt("/verification?org=1", {
    paused: [120, 117],
    cutOff: { parkedUntil: null },
    settings: { resume: "by_itself" },
    step: 60,
  });
  await screen.findByText("Run 118, checking");
  expect(screen.queryByText(/^Run \d+, interrupted/)).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  await screen.findByText("Run 120, interrupted");
  expect(useWorks.getState().all["verify:1"]).toMatchObject({ state: "stopped", run: 118 });
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await screen.findByText("Run 120, checking");
  expect(door.asked.filter(({ name }) => name === "verify.resume").map(({ question }) => question)).toEqual([
    { run: 118 },
    { run: 120 },
  ]);
});

test("each organization has the card of its own run, and Pause stops that one only", async () => {
  const { user } = await openAt("/verification", { paused: [117], step: 60 });
  startRun(1, "Contoso EU", { kind: "all" });
  startRun(2, "Contoso APAC", { kind: "all" });
  const first = await screen.findByRole("region", { name: "Run 119, checking" });
  const second = await screen.findByRole("region", { name: "Run 120, checking" });
  await within(first).findByRole("button", { name: "Pause" });
  await user.click(await within(second).findByRole("button", { name: "Pause" }));
  await waitFor(() => expect(useWorks.getState().all["verify:2"]).toMatchObject({ state: "stopped", run: 120 }));
  expect(useWorks.getState().all["verify:1"]).toMatchObject({ state: "running", run: 119 });
  screen.getByRole("region", { name: "Run 119, checking" });
});

test("the card of a run that was paused shows what is stored, as the list does", async () => {
  const { user } = await openAt("/verification?org=1&plan=true", { step: 60, pace: { done: 444, passed: 433 } });
  await user.click(await screen.findByRole("button", { name: "Check 450 mailboxes" }));
  await screen.findByText("444 of 450 (99%)", { ignore: "[role=status]" });
  await user.click(screen.getByRole("button", { name: "Pause" }));
  const card = await screen.findByRole("region", { name: "Run 119, interrupted" });
  await waitFor(() => expect(within(card).queryByText("444 of 450 (99%)", { ignore: "[role=status]" })).toBeNull());
  const row = screen.getByRole("row", { name: /^Run 119/ });
  const [passed, failed] = within(row)
    .getAllByRole("gridcell")
    .slice(5, 7)
    .map((cell) => cell.textContent);
  await screen.findByText(new RegExp(`Success ${passed}\\b`));
  await screen.findByText(new RegExp(`Failed ${failed}\\b`));
});

test("what checks leave to the integration is stored without touching the theme", async () => {
  const { user, door } = await openAt("/settings", { settings: { theme: "dark", leave_to_integration: 33 } });
  expect(
    await screen.findByRole("radio", { name: "33%", checked: true }),
    "one that isn't offered is shown",
  ).toBeTruthy();
  await user.click(screen.getByRole("radio", { name: "50%" }));
  await user.click(screen.getByRole("radio", { name: "Resume by itself" }));
  await waitFor(() =>
    expect(door.asked.findLast(({ name }) => name === "settings.set")?.question).toEqual({
      theme: "dark",
      density: "comfortable",
      resume: "by_itself",
      leave_to_integration: 50,
    }),
  );
});

test("an import asks for what changed, or for everybody when told so", async () => {
  const { user, door } = await openAt("/users?org=1");
  await screen.findByText("450 users");
  await user.click(screen.getByRole("button", { name: "Import users" }));
  await user.click(await screen.findByText("Import at once", { selector: "button" }));
  await screen.findByText(/What changed since .*: 2 new, 3 changed, 1 gone\./);
  await user.click(screen.getByRole("button", { name: "Import users" }));
  await user.click(await screen.findByLabelText("Read everybody again"));
  await user.click(await screen.findByText("Import at once", { selector: "button" }));
  await screen.findByText(/3,330 new, 12 changed, 6,648 unchanged\./);
  const asked = door.asked.filter(({ name }) => name === "users.import").map(({ question }) => question);
  expect(asked).toMatchObject([{ anew: false }, { anew: true }]);
});

test("whoever left the directory is told since when", async () => {
  await openAt("/users?org=1&open=62");
  await screen.findByText(/Not in the directory any more since/);
});
