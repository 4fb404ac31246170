import { expect, test } from "vitest";
import type { WaveView } from "../api/bindings";
import { waveBadge } from "./waves";

test("a wave of which every switch waits for the change window isn't shown as running", () => {
  const wave = (queued: number) => ({ state: "running", seen: { queued, under_way: 3 } }) as WaveView;
  expect(waveBadge(wave(3)).word).toBe("Waits for the change window");
  expect(waveBadge(wave(2)).word).toBe("Running");
});
