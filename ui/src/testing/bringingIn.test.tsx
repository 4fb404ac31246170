import { screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { expect, test } from "vitest";
import { openAt } from "./app";

// A dialog's parts are looked for by their text: without layout the library can't tell which part of the page it covers.
async function accessible() {
  const found = await axe.run(document, {
    rules: { "color-contrast": { enabled: false } },
    exclude: [["[data-tabster-dummy]"]],
  } as axe.RunOptions & { exclude: string[][] });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.filter((node) => !node.html.includes("data-tabster-dummy")).map((node) => `${id}: ${node.html}`),
  );
}

test("a list from a file is shown line by line before anything is stored, and exactly that is imported", async () => {
  const { user, door } = await openAt("/users?org=1&bring=true");
  await user.click(await screen.findByLabelText("Those on a list (CSV)"));
  expect(screen.queryByText("Import at once"), "a list is looked at first").toBeNull();
  const bytes = new Uint8Array([0x4e, 0xe9, 0x76, 0x3b, 0x40]);
  await user.upload(screen.getByLabelText("Choose a CSV file…", { selector: "input" }), new File([bytes], "team.csv"));
  await screen.findByText("team.csv");
  expect(await accessible()).toEqual([]);
  await user.click(screen.getByText("Show what will happen"));
  await screen.findByText(/Nothing has been stored/);
  const asked = door.asked.findLast(({ name }) => name === "users.preview")?.question;
  expect(asked).toEqual({ organization: 1, from: { kind: "file", bytes: btoa("N\u00e9v;@") } });
  expect(
    screen.getByText("Read as Windows-1252, separated by semicolons, addresses in column 2 (E-mail): 600 lines."),
  ).toBeTruthy();
  await screen.findByText("600 of 600");
  expect(screen.getAllByText("same as line 2").length).toBeGreaterThan(0);
  expect(screen.getAllByText("in Contoso US").length).toBeGreaterThan(0);
  screen.getByText(/^100 users stay in another organization\. To bring them over, .* use Move\.$/);
  expect(await accessible()).toEqual([]);
  expect(
    door.asked.some(({ name }) => name.startsWith("users.import")),
    "nothing is stored by looking",
  ).toBe(false);
  await user.click(screen.getByText("Import 100 users, refresh 100"));
  await screen.findByText("Import finished.");
  expect(door.asked.findLast(({ name }) => name === "users.import_shown")?.question).toEqual({ seal: "7" });
});

test("a group is found by its name and says how many it brings with nested groups and without", async () => {
  const { user, door } = await openAt("/users?org=1&bring=true");
  await user.click(await screen.findByLabelText("The members of a group"));
  await user.type(screen.getByPlaceholderText("Name, address or object ID"), "s");
  await screen.findByText("Type two letters or more.");
  await user.type(screen.getByPlaceholderText("Name, address or object ID"), "ales");
  await user.click(await screen.findByLabelText(/Sales · Microsoft 365 group/));
  await screen.findByText("Sales: 12 direct members, 340 with nested groups.");
  expect(await accessible()).toEqual([]);
  await user.click(screen.getByText("Show what will happen"));
  await screen.findByText(/Nothing has been stored/);
  const asked = door.asked.findLast(({ name }) => name === "users.preview")?.question as { from: { nested: boolean } };
  expect(asked.from.nested).toBe(true);
  await user.click(screen.getByText("Back"));
  await screen.findByText("Show what will happen");
});

test("looking can be stopped, and leaves nothing", async () => {
  const { user, door } = await openAt("/users?org=1&bring=true", { step: 50 });
  await user.click(await screen.findByText("Show what will happen"));
  await user.click(await screen.findByText("Stop"));
  await waitFor(() =>
    expect(screen.queryByText("Reading the directory; nothing is stored", { selector: "span" })).toBeNull(),
  );
  expect(door.asked.some(({ name }) => name.startsWith("users.import"))).toBe(false);
});

