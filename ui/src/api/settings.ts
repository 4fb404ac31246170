import { useEffect } from "react";
import { usePreferences } from "../lib/preferences";
import type { Settings } from "./bindings";
import { call } from "./client";

let before: Promise<unknown> = Promise.resolve();

/**
 * Changes some of the settings. The others stay as they are kept at that moment, because the command line may have changed
 * them; changes that follow each other quickly are made one after the other. Resolves to what is kept now.
 */
export function changeSettings(some: Partial<Settings>): Promise<Settings> {
  const change = before.then(async () => call("settings.set", { ...(await call("settings.get", null)), ...some }));
  before = change.catch(() => undefined);
  return change;
}

/**
 * Keeps theme and density in step with the settings that the command line shares. The local copy is there at the first
 * paint, so the window doesn't flash; the stored one wins once it has been read.
 */
export function useSharedSettings() {
  useEffect(() => {
    let known = "";
    let stopped = false;
    const unsubscribe = usePreferences.subscribe(({ theme, density }) => {
      const now = JSON.stringify({ theme, density });
      if (known === "" || now === known) return;
      known = now;
      // A theme that can't be stored still holds for this sitting.
      void changeSettings({ theme, density }).catch(() => undefined);
    });
    const read = async () => {
      const { theme, density } = await call("settings.get", null);
      if (stopped) return;
      known = JSON.stringify({ theme, density });
      usePreferences.setState({ theme, density });
    };
    // Without an answer the local copy holds for this sitting.
    void read().catch(() => undefined);
    return () => {
      stopped = true;
      unsubscribe();
    };
  }, []);
}
