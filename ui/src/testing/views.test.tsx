import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { ExportUsers, UserQuery } from "../api/bindings";
import type { FakeOptions } from "../api/fakeDesk";
import { untouched, usePreferences } from "../lib/preferences";
import { readViewLink, writeViewLink } from "../lib/viewLink";
import { openAt } from "./app";

beforeEach(() => usePreferences.setState({ columns: {} }));

type Opened = Awaited<ReturnType<typeof openAt>>;

async function choose({ user }: Opened, item: string) {
  await user.click(await screen.findByRole("button", { name: /^Views?(:|$)/ }));
  await user.click(await screen.findByRole(/…$|^Copy/.test(item) ? "menuitem" : "menuitemradio", { name: item }));
}

function lastFilter({ door }: Opened) {
  const { question } = door.asked.findLast(({ name }) => name === "users.query") ?? { question: undefined };
  return (question as UserQuery).filter;
}

// A dialog's parts are looked for by their text: without layout the library can't tell which part of the page it covers.
test("a link says the same to whoever reads it, whatever stands in it", () => {
  const link = {
    pane: "users",
    organization: "EU-01",
    columns: { order: ["name", "upn"], hidden: ["kind"] },
    search: { q: "123", desc: true, verdict: "failed", unchecked: 7 },
  };
  const text = writeViewLink(link);
  expect(text).toMatch(/^rollcall:\/\/users\?organization=EU-01&desc=true&q=/);
  expect(readViewLink(` ${text}\n`)).toEqual(link);
  expect(readViewLink("rollcall://users")).toEqual({
    pane: "users",
    organization: undefined,
    columns: undefined,
    search: {},
  });
  for (const other of ["ada", "https://users?verdict=failed", "rollcall:users"]) {
    expect(readViewLink(other), other).toBeUndefined();
  }
});

test("the built-in views set their filters and nothing else", async () => {
  const opened = await openAt("/users?org=1&kind=user");
  await screen.findByText(/^\d+ of 450$/);
  await choose(opened, "Still on EWS");
  await screen.findByText("0 of 450");
  expect(lastFilter(opened)).toMatchObject({
    organization: 1,
    kind: [],
    access: ["ews_app_only", "ews_delegated"],
  });
  await choose(opened, "Not checked in 7 days");
  await screen.findByRole("button", { name: "View: Not checked in 7 days" });
  await waitFor(() => {
    const before = lastFilter(opened).checked_before ?? 0;
    expect(Math.round((Date.now() - before) / 86_400_000)).toBe(7);
  });
});

test("a view is saved, opened again, replaced, renamed and deleted", async () => {
  const opened = await openAt("/users?org=1&verdict=failed&sort=checked");
  const { user, door } = opened;
  await screen.findByText(/^\d+ of 450$/);
  await choose(opened, "Save view…");
  const name = () => screen.findByLabelText(/^Name of the view/);
  await user.type(await name(), "failed");
  const save = screen.getByText("Save view", { selector: "button" });
  expect(save.getAttribute("aria-disabled"), "one that comes with Rollcall has that name").toBe("true");
  expect((await name()).getAttribute("aria-invalid")).toBe("true");
  await screen.findByText("A view that comes with Rollcall has that name.", {
    selector: "[role=alert], [role=alert] *, div",
  });
  await user.type(await name(), " by age{enter}");
  await screen.findByRole("button", { name: "View: failed by age" });
  expect(door.asked.find(({ name: asked }) => asked === "views.save")?.question).toEqual({
    pane: "users",
    name: "failed by age",
    address: "rollcall://users?sort=checked&verdict=failed&columns=%3B",
    before: null,
  });

  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await screen.findByRole("button", { name: "Views" });
  expect(screen.queryByText(/^\d+ of 450$/)).toBeNull();
  await choose(opened, "failed by age");
  await screen.findByRole("button", { name: "View: failed by age" });
  await screen.findByText(/^\d+ of 450$/);

  await choose(opened, "Save view…");
  await user.type(await name(), "Failed by age");
  await screen.findByText("There is a view of that name. It is replaced.");
  await user.click(screen.getByText("Replace view"));
  await screen.findByRole("button", { name: "View: Failed by age" });

  await choose(opened, "Rename or delete views…");
  const field = await screen.findByLabelText("Name of Failed by age");
  await user.clear(field);
  await user.type(field, "Old failures");
  await user.click(screen.getByText("Rename"));
  await user.click(await screen.findByLabelText("Delete Old failures"));
  await screen.findByText("No view is saved.");
});

