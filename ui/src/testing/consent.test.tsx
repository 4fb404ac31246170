import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openAt } from "./app";

test("what is missing is granted only after it was shown, and the button says what it does", async () => {
  const { user, door } = await openAt("/permissions?org=1");
  await screen.findByText("Mail.ReadWrite");
  await user.click(screen.getByRole("button", { name: "Grant missing…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/^Added: /);
  expect(within(dialog).queryByText(/^Removed: /)).toBeNull();
  within(dialog).getByText(/AppRoleAssignment\.ReadWrite\.All/);
  await user.click(within(dialog).getByRole("button", { name: /^Grant \d+ permissions? in Contoso$/ }));
  await screen.findByText(/It can be undone under Settings, Journal \(entry 7\)/);
  expect(door.asked.find(({ name }) => name === "consent.apply")?.question).toMatchObject({
    change: { wanted: { kind: "grant_missing" } },
    seal: "1",
  });
});

test("everything goes only when the integration's name was typed", async () => {
  const { user } = await openAt("/permissions?org=1");
  await screen.findByText("Mail.ReadWrite");
  await user.click(screen.getByRole("button", { name: "Revoke all…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/^Removed: /);
  const revoke = () => within(dialog).getByRole("button", { name: /^Revoke \d+ permissions in Contoso$/ });
  expect(revoke().getAttribute("aria-disabled")).toBe("true");
  await user.type(within(dialog).getByRole("textbox"), "Revenue Grid");
  await waitFor(() => expect(revoke().getAttribute("aria-disabled")).toBeNull());
});

test("a role that is not enough is named, and nothing can be sent", async () => {
  const { user, door } = await openAt("/permissions?org=1", { refused: "needs_privileged_role" });
  await screen.findByText("Mail.ReadWrite");
  await user.click(screen.getByRole("button", { name: "Grant missing…" }));
  const dialog = await screen.findByRole("alertdialog");
  await within(dialog).findByText(/One of these roles is needed: Privileged Role Administrator, Global Administrator/);
  await user.click(within(dialog).getByRole("button", { name: /^Grant \d+/ }));
  expect(door.asked.some(({ name }) => name === "consent.apply")).toBe(false);
});

test("the application's state is told part by part, and what was not read says why", async () => {
  const { user } = await openAt("/permissions?org=1");
  await user.click(await screen.findByRole("button", { name: "Application and tenant" }));
  const panel = await screen.findByRole("complementary", { name: "Application and tenant" });
  within(panel).getByText(/2026 ends on .* Make a new one before then\./);
  expect(within(panel).getAllByText(/Not read: Rollcall has not been allowed Policy\.Read\.All yet\./).length).toBe(2);
  expect(within(panel).getAllByRole("button", { name: "Ask Microsoft for this" }).length).toBe(3);
});
