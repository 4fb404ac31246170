import { beforeEach, expect, test } from "vitest";
import type { Progress } from "./bindings";
import { CallError, type Door, openDoor } from "./client";
import { type AtBrowser, begin, dismiss, isLive, stop, useWorks } from "./work";

const all = () => useWorks.getState().all;

const page: AtBrowser = {
  kind: "browser",
  what: { kind: "sign_in" },
  url: "https://login.example/",
  until: 600_000,
  opened: false,
};

/** A door whose one call goes on until it is stopped. */
function patientDoor(onStop: "answers" | "refuses"): Door {
  return {
    call: (_name, _question, { signal, onProgress }) =>
      new Promise((resolve, reject) => {
        onProgress?.({ kind: "not_kept", reason: "locked" });
        onProgress?.({ ...page, opened: true });
        onProgress?.(page);
        signal?.addEventListener("abort", () => {
          const refusal = {
            code: "sign_in_cancelled",
            detail: "",
            request_id: null,
            reason: null,
            until: null,
          } as const;
          if (onStop === "answers") resolve(null as never);
          else reject(new CallError(refusal));
        });
      }),
    saveFile: () => Promise.resolve(""),
    openPage: () => Promise.resolve(),
    onChanged: () => Promise.resolve(() => undefined),
  };
}

beforeEach(() => useWorks.setState({ all: {} }));

test("a cancelled sign-in ends as stopped and not as failed", async () => {
  openDoor(patientDoor("refuses"));
  const signingIn = begin("sign_in:1", "Sign-in", "tenants.sign_in", { tenant: 1 });
  expect(all()["sign_in:1"]).toMatchObject({ state: "running", browser: page, notKept: "locked" });
  stop("sign_in:1");
  expect(all()["sign_in:1"]?.state).toBe("stopping");
  await expect(signingIn).rejects.toThrow("sign_in_cancelled");
  expect(all()["sign_in:1"]).toMatchObject({ state: "stopped", refusal: undefined, browser: undefined });
});

test("the same work doesn't start twice", async () => {
  openDoor(patientDoor("answers"));
  const first = begin("verify:1", "Check", "verify.start", { organization: 1, which: { kind: "all" } });
  await expect(
    begin("verify:1", "Check", "verify.start", { organization: 1, which: { kind: "all" } }),
  ).rejects.toMatchObject({ refusal: { code: "not_now" } });
  expect(isLive(all()["verify:1"]), "the first one goes on").toBe(true);
  stop("verify:1");
  await first;
});

test("work that goes on can't be taken off the list", async () => {
  openDoor(patientDoor("answers"));
  const running = begin("verify:2", "Check", "verify.resume", { run: 2 });
  dismiss("verify:2");
  expect(all()["verify:2"]).toBeDefined();
  stop("verify:2");
  await running;
  dismiss("verify:2");
  expect(all()["verify:2"]).toBeUndefined();
});

test("a sign-in that was cancelled on Microsoft's page is told, since nobody here pressed Cancel", async () => {
  const refusal = {
    code: "sign_in_cancelled",
    detail: "access_denied",
    request_id: null,
    reason: null,
    until: null,
  } as const;
  openDoor({ ...patientDoor("answers"), call: () => Promise.reject(new CallError(refusal)) });
  await expect(begin("sign_in:2", "Sign-in", "tenants.sign_in", { tenant: 2 })).rejects.toThrow();
  expect(all()["sign_in:2"]).toMatchObject({ state: "failed", refusal });
});

test("that no browser could be opened is told only while its page is waited for", async () => {
  let tell: (progress: Progress) => void = () => {};
  let answer = () => {};
  openDoor({
    ...patientDoor("answers"),
    call: (_name, _question, { onProgress }) =>
      new Promise((resolve) => {
        tell = (progress) => onProgress?.(progress);
        answer = () => resolve(null as never);
      }),
  });
  const granting = begin("consent.grant:1", "Consent", "consent.grant", { organization: 1, with: "registered" });
  tell({ ...page, opened: true });
  tell({ kind: "reading_back" });
  tell(page);
  expect(all()["consent.grant:1"], "the browser has answered").toMatchObject({ browser: undefined });
  const second = { ...page, url: "https://login.example/second", opened: true };
  tell(second);
  tell(page);
  expect(all()["consent.grant:1"]?.browser, "another page is waited for by now").toEqual(second);
  tell({ ...second, opened: false });
  expect(all()["consent.grant:1"]?.browser?.opened).toBe(false);
  answer();
  await granting;
  tell({ ...second, opened: true });
  expect(all()["consent.grant:1"], "the call has ended").toMatchObject({ state: "done", browser: undefined });
});