test("a view brings its columns along", async () => {
  usePreferences.setState({ columns: { users: { ...untouched, hidden: ["kind", "cause"] } } });
  const opened = await openAt("/users?org=1&mailbox=switching");
  await screen.findByText(/^\d+ of 450$/);
  await choose(opened, "Save view…");
  await opened.user.type(await screen.findByLabelText(/^Name of the view/), "Kinds{enter}");
  await screen.findByRole("button", { name: "View: Kinds" });
  usePreferences.setState({ columns: {} });
  await choose(opened, "Kinds");
  await waitFor(() => expect(usePreferences.getState().columns["users"]?.hidden).toEqual(["kind", "cause"]));
  await screen.findByRole("columnheader", { name: "Mailbox kind" });
});

test("a link to a view is copied, and opens it where it is pasted", async () => {
  const opened = await openAt("/users?org=1&session=failed&desc=true");
  const { user, router } = opened;
  await screen.findByText(/^\d+ of 450$/);
  await choose(opened, "Copy link to view");
  const text = await navigator.clipboard.readText();
  expect(text).toBe("rollcall://users?organization=EU-01&desc=true&session=failed&columns=%3B");
  await router.navigate({ to: "/issues", search: { org: 2 } });
  await user.keyboard("{Control>}k{/Control}");
  const box = await screen.findByLabelText("Search or run a command", { selector: "input" });
  await user.click(box);
  await user.paste(text);
  await screen.findByText("Open the view of this link");
  await user.keyboard("{Enter}");
  await screen.findByRole("heading", { level: 1, name: "Users" });
  expect(router.state.location.search).toEqual({ org: 1, session: "failed", desc: true });
});

test("a link of another computer says what of it is not here", async () => {
  const { user, router } = await openAt("/?org=1");
  await user.keyboard("{Control>}k{/Control}");
  await user.click(await screen.findByLabelText("Search or run a command", { selector: "input" }));
  await user.paste("rollcall://users?organization=AP-07&verdict=failed&mood=grim");
  await user.keyboard("{Enter}");
  expect(await screen.findAllByText(/There is no organization with the External ID AP-07 here/)).not.toEqual([]);
  expect(await screen.findAllByText("Not understood and left out: mood")).not.toEqual([]);
  expect(router.state.location.search).toMatchObject({ verdict: "failed" });
});

test("what is exported is what is counted, in its order and with its columns, by a button and by a key", async () => {
  usePreferences.setState({ columns: { users: { ...untouched, hidden: ["verdict", "department"] } } });
  const { user, door } = await openAt("/users?org=1&mailbox=switching&sort=upn&desc=true");
  await screen.findByText(/^\d+ of 450$/);
  await user.click(screen.getByRole("button", { name: "Export" }));
  await screen.findByText("Downloads/Users of Contoso EU.csv");
  const asked = () => door.asked.filter(({ name }) => name === "users.export").map(({ question }) => question);
  const { columns, filter, sort } = asked()[0] as ExportUsers;
  expect(columns).toEqual(["name", "upn", "mailbox", "eligibility", "cause", "checked", "issues", "department"]);
  expect(filter).toMatchObject({ organization: 1, mailbox: ["switching"] });
  expect(sort).toEqual({ by: "upn", descending: true });
  await user.keyboard("{Control>}e{/Control}");
  await waitFor(() => expect(asked()).toHaveLength(2));
});

test("workloads stand in the table with an icon and a name each, and are looked up only where somebody wants them", async () => {
  const { user, door } = await openAt("/users?org=1");
  await screen.findByText("450 users");
  const wanted = () =>
    door.asked.filter(({ name }) => name === "users.query").map(({ question }) => question as UserQuery);
  expect(wanted().some(({ workloads }) => workloads)).toBe(false);
  await user.click(screen.getByRole("button", { name: "Columns" }));
  for (const name of ["Workloads", "Licence", "Brought in", "Primary address", "Job title"]) {
    await user.click(await screen.findByLabelText(name, { selector: "input" }));
  }
  await user.keyboard("{Escape}");
  await screen.findByRole("columnheader", { name: "Licence" });
  const [cell] = await screen.findAllByRole("img", { name: /^Mail: Success, Calendar: Success, .*Mailbox settings: / });
  expect(within(cell as HTMLElement).getByText("Settings").parentElement?.dataset["state"]).toBe("good");
  expect(wanted().at(-1)?.workloads).toBe(true);
  await user.click(screen.getByRole("button", { name: "Export" }));
  await waitFor(() => {
    const asked = door.asked.find(({ name }) => name === "users.export")?.question as ExportUsers;
    expect(asked.columns).toEqual(expect.arrayContaining(["workloads", "licence", "created", "address", "job_title"]));
    expect(Object.keys(asked).sort()).toEqual(["columns", "filter", "sort"]);
  });
});

