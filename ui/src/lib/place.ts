import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import * as v from "valibot";

type Schema = v.GenericSchema<unknown, Record<string, unknown>>;

/**
 * Search, filter, order and open row of a page as its address holds them, and the way to change some of them.
 * Typing in a filter replaces the place instead of adding one, so that Back leaves the page and not the last letter.
 */
export function usePlace<S extends Schema>(schema: S) {
  const navigate = useNavigate();
  const raw = useSearch({ strict: false });
  const place = useMemo(() => v.parse(schema, raw) as v.InferOutput<S>, [schema, raw]);
  const change = useCallback(
    (some: Partial<v.InferOutput<S>>) => {
      void navigate({ to: ".", search: (old: object) => clean({ ...old, ...some }), replace: true });
    },
    [navigate],
  );
  return [place, change] as const;
}

/** Without what is empty, so that addresses stay short. */
function clean(search: object): object {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ""));
}

/** A search value that may be missing; one that can't be understood counts as missing. */
export function maybe<S extends v.GenericSchema>(schema: S) {
  return v.fallback(v.optional(schema), undefined);
}
