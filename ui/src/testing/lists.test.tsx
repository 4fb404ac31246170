import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { guid } from "../api/fakeWorld";
import { openAt } from "./app";

test("a pasted list is added only once each place of it is understood", async () => {
  const { user, door } = await openAt("/integrations?add=true");
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("combobox", { name: /Preset/ }));
  await user.click(await screen.findByRole("option", { name: "Custom" }));
  await user.type(within(dialog).getByRole("textbox", { name: /^Name/ }), "Scanner");
  await user.type(within(dialog).getByRole("textbox", { name: /Client ID/ }), guid(7));
  const list = within(dialog).getByRole("textbox", { name: /Required permissions/ });
  await user.type(list, "Mail.Send application{enter}Mail.Redwrite");
  await within(dialog).findByText(
    /Line 2 \(Mail\.Redwrite\): no permission of that name is known\. Did you mean Mail\.ReadWrite\?/,
  );
  await user.click(within(dialog).getByRole("button", { name: "Add integration" }));
  expect(door.asked.some(({ name }) => name === "integrations.add")).toBe(false);
  await user.clear(list);
  await user.type(list, "Mail.Send application{enter}Mail.ReadWrite");
  await within(dialog).findByText("2 permissions understood");
  await user.click(within(dialog).getByRole("button", { name: "Add integration" }));
  await waitFor(() =>
    expect(door.asked.find(({ name }) => name === "integrations.add")?.question).toMatchObject({
      preset: "custom",
      permissions: [{ name: "Mail.Send" }, { name: "Mail.ReadWrite" }],
    }),
  );
});

test("a registration of another tenant can't be read, one of ours fills the list", async () => {
  const { user } = await openAt("/integrations?add=true");
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("combobox", { name: /Preset/ }));
  await user.click(await screen.findByRole("option", { name: "Custom" }));
  const client = within(dialog).getByRole("textbox", { name: /Client ID/ });
  await user.type(client, guid(404));
  await user.click(within(dialog).getByRole("button", { name: "From the app registration" }));
  await within(dialog).findByText(/Somebody Else's App is registered in another tenant/);
  await user.clear(client);
  await user.type(client, guid(8));
  await user.click(within(dialog).getByRole("button", { name: "From the app registration" }));
  await within(dialog).findByText("7 permissions understood");
});

test("an organization departs from its integration's list, and goes back to it", async () => {
  const { user, door } = await openAt("/organizations?open=1");
  await user.click(await screen.findByRole("tab", { name: "Connectivity" }));
  await screen.findByText("The integration's list");
  const adjust = await screen.findByRole("button", { name: "Adjust permissions…" });
  // It is dimmed until the integration's list is there.
  await waitFor(() => expect(adjust.getAttribute("aria-disabled")).not.toBe("true"));
  await user.click(adjust);
  // By their text: without layout the library can't tell which part of the page a dialog covers.
  const list = await screen.findByLabelText(/^Required permissions/);
  await user.clear(list);
  await user.type(list, "Mail.Send");
  await screen.findByText("1 permission understood");
  await user.click(screen.getByText("Save"));
  await screen.findByText("Its own: 1 permission, where the integration asks for 7");
  await user.click(await screen.findByRole("button", { name: "Adjust permissions…" }));
  await user.click(await screen.findByText("Back to the integration's list"));
  await screen.findByText("The integration's list");
  expect(door.asked.findLast(({ name }) => name === "organizations.adjust")?.question).toMatchObject({
    permissions: null,
  });
});
