import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, Group, GroupSize } from "./bindings";
import { refusalOf } from "./client";
import { reading } from "./queries";

/** Groups of the directory as a person looks for one, and how many users the chosen one has. */
export type GroupLookup = {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly found: readonly Group[] | undefined;
  readonly searching: boolean;
  readonly size: GroupSize | undefined;
  readonly refusal: Refusal | undefined;
  readonly retry: () => void;
};

/** Asks the directory. What it says isn't stored, so nothing that is stored makes it old. */
export function useGroups(organization: number, chosen: string | undefined): GroupLookup {
  const [text, setText] = useState("");
  const search = useQuery({
    ...reading("groups.search", { organization, text }),
    enabled: text.trim().length >= 2,
    meta: { watched: true },
  });
  const size = useQuery({
    ...reading("groups.size", { organization, group: chosen ?? "" }),
    enabled: chosen !== undefined,
    meta: { watched: true },
  });
  const error = search.error ?? size.error;
  return {
    text,
    onText: setText,
    found: search.data,
    searching: search.isFetching,
    size: size.data,
    refusal: error ? refusalOf(error) : undefined,
    retry: () => void (search.error ? search.refetch() : size.refetch()),
  };
}
