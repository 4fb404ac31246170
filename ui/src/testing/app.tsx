import { createMemoryHistory } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../App";
import { openDoor } from "../api/client";
import { useCutOffPasses } from "../api/cutOffPasses";
import { fakeDoor } from "../api/fake";
import type { FakeOptions } from "../api/fakeDesk";
import { newQueryClient } from "../api/queries";
import { useWorks } from "../api/work";
import { newRouter } from "../routes";

/** Opens the whole window at a place, before a pretend backend; resolves when the page has its heading. */
export async function openAt(place: string, options: FakeOptions = {}) {
  const door = fakeDoor({ users: [450, 30, 25], step: 1, ...options });
  openDoor(door);
  useWorks.setState({ all: {} });
  useCutOffPasses.setState({ all: [] });
  const router = newRouter(createMemoryHistory({ initialEntries: [place] }));
  const client = newQueryClient();
  render(<App client={client} router={router} />);
  await screen.findByRole("heading", { level: 1 });
  return { door, router, client, user: userEvent.setup() };
}
