import { expect, test } from "vitest";
import { darkTheme, lightTheme, type RollcallTheme } from "./theme";

const states = ["stateGood", "stateWorking", "stateWaiting", "stateAttention", "stateBad", "stateOff"] as const;
const grounds = ["colorNeutralBackground1", "colorNeutralBackground1Hover", "colorNeutralBackground1Selected"] as const;

/** Relative luminance by WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test.each([
  ["light", lightTheme],
  ["dark", darkTheme],
] as ReadonlyArray<[string, RollcallTheme]>)(
  "in the %s theme each state can be read on each kind of row",
  (_, theme) => {
    for (const state of states) {
      for (const ground of grounds) {
        expect(contrast(theme[state], theme[ground]), `${state} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  },
);
