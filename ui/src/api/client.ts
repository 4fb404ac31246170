import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Commands, Error as Refusal, Progress } from "./bindings";

export type Name = keyof Commands;
export type Question<N extends Name> = Commands[N]["question"];
export type Answer<N extends Name> = Commands[N]["answer"];

export type CallOptions = {
  /** Hears how far long work is. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the work at the next safe point; the call still settles, with what was done until then. */
  readonly signal?: AbortSignal;
};

/** What stands behind the screens: the app's own Rust side, or a pretend one in tests. */
export type Door = {
  call<N extends Name>(name: N, question: Question<N>, options: CallOptions): Promise<Answer<N>>;
  /** Opens one of Microsoft's pages in the system's browser. */
  openPage(address: string): Promise<void>;
  /** Saves a text as a new file among the downloads. Returns where. */
  saveFile(name: string, text: string): Promise<string>;
  /** Tells when stored data has changed. Returns how to stop listening. */
  onChanged(listener: () => void): Promise<() => void>;
};

/** The one error that screens see. */
export class CallError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.detail}`);
    this.name = "CallError";
    this.refusal = refusal;
  }
}

/** The door to the app's Rust side. */
export const appDoor: Door = {
  async call(name, question, { onProgress, signal }) {
    const callId = crypto.randomUUID();
    const progress = new Channel<Progress>((message) => onProgress?.(message));
    const stop = () => void invoke("stop", { callId });
    signal?.addEventListener("abort", stop);
    try {
      return await invoke("call", { name, question, callId, progress });
    } catch (thrown) {
      throw new CallError(asRefusal(thrown));
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  },
  openPage: (address) => invoke("open_external", { address }),
  async saveFile(name, text) {
    try {
      return await invoke("save_file", { name, text });
    } catch (thrown) {
      throw new CallError(asRefusal(thrown));
    }
  },
  onChanged: (listener) => listen("changed", listener),
};

let door = appDoor;

/** Puts another door in place, before anything is shown. */
export function openDoor(other: Door) {
  door = other;
}

/** Asks one thing of the menu. Rejects with a `CallError`. */
export function call<N extends Name>(name: N, question: Question<N>, options: CallOptions = {}): Promise<Answer<N>> {
  return door.call(name, question, options);
}

/** Opens one of Microsoft's pages in the system's browser. */
export function openPage(address: string): Promise<void> {
  return door.openPage(address);
}

/** Saves a text as a new file among the downloads, never over another one. Returns where; rejects with a `CallError`. */
export function saveFile(name: string, text: string): Promise<string> {
  return door.saveFile(name, text);
}

/** Hears of each change of stored data. */
export function onChanged(listener: () => void): Promise<() => void> {
  return door.onChanged(listener);
}

/** What the caller can be told about a thrown value; one that isn't the menu's own error is a fault of Rollcall. */
export function refusalOf(thrown: unknown): Refusal {
  return thrown instanceof CallError ? thrown.refusal : asRefusal(thrown);
}

function asRefusal(thrown: unknown): Refusal {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "detail" in thrown) return thrown as Refusal;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", detail, request_id: null, reason: null, until: null };
}
