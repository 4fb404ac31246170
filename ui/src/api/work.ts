import { create } from "zustand";
import type { Error as Refusal, NoKeychain, Progress, RunId } from "./bindings";
import { type Answer, CallError, call, type Name, type Question, refusalOf } from "./client";

/** A page that is waited for: where it is, until when, and whether a browser could be opened on it. */
export type AtBrowser = Extract<Progress, { kind: "browser" }>;

/** A long call, as the screens see it. It goes on when its page is left. */
export type Work = {
  /** Names the work, so that its page finds it again: "verify:3". */
  readonly key: string;
  readonly title: string;
  readonly started: number;
  readonly state: "running" | "stopping" | "done" | "failed" | "stopped";
  readonly progress: Progress | undefined;
  /** The run that it works on, of a check, once that is known. */
  readonly run: RunId | undefined;
  /** What a person has to do in the browser, and the way there, while it is waited for. */
  readonly browser: AtBrowser | undefined;
  /** Why a sign-in that is asked for won't outlive this session, if so. */
  readonly notKept: NoKeychain | undefined;
  readonly refusal: Refusal | undefined;
};

type Works = { readonly all: Readonly<Record<string, Work>> };

/** Long calls live beside the pages, so that a tick redraws one bar and not the window. */
export const useWorks = create<Works>(() => ({ all: {} }));

const controllers = new Map<string, AbortController>();

/** Whether it still goes on. */
export function isLive(work: Work | undefined): boolean {
  return work?.state === "running" || work?.state === "stopping";
}

/** The work of that key, if there was one in this sitting. */
export function useWork(key: string): Work | undefined {
  return useWorks((works) => works.all[key]);
}

/**
 * Starts long work, on that run where there is one already. A second start under the same key while it goes on joins nothing and is
 * refused.
 */
export async function begin<N extends Name>(
  key: string,
  title: string,
  name: N,
  question: Question<N>,
  run?: RunId,
): Promise<Answer<N>> {
  if (isLive(useWorks.getState().all[key])) {
    throw new CallError({ code: "not_now", detail: key, request_id: null, reason: null, until: null });
  }
  const controller = new AbortController();
  controllers.set(key, controller);
  put({
    key,
    title,
    started: Date.now(),
    state: "running",
    progress: undefined,
    run,
    browser: undefined,
    notKept: undefined,
    refusal: undefined,
  });
  try {
    const answer = await call(name, question, {
      signal: controller.signal,
      onProgress: (progress) => {
        if (controllers.get(key) === controller && !isLate(progress, useWorks.getState().all[key])) {
          patch(key, stepOf(progress));
        }
      },
    });
    patch(key, { state: controller.signal.aborted ? "stopped" : "done", browser: undefined });
    return answer;
  } catch (thrown) {
    const refusal = refusalOf(thrown);
    const stopped = controller.signal.aborted || refusal.code === "stopped";
    patch(key, { state: stopped ? "stopped" : "failed", refusal: stopped ? undefined : refusal, browser: undefined });
    throw thrown;
  } finally {
    if (controllers.get(key) === controller) controllers.delete(key);
  }
}

/** Whether it tells of a page that is waited for no more: that a browser couldn't be opened shows only after a while. */
function isLate(progress: Progress, work: Work | undefined): boolean {
  return progress.kind === "browser" && !progress.opened && work?.browser?.url !== progress.url;
}

function stepOf(progress: Progress): Partial<Work> {
  switch (progress.kind) {
    case "browser":
      return { progress, browser: progress };
    case "not_kept":
      return { progress, notKept: progress.reason };
    case "verified":
      return { progress, run: progress.run, browser: undefined };
    default:
      return { progress, browser: undefined };
  }
}

/** Asks the work to stop at the next safe point. */
export function stop(key: string) {
  if (!controllers.has(key)) return;
  patch(key, { state: "stopping" });
  controllers.get(key)?.abort();
}

/** Takes finished work off the list. */
export function dismiss(key: string) {
  useWorks.setState(({ all }) => {
    const { [key]: gone, ...rest } = all;
    return isLive(gone) ? { all } : { all: rest };
  });
}

function put(work: Work) {
  useWorks.setState(({ all }) => ({ all: { ...all, [work.key]: work } }));
}

function patch(key: string, change: Partial<Work>) {
  const work = useWorks.getState().all[key];
  if (work) put({ ...work, ...change });
}
