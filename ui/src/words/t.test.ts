import { expect, test } from "vitest";
import { MENDS } from "../api/bindings";
import { causeWords, whoWords } from "./causes";
import { codeWords, explain, reasonWords, wordsForCode } from "./codes";
import { en } from "./en";
import { checkedWell, verdictBadges } from "./nouns";
import { t } from "./t";

test("a count picks its form and gets separators", () => {
  expect(t("act.title.remove", { n: 1 })).toBe("Remove 1 user?");
  expect(t("act.title.remove", { n: 48_213 })).toBe("Remove 48,213 users?");
});

test("both forms of a sentence have the same slots", () => {
  const slots = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, slot]) => slot))].sort();
  for (const [key, text] of Object.entries(en)) {
    if (typeof text === "string") continue;
    // The one may go without its number: "the mailbox" instead of "1 mailbox".
    const one = slots(text.one).filter((slot) => slot !== "n");
    expect(one, key).toEqual(slots(text.other).filter((slot) => slot !== "n"));
  }
});

test("a value with braces stays what it is", () => {
  expect(t("users.importTitle", { organization: "{n} <b>" })).toBe("Import users into {n} <b>");
});

test("every cause says what happened, what to do and who can do it", () => {
  for (const [cause, who] of Object.entries(MENDS)) {
    const words = causeWords[cause as keyof typeof causeWords];
    for (const sentence of [words.what, words.known, words.fixed]) expect(sentence, cause).toMatch(/\.$/);
    const steps = words.steps.map((step) => (typeof step === "string" ? step : step.text));
    expect(steps.length, cause).toBeGreaterThan(0);
    for (const step of steps) expect(step, cause).toMatch(/\.$/);
    expect(whoWords[who]).toBeTruthy();
  }
});

test("every failure says what happened and the next step", () => {
  for (const [code, { title, advice }] of Object.entries(codeWords)) {
    expect(title, code).toMatch(/\.$/);
    expect(advice, code).toMatch(/\.$/);
  }
});

test("a precondition is told by its reason", () => {
  const failure = explain({ code: "not_now", detail: "NoSecret", request_id: null, reason: "no_secret", until: null });
  expect(failure.advice).toBe(reasonWords.no_secret);
});

test("support is told Microsoft's id of a request, or else ours", () => {
  const damaged = { code: "damaged_answer", detail: "", reason: null, until: null, client_request_id: "ours" } as const;
  const shown = ({ requestId, clientRequestId }: ReturnType<typeof explain>) => [requestId, clientRequestId];
  expect(shown(explain({ ...damaged, request_id: "theirs" }))).toEqual(["theirs", undefined]);
  expect(shown(explain({ ...damaged, request_id: null }))).toEqual([undefined, "ours"]);
  expect(shown(explain({ ...damaged, request_id: null, client_request_id: null }))).toEqual([undefined, undefined]);
});

test("a stored code of another version is a fault and no crash", () => {
  expect(wordsForCode("from_the_future")).toBe(codeWords.internal);
  expect(wordsForCode("toString")).toBe(codeWords.internal);
});

test("nothing uncertain looks good", () => {
  const good = Object.entries(verdictBadges).filter(([, { state }]) => state === "good");
  expect(good.map(([verdict]) => verdict)).toEqual(["passed"]);
});

test("the words of a good check are those of the manuals", () => {
  expect(checkedWell).toEqual({ status: "Status: Success", results: "Check results: connected successfully" });
});
