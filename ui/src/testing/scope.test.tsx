import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ProofView } from "../api/bindings";
import type { FakeOptions } from "../api/fakeDesk";
import { proofOf, scopeOf } from "../api/fakeScope";
import { NOW } from "../api/fakeWorld";
import { assignedWords, findingBadge, outcomeBadge, remarkWords, reportBadge, voidWords } from "../words/scope";
import { openAt } from "./app";

/** What is drawn anew as a whole takes its time on a busy computer. */
const SLOW = { timeout: 5_000 };

/** Limits the integration to the first group that is found. */
async function limited(at = "/scope?org=1", options: FakeOptions = {}) {
  const opened = await openAt(at, options);
  const { user } = opened;
  await user.click(await screen.findByRole("button", { name: "Change scope…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  await user.type(within(dialog).getByRole("searchbox"), "sales");
  await user.click((await within(dialog).findAllByRole("radio", { name: /Sales/ }))[0] as HTMLElement);
  await user.click(within(dialog).getByRole("button", { name: "Set scope" }));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  return opened;
}

test("the wish is told as wanted, and what is in force only once it was read", async () => {
  await limited("/scope?org=1", { scopeUnread: true });
  const details = await screen.findByRole("button", { name: "Wanted: Only members of Sales · In force: not read yet" });
  expect(details.getAttribute("aria-expanded")).toBe("true");
  expect(screen.getByText("Wanted")).toBeTruthy();
  expect(screen.getByText("not read yet")).toBeTruthy();
  expect(screen.queryByText("Never")).toBeNull();
});

test("a grant for the whole tenant that voids the scope is said, with the grant to revoke", async () => {
  await limited();
  expect(await screen.findByText(/The scope limits nothing of Mail.ReadWrite/)).toBeTruthy();
  expect(screen.getByText(/full_access_as_app of Exchange Online is granted for the whole tenant/)).toBeTruthy();
  expect(
    await screen.findAllByRole("button", { name: "Open Permissions" }),
    "one bar tells of all grants",
  ).toHaveLength(1);
  expect(screen.getByText(/328 users are members through a group inside the group/)).toBeTruthy();
  expect(screen.getByText("Tasks.ReadWrite.All")).toBeTruthy();
  expect(screen.getByText("IMAP.AccessAsApp"), "what goes by each mailbox is named, too").toBeTruthy();
});

test("what an earlier reading says against the scope is told with its date, whatever else is shown", async () => {
  const { user } = await limited("/scope?org=1", { scopeEarlier: true });
  await user.click(await screen.findByRole("button", { name: /^Wanted: .* In force: / }));
  expect(screen.queryByText("Tasks.ReadWrite.All"), "the details are closed").toBeNull();
  expect(
    screen.getByText(/What follows of Exchange's roles is from the reading of .*, and may be so no more/),
  ).toBeTruthy();
});

test("a proof without a contradiction is provisional, and isn't too early to judge", () => {
  const view = proofOf(1, scopeOf(undefined, null));
  const early = (too_early: number): ProofView => ({
    ...view,
    outcome: "too_early",
    proof: { ...view.proof, tally: { ...view.proof.tally, too_early, provisional: 3 } },
  });
  expect(outcomeBadge(early(0)).word).toBe("Provisional");
  expect(outcomeBadge(early(1)).word).toBe("Too early to judge");
});

test("grants are named together", () => {
  const grant = (permission: string) => ({ kind: "grant" as const, permission });
  expect(voidWords([grant("Mail.Read"), grant("Calendars.Read")])).toEqual([
    expect.stringMatching(/^The scope limits nothing of Mail.Read, Calendars.Read: they are granted/),
  ]);
});

test("a proof shows expected, said and observed, and why a mailbox answered that must not", async () => {
  const { user } = await limited();
  await user.click(await screen.findByRole("button", { name: "Prove…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  await user.type(within(dialog).getByRole("textbox", { name: /in any case/ }), "ceo@contoso.example");
  await user.click(within(dialog).getByRole("button", { name: "Prove" }));
  const row = await screen.findByRole("row", { name: /ceo@contoso.example/ });
  expect(
    within(row)
      .getAllByRole("gridcell")
      .slice(2, 6)
      .map((cell) => cell.textContent),
  ).toEqual(["Leak", "Must be refused", "Denied, disagrees", "Answered"]);
  expect(screen.getByText("The test cmdlet says otherwise than observed or wanted of 1 mailbox.")).toBeTruthy();
  expect(screen.getByText(/The proof says nothing of Tasks.ReadWrite.All: granted for the whole tenant/)).toBeTruthy();
  expect(screen.getByText(/^Asked: all 12 mailboxes that must answer, all 4,800 that must be refused/)).toBeTruthy();
  expect(screen.getByText("Contradicted")).toBeTruthy();
  await user.click(within(row).getByText("ceo@contoso.example"));
  expect(await screen.findByText(/a grant for the whole tenant adds to the scope, and opens it/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: /Lock-out/ }));
  await waitFor(() => expect(screen.queryByRole("row", { name: /ceo@contoso.example/ })).toBeNull());
  expect(screen.getByRole("row", { name: /ada@contoso.example/ })).toBeTruthy();
});

test("a proof says beforehand what it will ask, and about how long that takes", async () => {
  const { user, door } = await limited();
  await user.click(await screen.findByRole("button", { name: "Prove…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  expect(
    await within(dialog).findByText(/The directory of 4,812 accounts is read .* every mailbox of it/),
  ).toBeTruthy();
  const outside = within(dialog).getByRole("textbox", { name: /must be refused/ });
  for (const value of ["5", "50"]) fireEvent.change(outside, { target: { value } });
  expect(
    await within(dialog).findByText(/a sample of it is asked: at most 62 mailboxes, with 62 requests/),
  ).toBeTruthy();
  const counted = door.asked.filter(({ name }) => name === "scope.foresee").map(({ question }) => question);
  expect(counted.map((question) => (question as { outside: unknown }).outside)).toEqual([null, 50]);
});

test("what can't be run now says why in the menu, too", async () => {
  const { user } = await openAt("/scope?org=1");
  await user.click(await screen.findByRole("button", { name: "More: More access scope commands" }));
  const run = await screen.findByRole("menuitem", { name: /I have run it/ });
  expect(run.getAttribute("aria-disabled")).toBe("true");
  expect(run.textContent).toContain("there is nothing to limit");
});

test("a script is read, copied, saved, and run on the practice tenant only when that is asked", async () => {
  const { user, door } = await limited();
  await user.click(await screen.findByRole("button", { name: "Scripts…" }));
  const dialog = await screen.findByRole("dialog", {}, SLOW);
  expect(await within(dialog).findByText(/New-ManagementScope/)).toBeTruthy();
  const warning = within(dialog).getByText(/For up to 120 minutes after it Exchange goes on/);
  const script = within(dialog).getByRole("region", { name: "Script" });
  expect(warning.compareDocumentPosition(script) & Node.DOCUMENT_POSITION_FOLLOWING, "above the script").toBeTruthy();
  await user.click(await within(dialog).findByRole("tab", { name: "Test" }));
  expect(await within(dialog).findByText(/the gravest first. 4,792 more are left out/)).toBeTruthy();
  expect(within(dialog).queryByRole("button", { name: "I have run it" }), "a test changes nothing").toBeNull();
  await user.click(await within(dialog).findByRole("tab", { name: "Migrate from a policy" }));
  expect(await within(dialog).findByText(/# migrate/)).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Copy script" }));
  expect(await navigator.clipboard.readText()).toMatch(/^# migrate\r\nNew-ManagementScope/);
  await user.click(within(dialog).getByRole("button", { name: "Save as .ps1" }));
  await screen.findByText("Script saved");
  expect(screen.getByText(/^Downloads\/.*\.ps1$/)).toBeTruthy();
  expect(door.asked.some(({ name }) => name === "practice.run_scope_script")).toBe(false);
  expect(
    within(dialog).getByRole("button", { name: "I have run it" }),
    "it is said where the script was taken",
  ).toBeTruthy();
  await user.click(await within(dialog).findByRole("button", { name: "Run on the practice tenant" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(door.asked.find(({ name }) => name === "practice.run_scope_script")?.question).toMatchObject({
    purpose: "migrate",
  });
});

test("while a change settles, it is said what is too early to judge and what is a leak at once", async () => {
  await openAt("/scope?org=1", { settling: true });
  await screen.findByText(/Until .+, a mailbox that contradicts the scope is too early to judge/);
  cleanup();
  await limited("/scope?org=1", { settling: true });
  await screen.findByText(/What a grant for the whole tenant opens is a leak at once; any other mailbox/);
  expect(screen.queryByText(/Until .+, a mailbox that contradicts/)).toBeNull();
});

test("a proof that was cut off waits for a click, unless the admin chose otherwise", async () => {
  const { door } = await openAt("/scope?org=1", { proof: "cut_off" });
  await screen.findByText("The proof was interrupted");
  expect(door.asked.filter(({ name }) => name === "scope.cut_off")).toHaveLength(1);
  expect(door.asked.some(({ name }) => name === "scope.resume")).toBe(false);
});

test("where the admin chose so, a proof that was cut off goes on by itself", async () => {
  const { door } = await openAt("/scope?org=1", { proof: "cut_off", settings: { resume: "by_itself" } });
  await screen.findByText("Proof 4 of Contoso EU goes on");
  expect(door.asked.filter(({ name }) => name === "scope.resume")).toEqual([
    { name: "scope.resume", question: { proof: 4 } },
  ]);
  expect(await screen.findByText("Contradicted")).toBeTruthy();
});

test("a proof that the clock couldn't go on with says why, and when it is tried again", async () => {
  await openAt("/scope?org=1", { proof: "put_off" });
  expect(await screen.findByText(/The last try to ask again failed: .*secret.*\. The next one is at/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Ask again now" })).toBeTruthy();
});

test("without the secret nothing is promised to be asked by itself, and the way to set it is shown", async () => {
  const { user } = await openAt("/scope?org=1", { proof: "no_secret" });
  await screen.findByText(/the integration's secret isn't set, so nothing is asked by itself/);
  expect(screen.queryByText(/while Rollcall is open/)).toBeNull();
  expect(screen.queryByRole("button", { name: "Ask again now" }), "it would be refused").toBeNull();
  await user.click(screen.getByRole("button", { name: "Open Integrations" }));
  expect(await screen.findByRole("heading", { name: "Integrations" })).toBeTruthy();
});

test("what is in force is from before a change where grants couldn't be read back", async () => {
  await openAt("/scope?org=1", { doubted: true });
  expect(await screen.findByText(/It may be so no more: read it again/)).toBeTruthy();
});

test("why a mailbox of a proof is reached tells its state, with the date where it is remembered", async () => {
  const { user } = await limited();
  await user.click(await screen.findByRole("button", { name: "Prove…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  await user.click(within(dialog).getByRole("button", { name: "Prove" }));
  await user.click(
    within(await screen.findByRole("row", { name: /ceo@contoso.example/ })).getByText("ceo@contoso.example"),
  );
  expect(
    await screen.findByText(/^By the directory as it was read .+: User, ceo@contoso.example, account enabled\.$/),
  ).toBeTruthy();
});

test("what is asked again now says what that came to", async () => {
  const { user } = await openAt("/scope?org=1", { proof: "put_off" });
  await user.click(await screen.findByRole("button", { name: "Ask again now" }));
  expect(await screen.findByText("Asked again. Leaks: 1, lock-outs: 1, too early: 0")).toBeTruthy();
});

test("a proof that is under way was not interrupted, whoever has begun it", async () => {
  await openAt("/scope?org=1", { proof: "under_way" });
  await screen.findByText("Proving the scope");
  expect(screen.queryByRole("button", { name: "Resume" })).toBeNull();
});

test("any mailbox of the tenant is explained, and one that was not asked can be asked", async () => {
  const { user, door } = await openAt("/scope?org=1");
  await user.click(await screen.findByRole("button", { name: "Explain a mailbox…" }));
  const dialog = await screen.findByRole("dialog", {}, SLOW);
  await user.type(within(dialog).getByRole("textbox"), "di@contoso.example{Enter}");
  expect(await within(dialog).findByText(/Nothing was asked of it yet, so nothing shows/)).toBeTruthy();
  expect(within(dialog).getByText("By the directory: User, di@contoso.example, account enabled.")).toBeTruthy();
  expect(door.asked.some(({ name }) => name === "scope.ask")).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Ask it now" }));
  expect(await within(dialog).findByText("It is outside the scope, and was refused.")).toBeTruthy();
});

test("what the cmdlet said is taken in, and on which mailboxes it failed is told", async () => {
  const { user } = await openAt("/scope?org=1");
  await user.click(await screen.findByRole("button", { name: "More: More access scope commands" }));
  await user.click(await screen.findByRole("menuitem", { name: "Import cmdlet result…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  await user.type(within(dialog).getByRole("textbox"), "Mailbox,AccessCheckResult,Error");
  await user.click(within(dialog).getByRole("button", { name: "Import" }));
  expect(await screen.findByText("Imported: 1 added, 0 replaced, 2 kept")).toBeTruthy();
  expect(await screen.findByText("The cmdlet failed on 1 mailbox, so it says nothing of it")).toBeTruthy();
  expect(screen.getByText("gone@contoso.example")).toBeTruthy();
  expect(screen.getByText("1 address is nobody's in the tenant, and was not imported")).toBeTruthy();
  await user.click(await screen.findByRole("button", { name: "More: More access scope commands" }));
  await user.click(await screen.findByRole("menuitem", { name: "Import cmdlet result…" }));
  const again = await screen.findByRole("alertdialog", {}, SLOW);
  await within(again).findByText(/Something is kept of 3 mailboxes/);
  await user.click(within(again).getByRole("button", { name: "Forget it" }));
  expect(await screen.findByText("What the cmdlet said of 3 mailboxes is forgotten")).toBeTruthy();
});

test("what is typed as no number is marked where it stands", async () => {
  const { user } = await limited();
  await user.click(await screen.findByRole("button", { name: "Prove…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  const outside = within(dialog).getByRole("textbox", { name: /must be refused/ });
  await user.type(outside, "abc");
  expect(outside.getAttribute("aria-invalid")).toBe("true");
  expect(
    within(dialog).getByText("Type a whole number, or leave it empty.", { selector: "[role=alert], div, span" }),
  ).toBeTruthy();
  expect(
    within(dialog)
      .getByRole("textbox", { name: /must answer/ })
      .getAttribute("aria-invalid"),
  ).toBeNull();
});

test("what is provisional is said so, and a cmdlet's result from before a change bears that mark", () => {
  expect(findingBadge("confirmed_outside", NOW)).toEqual({ state: "waiting", word: "Confirmed outside, provisional" });
  expect(findingBadge("confirmed_outside", null).word).toBe("Confirmed outside");
  const report = { said: "granted" as const, at: NOW, before_change: true };
  expect(reportBadge(report, null).word).toBe("Granted, before the change");
  expect(reportBadge({ ...report, before_change: false }, "with_wanted")).toEqual({
    state: "attention",
    word: "Granted, disagrees",
  });
});

test("roles of one reach are named together", () => {
  const reach = { kind: "scope" as const, name: "Rollcall 1", filter: "" };
  const role = (name: string) => ({ id: name, role: name, reach });
  expect(assignedWords([role("Application Mail.Read"), role("Application Calendars.Read")])).toBe(
    "Application Mail.Read, Application Calendars.Read for the scope Rollcall 1",
  );
});

test("evidence is saved under the name of its organization", async () => {
  const { user } = await limited();
  await user.click(await screen.findByRole("button", { name: "Prove…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  await user.click(within(dialog).getByRole("button", { name: "Prove" }));
  await screen.findByText("Contradicted");
  await user.click(screen.getByRole("button", { name: "Export evidence" }));
  await screen.findByText("Downloads/Access scope of Contoso EU, proof 4.csv");
});

test("a test script tries the mailboxes that somebody names", async () => {
  const { user, door } = await limited();
  await user.click(await screen.findByRole("button", { name: "Scripts…" }));
  const dialog = await screen.findByRole("dialog", {}, SLOW);
  await user.click(await within(dialog).findByRole("tab", { name: "Test" }));
  await user.type(within(dialog).getByRole("textbox", { name: /Further mailboxes to try/ }), "vip@contoso.example");
  await within(dialog).findByText(/'vip@contoso.example'/);
  await user.click(within(dialog).getByRole("button", { name: "Run on the practice tenant" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(door.asked.find(({ name }) => name === "practice.run_scope_script")?.question).toMatchObject({
    purpose: "test",
    mailboxes: ["vip@contoso.example"],
  });
});

test("where Microsoft asks first, the way to its page is shown and nothing is asked twice", async () => {
  let done = () => {};
  const consented = new Promise<void>((settle) => {
    done = settle;
  });
  const { user, door } = await limited("/scope?org=1", { consented });
  const allow = await screen.findByRole("button", { name: "Allow reading…" });
  await user.click(allow);
  const waiting = await screen.findByRole("region", { name: "Waiting for you in the browser" });
  within(waiting).getByRole("button", { name: "Copy link" });
  expect(allow.getAttribute("aria-disabled")).toBe("true");
  await user.click(allow);
  expect(door.asked.filter(({ name }) => name === "tenants.allow")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Scripts…" }));
  const dialog = await screen.findByRole("dialog", {}, SLOW);
  await user.click(await within(dialog).findByRole("button", { name: "Run on the practice tenant" }));
  await within(dialog).findByRole("region", { name: "Waiting for you in the browser" });
  done();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(screen.queryByRole("region", { name: "Waiting for you in the browser" })).toBeNull());
  expect(
    door.asked.some(({ name }) => name === "scope.read"),
    "what may be read now is read",
  ).toBe(true);
});

test("why Exchange's roles were not read is said whatever the reason, and only what helps is offered", async () => {
  await openAt("/scope?org=1", { exchangeRoles: { kind: "unread", why: { kind: "failed", code: "throttled" } } });
  await screen.findByText(/Exchange's roles were not read: the read failed \(throttled\)/);
  expect(screen.queryByRole("button", { name: "Allow reading…" })).toBeNull();
});

test("another wish for the same application is told before it is set, on the page, and in place of a script", async () => {
  const { user } = await openAt("/scope?org=1", { contested: true });
  await user.click(await screen.findByRole("button", { name: "Change scope…" }));
  const dialog = await screen.findByRole("alertdialog", {}, SLOW);
  expect(within(dialog).getByText("Whom may Revenue Grid reach?")).toBeTruthy();
  await user.type(within(dialog).getByRole("searchbox"), "sales");
  await user.click((await within(dialog).findAllByRole("radio", { name: /Sales/ }))[0] as HTMLElement);
  await within(dialog).findByText(/Branch has the same application, and is to reach every mailbox\./);
  await user.click(within(dialog).getByRole("button", { name: "Set scope" }));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  await screen.findByText(/Branch has the same application/);
  await user.click(await screen.findByRole("button", { name: "Scripts…" }, SLOW));
  const scripts = await screen.findByRole("dialog", {}, SLOW);
  await within(scripts).findByText(/Another organization of the same application wants another scope/);
  within(scripts).getByText(/Branch has the same application/);
  expect(within(scripts).queryByRole("button", { name: "Run on the practice tenant" })).toBeNull();
  await user.click(within(scripts).getByRole("tab", { name: "Remove" }));
  await within(scripts).findByRole("button", { name: "Run on the practice tenant" });
});

test("what was made can be removed where everyone is to be reached, and the other scripts say why there is none", async () => {
  const { user } = await openAt("/scope?org=1");
  await user.click(await screen.findByRole("button", { name: "Scripts…" }));
  const scripts = await screen.findByRole("dialog", {}, SLOW);
  await within(scripts).findByText(/Every mailbox is to be reached, so there is nothing to limit/);
  await user.click(within(scripts).getByRole("tab", { name: "Remove" }));
  expect(await within(scripts).findByRole("region", { name: "Script" })).toBeTruthy();
});

test("the move is finished only when it was read that no grant stands, each of which is named", async () => {
  const opened = async (finish: "not_read_since" | "grants_stand") => {
    const { user, door } = await limited("/scope?org=1", { finish });
    await user.click(await screen.findByRole("button", { name: "Scripts…" }, SLOW));
    const scripts = await screen.findByRole("dialog", {}, SLOW);
    await user.click(await within(scripts).findByRole("tab", { name: "Finish the move" }));
    return { user, door, scripts: within(scripts) };
  };
  const { scripts } = await opened("grants_stand");
  await scripts.findByText(/Without the policies these grants would open every mailbox/);
  scripts.getByText(/Mail\.ReadWrite/);
  scripts.getByRole("button", { name: "Open Permissions" });
  expect(scripts.queryByRole("button", { name: "Run on the practice tenant" })).toBeNull();
  cleanup();
  const unread = await opened("not_read_since");
  await unread.scripts.findByText(/What is in force was not read since the last change/);
  await unread.user.click(unread.scripts.getByRole("button", { name: "Read what is in force" }));
  await waitFor(() => expect(unread.door.asked.some(({ name }) => name === "scope.read")).toBe(true));
});

test("grants are taken back only when the roles are there and have had their time, and it is said so", async () => {
  const { user, door } = await limited("/scope?org=1", { migrate: "roles_missing" });
  await user.click(await screen.findByRole("button", { name: "Scripts…" }, SLOW));
  const missing = within(await screen.findByRole("dialog", {}, SLOW));
  await user.click(await missing.findByRole("tab", { name: "Migrate from a policy" }));
  await missing.findByText(/Run Make or change first, wait the 2 hours until the roles count everywhere/);
  expect(missing.queryByRole("button", { name: "Run on the practice tenant" })).toBeNull();
  await user.click(missing.getByRole("button", { name: "Read what is in force" }));
  await waitFor(() => expect(door.asked.some(({ name }) => name === "scope.read")).toBe(true));
  cleanup();
  const there = await limited();
  await there.user.click(await screen.findByRole("button", { name: "Scripts…" }, SLOW));
  const scripts = within(await screen.findByRole("dialog", {}, SLOW));
  await there.user.click(await scripts.findByRole("tab", { name: "Migrate from a policy" }));
  await scripts.findByText(/Not within 2 hours after Make or change was run, and not before a proof shows/);
  scripts.getByText(/It stops unless it is run with -Confirmed/);
});

test("who is reached although a group inside the excluded one has them is told", () => {
  expect(remarkWords({ kind: "nested_reached", users: 3 })).toMatch(/so they are reached\. A policy that denies/);
});

test("whom the mechanism counts is told where it is chosen, and that nobody would be reached", async () => {
  const { user } = await openAt("/scope?org=1");
  await user.click(await screen.findByRole("button", { name: "Change scope…" }));
  const dialog = within(await screen.findByRole("alertdialog", {}, SLOW));
  await user.type(dialog.getByRole("searchbox"), "integration");
  await user.click(await dialog.findByRole("radio", { name: /Integration Scope/ }));
  await dialog.findByText("This mechanism counts 0 of them.");
  dialog.getByText(/nobody would be reached: every mailbox is refused/);
  await user.click(dialog.getByRole("radio", { name: "Application access policy (older)" }));
  await dialog.findByText("This mechanism counts 26 of them.");
  expect(dialog.queryByText(/nobody would be reached/)).toBeNull();
});

test("a refused wish is forgotten when something else is chosen", async () => {
  const { user } = await openAt("/scope?org=1", { failing: { "scope.set": "invalid_input" } });
  await user.click(await screen.findByRole("button", { name: "Change scope…" }));
  const dialog = within(await screen.findByRole("alertdialog", {}, SLOW));
  await user.type(dialog.getByRole("searchbox"), "sales");
  await user.click((await dialog.findAllByRole("radio", { name: /Sales/ }))[0] as HTMLElement);
  await user.click(dialog.getByRole("button", { name: "Set scope" }));
  await dialog.findByText("That can't be used.");
  await user.click(dialog.getByRole("radio", { name: "Application access policy (older)" }));
  expect(dialog.queryByText("That can't be used.")).toBeNull();
});

test("what was read before the last change is marked as such, and can be read again at once", async () => {
  const { user, door } = await limited("/scope?org=1", { stale: true });
  await screen.findByText(/It may be so no more: read it again/);
  await screen.findByRole("button", { name: /In force: read .*, before the last change$/ });
  await user.click(screen.getByRole("button", { name: "Read what is in force" }));
  await waitFor(() => expect(door.asked.some(({ name }) => name === "scope.read")).toBe(true));
});

test("a scope of delegated access says that there is nothing to limit", async () => {
  await openAt("/scope?org=1", { scopeDelegated: true });
  await screen.findByText(/An access scope concerns application permissions\. The access of Contoso EU is delegated/);
  expect(screen.queryByText(/Nobody has limited the integration yet/)).toBeNull();
});
