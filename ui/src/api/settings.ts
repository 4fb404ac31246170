import { useEffect } from "react";
import { usePreferences } from "../lib/preferences";
import { call } from "./client";

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
      void call("settings.set", { theme, density }).catch(() => undefined);
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