test("eligibility is checked with progress, filtered by, and told with its source and what to do", async () => {
  const { user, door } = await openAt("/users?org=1&eligibility=%22not_eligible%22");
  await screen.findByText("Eligibility: Not eligible");
  await screen.findByText("14 of 450");
  await user.click(screen.getByRole("button", { name: "Check eligibility" }));
  await screen.findByText("Eligibility checked.");
  await screen.findByText(/^14 users are not eligible\./);
  await screen.findByText("Show the 14 users");
  expect(door.asked.findLast(({ name }) => name === "users.preflight")?.question).toEqual({ organization: 1 });
  await waitFor(() => expect(screen.getAllByText("Room").length).toBeGreaterThan(0));
  await user.click(screen.getAllByText("No Exchange plan")[0] as HTMLElement);
  const panel = await screen.findByRole("complementary");
  expect(panel.textContent).toContain("Directory: assignedPlans");
  expect(panel.textContent).toContain("Assign a licence with Exchange Online");
  expect(await accessible()).toEqual([]);
});

test("what mailboxes could not be asked says why", async () => {
  const { user } = await openAt("/users?org=1", { unasked: "not_permitted" });
  await user.click(await screen.findByRole("button", { name: "Check eligibility" }));
  await screen.findByText(/isn't known for all: the integration's token doesn't carry MailboxSettings.Read/);
});

test("an organization says how many aren't eligible and leads to them", async () => {
  const { user, router } = await openAt("/organizations?open=1");
  await user.click(await screen.findByRole("button", { name: "Show the 14 users who are not eligible" }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ org: 1, eligibility: "not_eligible" }));
});

async function openRules() {
  const opened = await openAt("/organizations?open=1");
  await opened.user.click(await screen.findByRole("tab", { name: "Rules" }));
  await screen.findByText("Members of Sales, with nested groups");
  return opened;
}

test("a rule says what came of it and who has got whom, and the order can be changed", async () => {
  const { user, door } = await openRules();
  expect(screen.getByText(/340 fit, 3 proposed, 300 here, 1 declined/)).toBeTruthy();
  expect(
    screen.getByText("36 people go to Contoso US, whose rule comes first: Usage location is US or CA."),
  ).toBeTruthy();
  expect(screen.getByText("Place 2 of 2 in the tenant")).toBeTruthy();
  expect(await accessible()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Earlier: Members of Sales, with nested groups" }));
  await screen.findByText("Place 1 of 2 in the tenant");
  expect(door.asked.findLast(({ name }) => name === "rules.order")?.question).toEqual({ tenant: 1, rules: [2, 1] });
});

test("proposed people are brought in or declined, and who was declined can be asked about again", async () => {
  const { user, door } = await openRules();
  await screen.findByText("Proposals (3)");
  await user.click(screen.getByRole("button", { name: "Decline Otto Neu" }));
  await screen.findByText("Proposals (2)");
  await user.click(screen.getByRole("button", { name: "Bring in all 2" }));
  await screen.findByText("2 users brought in");
  await user.click(await screen.findByRole("switch", { name: "Show the 1 who was declined" }));
  await user.click(await screen.findByRole("button", { name: "Propose again" }));
  await screen.findByText("Proposals (1)");
  expect(door.asked.findLast(({ name }) => name === "rules.accept")?.question).toEqual({
    organization: 1,
    users: null,
  });
});

test("a rule is added with its values told apart", async () => {
  const { user, door } = await openRules();
  await user.click(screen.getByRole("button", { name: "Add rule…" }));
  await user.type(await screen.findByLabelText(/Values/, { selector: "input" }), "Sales, Bid desk");
  expect(await accessible()).toEqual([]);
  await user.click(screen.getByText("Add rule"));
  await screen.findByText("Department is Sales or Bid desk");
  expect(door.asked.findLast(({ name }) => name === "rules.add")?.question).toEqual({
    organization: 1,
    condition: { by: "attribute", attribute: "department", is: { test: "one_of", values: ["Sales", "Bid desk"] } },
    action: "propose",
  });
  await user.click(await screen.findByRole("button", { name: "Run rules now" }));
  await waitFor(() => expect(door.asked.some(({ name }) => name === "rules.evaluate")).toBe(true));
});
