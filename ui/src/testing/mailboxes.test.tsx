import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { FakeOptions } from "../api/fakeDesk";
import { OTHER_MAILBOX } from "../api/fakeWorld";
import { openAt } from "./app";

/** The panel of a user who signs in on their own, at its mailboxes. */
async function atMailboxes(options: FakeOptions = {}) {
  const opened = await openAt("/users?org=3&open=481", options);
  const panel = await screen.findByRole("complementary", { name: /.+/ });
  await opened.user.click(await within(panel).findByRole("tab", { name: "Mailboxes" }));
  const list = await within(panel).findByRole("list", { name: "Addresses" });
  const [primary] = within(list).getAllByRole("listitem");
  return { ...opened, panel, list, primary: primary as HTMLElement };
}

test("a mailbox says whether it is connected, and only a connected one can be switched on", async () => {
  const { user, panel, primary, door } = await atMailboxes();
  within(primary).getByText("Has not signed in");
  await within(primary).findByText(/^To connect .+ signs in on this computer/);
  within(panel).getByText(/Sync sessions and checks read each mailbox whose Sync is on here/);
  within(primary).getByText(/Read by sessions and checks/);
  const sync = within(primary).getByRole("switch", { name: /^Sync of/ });
  expect(sync.getAttribute("aria-disabled")).toBe("true");
  await user.click(sync);
  expect(door.asked.some(({ name }) => name === "mailboxes.change")).toBe(false);
  await user.click(within(primary).getByRole("button", { name: "Sign in here" }));
  await within(primary).findByText("Connected");
  await waitFor(() => expect(within(panel).queryByText(/^To connect/)).toBeNull());
  await within(primary).findByText(/Primary · Default · Read by sessions and checks · Answered/);
  await user.click(within(primary).getByRole("switch", { name: /^Sync of/ }));
  await waitFor(() =>
    expect(door.asked.findLast(({ name }) => name === "mailboxes.change")?.question).toMatchObject({
      change: { kind: "sync", on: true },
    }),
  );
});

test("what another mailbox of the user didn't answer is told under its address", async () => {
  const { user } = await openAt("/users?org=1&open=477", { users: [500, 0, 0] });
  const panel = await screen.findByRole("complementary", { name: /.+/ });
  await user.click(await within(panel).findByRole("tab", { name: /^Issues/ }));
  await within(panel).findAllByText(OTHER_MAILBOX);
  await user.click(within(panel).getByRole("tab", { name: "Sessions" }));
  await within(panel).findAllByText(new RegExp(`^${OTHER_MAILBOX}: `));
  await user.click(within(panel).getByRole("button", { name: "Copy diagnostic" }));
  expect(await navigator.clipboard.readText()).toMatch(`mailbox ${OTHER_MAILBOX}`);
});

test("who must sign in is found by the filter, the view and the column", async () => {
  const { user, door } = await openAt("/users?org=3");
  await user.click(await screen.findByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Sign-in to do" }));
  await waitFor(() =>
    expect(door.asked.findLast(({ name }) => name === "users.query")?.question).toMatchObject({
      filter: { sign_in: ["needed", "not_signed_in"], several_mailboxes: false },
    }),
  );
  await screen.findByRole("button", { name: "Sign-in: To do, again or at all" });
});

test("another account's sign-in is refused in words, and the mailbox stays as it was", async () => {
  const { user, primary } = await atMailboxes({ wrongAccount: true });
  await user.click(within(primary).getByRole("button", { name: "Sign in here" }));
  await within(primary).findByText("Another account signed in.");
  within(primary).getByText("Has not signed in");
});

test("a migration shows its current step, wants an answer first, and goes back when asked", async () => {
  const { user, panel } = await atMailboxes();
  await user.click(within(panel).getByRole("button", { name: "Name another mailbox…" }));
  const naming = await screen.findByRole("dialog", { name: /^Another mailbox of/ });
  await user.type(within(naming).getByRole("textbox", { name: "Address" }), "outbound@contoso.example");
  await user.click(within(naming).getByRole("button", { name: "Add" }));
  const outbound = await within(panel).findByRole("listitem", { name: "outbound@contoso.example" });
  within(outbound).getByText(
    /^To connect outbound@contoso\.example, the account of outbound@contoso\.example signs in/,
  );
  within(outbound).getByText("https://myapps.microsoft.com/signin/outreach?tenantId=contoso");
  await user.click(within(outbound).getByRole("button", { name: "Copy instructions for outbound@contoso.example" }));
  const copied = await navigator.clipboard.readText();
  expect(copied).toMatch(/connect the mailbox outbound@contoso\.example to Outreach/);
  expect(copied).toMatch(/Sign in with the account of outbound@contoso\.example, and with no other account/);

  await user.click(within(panel).getByRole("button", { name: "Begin migration…" }));
  const dialog = await screen.findByRole("dialog", { name: /^Move .+ to another mailbox$/ });
  await user.type(within(dialog).getByRole("textbox", { name: /Version of the Outlook add-in/ }), "2.3");
  await user.type(within(dialog).getByRole("textbox", { name: /Version that the vendor asks for/ }), "2.4");
  await user.click(within(dialog).getByRole("button", { name: "Begin" }));
  await within(dialog).findByText(/The add-in is older/);
  const addIn = within(dialog).getByRole("textbox", { name: /Version of the Outlook add-in/ });
  await user.clear(addIn);
  await user.type(addIn, "2.5");
  await user.click(within(dialog).getByRole("button", { name: "Begin" }));

  const first = await within(panel).findByRole("listitem", { name: /^Step 1/ });
  expect(first.getAttribute("aria-current")).toBe("step");
  within(first).getByText(/^At Outreach: switch Sync off/);
  expect(within(first).getByRole("button", { name: "This is done" }).getAttribute("aria-disabled")).toBe("true");
  await user.click(within(first).getByRole("button", { name: /^Ask / }));
  await within(first).findByText(/Answered/);
  await user.click(within(first).getByRole("button", { name: "This is done" }));
  const second = within(panel).getByRole("listitem", { name: /^Step 2/ });
  await waitFor(() => expect(second.getAttribute("aria-current")).toBe("step"));
  await user.click(within(first).getByRole("button", { name: "Back to this step" }));
  await waitFor(() => expect(first.getAttribute("aria-current")).toBe("step"));
});
