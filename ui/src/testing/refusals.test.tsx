import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeOptions } from "../api/fakeDesk";
import { openAt } from "./app";

test("an organization is renamed from its panel and from the bar, and a name that is taken is said to be", async () => {
  const { user, door } = await openAt("/organizations?open=2");
  const panel = await screen.findByRole("complementary", { name: "Contoso US" });
  await user.click(within(panel).getByRole("button", { name: "Rename…" }));
  const dialog = await screen.findByRole("dialog", { name: "Rename Contoso US" });
  const name = within(dialog).getByRole("textbox", { name: /^Name/ });
  await user.clear(name);
  await user.type(name, "Contoso EU");
  await user.click(within(dialog).getByRole("button", { name: "Rename" }));
  expect((await within(dialog).findAllByText("The name is taken.")).length).toBe(1);
  within(dialog).getByText("Choose another name.");
  within(dialog).getByRole("button", { name: "Details" });
  await user.type(name, " 2");
  expect(within(dialog).queryByText("The name is taken.")).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Rename" }));
  await screen.findByText("Contoso US is called Contoso EU 2 now");
  await screen.findByRole("complementary", { name: "Contoso EU 2" });
  expect(door.asked.findLast((one) => one.name === "organizations.change")?.question).toEqual({
    organization: 2,
    name: "Contoso EU 2",
    access: null,
    sync: null,
  });
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  const bar = await screen.findByRole("toolbar", { name: "Selection" });
  within(bar).getByRole("button", { name: "Rename…" });
  expect(screen.getAllByRole("button", { name: "Delete…" }).length).toBe(1);
});

test("a refusal of what was typed says what is wrong, at the field, and goes when something else is typed", async () => {
  const { user } = await openAt("/organizations?create=true", {
    failing: { "organizations.create": "duplicate_external_id" },
  });
  const dialog = await screen.findByRole("dialog", { name: "New organization" });
  await user.type(within(dialog).getByRole("textbox", { name: /^Name/ }), "Ops");
  const id = within(dialog).getByRole("textbox", { name: /^External ID/ });
  await user.type(id, "OPS");
  await user.click(within(dialog).getByRole("button", { name: "Create organization" }));
  expect((await within(dialog).findAllByText("The External ID is taken.")).length).toBe(1);
  await user.type(id, "-2");
  expect(within(dialog).queryByText("The External ID is taken.")).toBeNull();
});

test("a refusal goes when something else is chosen, and when the form is sent again", async () => {
  const failing: NonNullable<FakeOptions["failing"]> = { "organizations.create": "duplicate_external_id" };
  const held: NonNullable<FakeOptions["held"]> = {};
  const { user } = await openAt("/organizations?create=true", { failing, held });
  const dialog = await screen.findByRole("dialog", { name: "New organization" });
  await user.type(within(dialog).getByRole("textbox", { name: /^Name/ }), "Ops");
  await user.type(within(dialog).getByRole("textbox", { name: /^External ID/ }), "OPS");
  const send = () => user.click(within(dialog).getByRole("button", { name: "Create organization" }));
  const said = () => within(dialog).queryAllByText("The External ID is taken.").length;
  await send();
  await waitFor(() => expect(said()).toBe(1));
  await user.click(within(dialog).getByRole("combobox", { name: /^Integration/ }));
  await user.click((await screen.findAllByRole("option"))[0] as HTMLElement);
  expect(said()).toBe(0);
  await send();
  await waitFor(() => expect(said()).toBe(1));
  delete failing["organizations.create"];
  held["organizations.create"] = new Promise(() => {});
  await send();
  expect(said()).toBe(0);
  within(dialog).getByRole("button", { name: "Create organization" });
});

test("a filter or a list that can't be used is marked with the reason, which goes with another source", async () => {
  const detail = "Graph refused the request (400 Request_BadRequest)";
  const { user } = await openAt("/users?org=1&bring=true", {
    failing: { "users.preview": { code: "invalid_input", detail } },
  });
  const dialog = await screen.findByRole("dialog", { name: "Import users into Contoso EU" });
  await user.click(within(dialog).getByRole("radio", { name: "Those who match a filter" }));
  const filter = () => within(dialog).getByRole("textbox", { name: /^OData filter/ });
  await user.type(filter(), "department eq");
  await user.click(within(dialog).getByRole("button", { name: "Show what will happen" }));
  expect((await within(dialog).findAllByText(new RegExp(detail.replace(/[()]/g, "\\$&")))).length).toBe(1);
  expect(filter().getAttribute("aria-invalid")).toBe("true");
  await user.click(within(dialog).getByRole("radio", { name: "Everyone in the directory" }));
  await waitFor(() => expect(within(dialog).queryByText(/Request_BadRequest/)).toBeNull());
  cleanup();

  const again = await openAt("/users?org=1&bring=true", {
    failing: { "users.preview": { code: "invalid_input", detail: "csv: the file is not text: save it as CSV" } },
  });
  const list = await screen.findByRole("dialog", { name: "Import users into Contoso EU" });
  await again.user.click(within(list).getByRole("radio", { name: "Those on a list (CSV)" }));
  await again.user.type(within(list).getByRole("textbox"), "x");
  await again.user.click(within(list).getByRole("button", { name: "Show what will happen" }));
  expect((await within(list).findAllByText("The file is not text: save it as CSV.")).length).toBeGreaterThan(0);
  expect(within(list).getByRole("textbox").getAttribute("aria-invalid")).toBe("true");
});

test("a window that can't be is marked where it is wrong", async () => {
  for (const [detail, field, words] of [
    ["to: the window begins and ends at the same time", "To", "The window begins and ends at the same time."],
    ["zone: that time zone is not known", "Time zone", "That time zone is not known."],
  ] as const) {
    const { user } = await openAt("/organizations?open=2&tab=email", {
      failing: { "organizations.set_window": { code: "invalid_input", detail } },
    });
    await user.click(await screen.findByRole("button", { name: "Set change window…" }));
    const dialog = await screen.findByRole("dialog", { name: "Change window of Contoso US" });
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await within(dialog).findAllByText(words);
    const named = field === "To" ? "textbox" : "combobox";
    expect(within(dialog).getByRole(named, { name: field }).getAttribute("aria-invalid")).toBe("true");
    cleanup();
  }
});

test("an address that nobody has is said to be unknown, not gone", async () => {
  const detail = "nobody in the tenant has this address, principal name or object id";
  const { user } = await openAt("/scope?org=1", { failing: { "scope.why": { code: "not_found", detail } } });
  await user.click(await screen.findByRole("button", { name: "Explain a mailbox…" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByRole("textbox"), "nobody@contoso.example");
  await user.click(within(dialog).getByRole("button", { name: "Explain" }));
  await within(dialog).findByText("There is no such thing.");
  await within(dialog).findByText(/Nobody in the tenant has this address, principal name or object id\./);
  expect(within(dialog).queryByText(/isn't there any more/)).toBeNull();
});
