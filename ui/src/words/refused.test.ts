import { expect, test } from "vitest";
import { whyRefused } from "./refused";

test("whoever isn't ready is told what stands in the way", () => {
  expect(whyRefused({ reason: "not_ready", eligibility: "on_premises" })).toMatch(/ On-premises mailbox\.$/);
  expect(whyRefused({ reason: "excluded" })).toBe("The mailbox is excluded. Take it back in first.");
});
