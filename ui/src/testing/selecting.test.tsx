import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openAt } from "./app";

const head = () => screen.findByRole("columnheader", { name: "Select all" });
const bar = () => screen.findByRole("toolbar", { name: "Selection" });
const noBar = () => waitFor(() => expect(screen.queryByRole("toolbar", { name: "Selection" })).toBeNull());

test("all that match a filter are no longer selected when the filter goes, and stay unselected when it comes back", async () => {
  const { user, router } = await openAt("/users?org=1&mailbox=error");
  await screen.findAllByRole("gridcell", { name: "Not selected" });
  await user.click(await head());
  await within(await bar()).findByText(/^\d+ selected: all that match$/);
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await screen.findByText("450 users");
  await noBar();
  await router.navigate({ to: "/users", search: { org: 1, mailbox: "error" } });
  await screen.findByText(/^\d+ of 450$/);
  await noBar();
});

test("all users of an organization are no longer selected when another one is chosen", async () => {
  const { user, router } = await openAt("/users?org=2");
  await user.click((await screen.findAllByRole("gridcell", { name: "Not selected" }))[0] as HTMLElement);
  await within(await bar()).findByText("1 selected");
  await router.navigate({ to: "/users", search: { org: 3 } });
  await screen.findByText("25 users");
  await noBar();
});

test("ticked users stay under another filter, the bar says that they are hidden, and the header's box selects what is shown", async () => {
  const { user, router, door } = await openAt("/users?org=1");
  const cells = await screen.findAllByRole("gridcell", { name: "Not selected" });
  await user.click(cells[0] as HTMLElement);
  await user.click(cells[1] as HTMLElement);
  await within(await bar()).findByText("2 selected");
  await router.navigate({ to: "/users", search: { org: 1, kind: "unlicensed" } });
  await within(await bar()).findByText("2 selected, none of them shown here");
  await screen.findByText(/^\d+ of 450$/);
  await user.click(await head());
  await within(await bar()).findByText(/^\d+ selected: (all that match|the one that matches)$/);
  await user.click(within(await bar()).getByRole("button", { name: "Move…" }));
  await screen.findByRole("alertdialog");
  expect(door.asked.findLast(({ name }) => name === "users.foresee")?.question).toMatchObject({
    users: { by: "filter_but", of: { filter: { kind: ["unlicensed"], organization: 1 }, but: [] } },
  });
});

test("ticked organizations that a search hides are told, and are acted on all the same", async () => {
  const { user } = await openAt("/organizations");
  const cells = await screen.findAllByRole("gridcell", { name: "Not selected" });
  await user.click(cells[0] as HTMLElement);
  await user.click(cells[1] as HTMLElement);
  await user.type(screen.getByRole("searchbox", { name: /Filter by name/ }), "Contoso US");
  await within(await bar()).findByText("2 selected, 1 of them not shown here");
  await user.click(within(await bar()).getByRole("button", { name: "Pause sessions…" }));
  await screen.findByRole("alertdialog", { name: /of 2 organizations\?$/ });
});