test("another column leaves the list where it is, and of rows that weren't asked for workloads nothing is said", async () => {
  let answer = () => {};
  const held: NonNullable<FakeOptions["held"]> = {};
  const { user } = await openAt("/users?org=2", { held });
  const name = await screen.findAllByRole("gridcell", { name: /@contoso\.example$/ });
  name[0]?.focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  const active = () => screen.getByRole("grid").querySelector("[data-cell][tabindex='0']")?.getAttribute("data-cell");
  await waitFor(() => expect(active()).toMatch(/^3:/));
  held["users.query"] = new Promise((resolve) => {
    answer = resolve;
  });
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(await screen.findByLabelText("Workloads", { selector: "input" }));
  await user.click(await screen.findByLabelText("Last check", { selector: "input" }));
  await user.keyboard("{Escape}");
  await screen.findByRole("columnheader", { name: "Workloads" });
  expect(screen.queryByText("Never")).toBeNull();
  answer();
  const [cell] = await screen.findAllByText("Never");
  if (cell) await user.hover(cell);
  expect((await screen.findByRole("tooltip")).textContent).toBe("Never");
  expect(active()).toMatch(/^3:/);
});

test("mailboxes are exported with the address that the list shows", async () => {
  const { user, door } = await openAt("/mailboxes?org=1&status=switching");
  await screen.findByText(/^\d+ of 450$/);
  await user.click(screen.getByRole("button", { name: "Export" }));
  await screen.findByText("Downloads/Mailboxes of Contoso EU.csv");
  const asked = door.asked.find(({ name }) => name === "users.export")?.question as ExportUsers;
  expect(asked.columns[0]).toBe("address");
  expect(asked.filter.mailbox).toEqual(["switching"]);
});

test("what a cell says is what is copied of it: nobody is read whose organization is paused", async () => {
  usePreferences.setState({ columns: { users: { ...untouched, hidden: ["sync"] } } });
  const { user } = await openAt("/users?org=3");
  const [cell] = await screen.findAllByText("Enabled, paused");
  if (cell) await user.hover(cell);
  expect((await screen.findByRole("tooltip")).textContent).toBe("Enabled, paused");
});

test("of two views that are the same, the name is told of the one that was saved or chosen", async () => {
  const { user } = await openAt("/users?org=1&verdict=failed");
  const named = (name: string) => screen.findByRole("button", { name: `View: ${name}` });
  await user.click(await named("Failed"));
  await user.click(await screen.findByRole("menuitem", { name: "Save view…" }));
  const dialog = await screen.findByRole("dialog", { name: "Save view" });
  await user.type(within(dialog).getByRole("textbox"), "Mine");
  await user.click(within(dialog).getByRole("button", { name: "Save view" }));
  await user.click(await named("Mine"));
  await user.click(await screen.findByRole("menuitemradio", { name: "Failed" }));
  await user.click(await named("Failed"));
  await user.click(await screen.findByRole("menuitemradio", { name: "Mine" }));
  await named("Mine");
});

test("the palette says how many more users match, and leads to all of them", async () => {
  const { user, router } = await openAt("/");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: "Search or run a command" }), "contoso.example");
  await user.click(await screen.findByRole("option", { name: /^All \d+ users that match/ }));
  await screen.findByRole("heading", { level: 1, name: "Users" });
  expect(router.state.location.search).toMatchObject({ q: "contoso.example" });
});

test("the age of the list tells when its rows last changed", async () => {
  const { door } = await openAt("/users?org=1");
  await screen.findByText("450 users");
  const before = screen.getByText(/^as of /).textContent;
  await door.call("users.act", { users: { by: "ids", of: [1, 2, 3] }, action: { kind: "exclude" } }, {});
  await waitFor(() => expect(screen.getByText(/^as of /).textContent).not.toBe(before));
});
