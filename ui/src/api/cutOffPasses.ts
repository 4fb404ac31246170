import { create } from "zustand";
import type { CutOffPass } from "./bindings";

type Passes = {
  readonly all: readonly CutOffPass[];
  tell(passes: readonly CutOffPass[]): void;
  forget(organization: number): void;
};

/**
 * Sync sessions that the end of the program has cut off, until somebody has read it or sessions of the organization that were run from
 * the window went through whole. Those that begin by themselves leave it.
 */
export const useCutOffPasses = create<Passes>((set) => ({
  all: [],
  tell: (passes) =>
    set(({ all }) => ({
      all: [...all.filter((one) => !passes.some((pass) => pass.organization === one.organization)), ...passes],
    })),
  forget: (organization) => set(({ all }) => ({ all: all.filter((one) => one.organization !== organization) })),
}));
