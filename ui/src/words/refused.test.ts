import { expect, test } from "vitest";
import type { WaveView } from "../api/bindings";
import { whyRefused } from "./refused";
import { waveBadge } from "./waves";

test("whoever isn't ready is told what stands in the way", () => {
  expect(whyRefused({ reason: "not_ready", eligibility: "on_premises" })).toMatch(/ On-premises mailbox\.$/);
  expect(whyRefused({ reason: "excluded" })).toBe("The mailbox is excluded. Take it back in first.");
});

test("a wave of which every switch waits for the change window isn't shown as running", () => {
  const wave = (queued: number) => ({ state: "running", seen: { queued, under_way: 3 } }) as WaveView;
  expect(waveBadge(wave(3)).word).toBe("Waits for the change window");
  expect(waveBadge(wave(2)).word).toBe("Running");
});
