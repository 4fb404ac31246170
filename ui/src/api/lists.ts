import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { AccessType, Error as Refusal, ListRead, RequiredPermission } from "./bindings";
import { refusalOf } from "./client";
import { reading } from "./queries";

/** How long typing pauses before the text is read. */
const PAUSE_MS = 250;

/** A list of permissions while it is typed, and what it comes to. */
export type TypedList = {
  readonly text: string;
  readonly read: ListRead | undefined;
  /** What is wrong with the text as a whole, in the reader's words. */
  readonly broken: string | undefined;
  /** Why it could not be read, which is not about the text. */
  readonly refusal: Refusal | undefined;
  /** The text has changed since, or is being read. */
  readonly busy: boolean;
  /** The permissions, once every place of the text was understood. */
  readonly permissions: RequiredPermission[] | undefined;
};

/**
 * Reads a typed list of permissions in whatever form it comes. Names that the catalogue doesn't know are looked for in the tenant;
 * `access` decides the type where the text says none.
 */
export function useTypedList(text: string, tenant: number | undefined, access: AccessType): TypedList {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const blank = settled.trim() === "";
  const query = useQuery({
    ...reading("integrations.read_list", { text: settled, access, tenant: tenant ?? null }),
    enabled: !blank,
    placeholderData: keepPreviousData,
    gcTime: 0,
    // It depends on the text alone; a change of the store is no reason to read it again.
    meta: { watched: true },
  });
  const read = blank ? undefined : query.data;
  const busy = text !== settled || (!blank && query.isFetching);
  const whole = read !== undefined && !busy && !read.remarks.some((remark) => remark.refused);
  const failed = blank || !query.error ? undefined : refusalOf(query.error);
  const isBroken = failed?.code === "invalid_input";
  return {
    text,
    read,
    broken: isBroken ? failed.detail : undefined,
    refusal: isBroken ? undefined : failed,
    busy,
    permissions: whole && read.permissions.length > 0 ? read.permissions : undefined,
  };
}

/** A list as text that is read back as the same list. */
export function listText(permissions: readonly RequiredPermission[]): string {
  return JSON.stringify({ permissions }, null, 2);
}
