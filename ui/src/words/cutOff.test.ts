import { expect, test } from "vitest";
import { cutOffWords } from "./cutOff";

const pass = { organization: 1, organization_name: "Contoso EU", users: 450, read: 120, since: 0 };

test("of sessions that were cut off, those that were asked for go on, paused or not, and the rest as sessions do", () => {
  const words = (forward: number, paused: boolean) => cutOffWords({ ...pass, forward }, paused);
  expect(words(330, true)).toMatch(/330 that were asked for.* are read next while Rollcall is open\.$/);
  expect(words(30, true)).toMatch(/30 that were asked for.* Sessions are paused, so the rest wait/);
  expect(words(0, true)).not.toMatch(/asked for/);
  expect(words(0, false)).toMatch(/The rest are read when they are due/);
});
