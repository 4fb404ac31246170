import { create } from "zustand";

export type Notice = {
  readonly id: number;
  readonly tone: "success" | "error" | "info";
  readonly title: string;
  readonly body: string | undefined;
  /** Where it leads, if anywhere. */
  readonly way: Way | undefined;
};

/** A place that a message leads to. */
export type Way = { readonly label: string; readonly go: () => void };

type Notices = {
  readonly all: readonly Notice[];
  readonly last: number;
  say(tone: Notice["tone"], title: string, body?: string, way?: Way): void;
  drop(id: number): void;
};

/** Short messages about something that has just happened. What must be read stays on its page instead. */
export const useNotices = create<Notices>((set) => ({
  all: [],
  last: 0,
  say: (tone, title, body, way) =>
    set(({ all, last }) => ({ last: last + 1, all: [...all.slice(-3), { id: last + 1, tone, title, body, way }] })),
  drop: (id) => set(({ all }) => ({ all: all.filter((notice) => notice.id !== id) })),
}));
