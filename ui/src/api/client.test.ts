import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Progress } from "./bindings";
import { appDoor, type CallError, call, openDoor } from "./client";

type Payload = {
  name: string;
  question: unknown;
  callId: string;
  progress: { onmessage: (message: Progress) => void };
};

beforeEach(() => openDoor(appDoor));
afterEach(() => clearMocks());

test("a call names its command and carries its question", async () => {
  const heard: unknown[] = [];
  mockIPC((command, payload) => {
    const { name, question } = payload as Payload;
    heard.push([command, name, question]);
    return [];
  });
  expect(await call("runs.list", { organization: 3 })).toEqual([]);
  expect(heard).toEqual([["call", "runs.list", { organization: 3 }]]);
});

test("progress comes over the call's own channel", async () => {
  mockIPC((_, payload) => {
    const { progress } = payload as Payload;
    progress.onmessage({ kind: "imported", read: 999, new: 12 });
    return null;
  });
  const heard: Progress[] = [];
  const source = { organization: 1, from: { kind: "all" }, anew: false } as const;
  await call("users.import", source, { onProgress: (progress) => heard.push(progress) });
  expect(heard).toEqual([{ kind: "imported", read: 999, new: 12 }]);
});

test("an abort stops exactly this call and the call still settles by itself", async () => {
  const commands: Array<[string, string]> = [];
  let settle: (run: unknown) => void = () => undefined;
  mockIPC((command, payload) => {
    commands.push([command, (payload as Payload).callId]);
    if (command === "stop") settle({ id: 7, state: "interrupted" });
    return command === "call" ? new Promise((resolve) => (settle = resolve)) : null;
  });
  const controller = new AbortController();
  const running = call("verify.start", { organization: 1, which: { kind: "all" } }, { signal: controller.signal });
  controller.abort();
  expect(await running).toMatchObject({ state: "interrupted" });
  expect(commands.map(([command]) => command)).toEqual(["call", "stop"]);
  expect(new Set(commands.map(([, id]) => id)).size, "the stop names the call").toBe(1);
});

test("a refusal keeps its code, detail and request id", async () => {
  mockIPC(() => {
    throw { code: "throttled", detail: "gate closed", request_id: "r-1", reason: null, until: 1_772_323_200_000 };
  });
  const error = await call("tenants.list", null).catch((thrown: CallError) => thrown);
  expect((error as CallError).refusal).toEqual({
    code: "throttled",
    detail: "gate closed",
    request_id: "r-1",
    reason: null,
    until: 1_772_323_200_000,
  });
});

test("a failure of the bridge itself is a fault of Rollcall", async () => {
  mockIPC(() => {
    throw "command call not found";
  });
  const error = await call("tenants.list", null).catch((thrown: CallError) => thrown);
  expect((error as CallError).refusal.code).toBe("internal");
});
