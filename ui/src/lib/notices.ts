import { create } from "zustand";

export type Notice = {
  readonly id: number;
  readonly tone: "success" | "error" | "info";
  readonly title: string;
  readonly body: string | undefined;
};

type Notices = {
  readonly all: readonly Notice[];
  readonly last: number;
  say(tone: Notice["tone"], title: string, body?: string): void;
  drop(id: number): void;
};

/** Short messages about something that has just happened. What must be read stays on its page instead. */
export const useNotices = create<Notices>((set) => ({
  all: [],
  last: 0,
  say: (tone, title, body) =>
    set(({ all, last }) => ({ last: last + 1, all: [...all.slice(-3), { id: last + 1, tone, title, body }] })),
  drop: (id) => set(({ all }) => ({ all: all.filter((notice) => notice.id !== id) })),
}));
