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
    call("settings.get", null).then(
      ({ theme, density }) => {
        if (stopped) return;
        known = JSON.stringify({ theme, density });
        usePreferences.setState({ theme, density });
      },
      () => undefined,
    );
    return () => {
      stopped = true;
      unsubscribe();
    };
  }, []);
}
