import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type Answer, call } from "./client";
import { reading } from "./queries";

type CutOff = "scope.cut_off" | "sync.cut_off" | "users.cut_off" | "verify.cut_off";

/**
 * Asks, once the data is open, what of a kind the end of the program has cut off, and tells it. What can't be read now stays where it
 * is shown otherwise: with its button, or in the journal.
 */
export function useCutOff<N extends CutOff>(name: N, tell: (found: Answer<N>) => void): void {
  const { isSuccess } = useQuery(reading("tenants.list", null));
  useEffect(() => {
    if (isSuccess)
      void call<N>(name, null)
        .then(tell)
        .catch(() => undefined);
  }, [isSuccess, name, tell]);
}
