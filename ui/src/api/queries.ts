import { keepPreviousData, QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Answer, Name, Question } from "./client";
import { call, onChanged } from "./client";

/** The shortest time between two re-reads of what is on screen while stored data keeps changing. */
const REREAD_MS = 1000;

/** The cache of what was read. Data stays until the store says it changed; nothing is asked twice by focus or by time. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/** Reads one thing of the menu. */
export function reading<N extends Name>(name: N, question: Question<N>) {
  return queryOptions({ queryKey: [name, question], queryFn: () => call(name, question) });
}

/** Reads what isn't stored, again and again while it is on screen. What is `watched` looks after itself, whatever the store says. */
export function watching<N extends Name>(name: N, question: Question<N>, everyMs: number) {
  return queryOptions({ ...reading(name, question), staleTime: 0, refetchInterval: everyMs, meta: { watched: true } });
}

/**
 * Reads what a person is asked to agree to. It stays as it was read until it is asked for again, so that nobody agrees to numbers
 * that moved meanwhile, and isn't kept for the next time.
 */
export function agreeing<N extends Name>(name: N, question: Question<N>) {
  return queryOptions({ ...reading(name, question), gcTime: 0, meta: { watched: true } });
}

/**
 * Re-reads what is on screen whenever the store has changed: at most once a second, and never while the read before is
 * still going on, so that slow reads are not started over and over.
 */
export function useFreshness(client: QueryClient) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let underWay = false;
    let stale = false;
    let last = 0;
    const reread = async () => {
      timer = undefined;
      underWay = true;
      stale = false;
      await client.invalidateQueries({ predicate: ({ meta }) => meta?.["watched"] !== true });
      underWay = false;
      last = Date.now();
      if (stale) plan();
    };
    const plan = () => {
      stale = true;
      if (underWay) return;
      timer ??= setTimeout(() => void reread(), Math.max(0, last + REREAD_MS - Date.now()));
    };
    const listening = onChanged(plan);
    return () => {
      clearTimeout(timer);
      void listening.then((unlisten) => unlisten());
    };
  }, [client]);
}

type Windowed = { [N in Name]: Question<N> extends { offset: number; limit: number } ? N : never }[Name];

const WINDOW = 200;

/**
 * A list of which only windows are read. While another filter or order is on its way, the rows of the one before stay.
 */
export function useWindowed<N extends Windowed>(name: N, question: Omit<Question<N>, "offset" | "limit">) {
  const read = (asked: typeof question, offset: number, limit: number) =>
    call(name, { ...asked, offset, limit } as Question<N>);
  const query = useQuery({
    queryKey: [name, question],
    queryFn: async () => ({ asked: question, page: await read(question, 0, WINDOW) }),
    placeholderData: keepPreviousData,
  });
  const asked = query.data?.asked;
  return {
    page: query.data?.page as Answer<N> | undefined,
    /** What the rows answer: for a while, the question before. */
    asked,
    view: JSON.stringify(asked ?? null),
    revision: query.dataUpdatedAt,
    error: query.error,
    busy: query.isFetching,
    refresh: () => void query.refetch(),
    window: (start: number, end: number): Promise<Answer<N>> => read(asked ?? question, start, end - start),
  };
}
