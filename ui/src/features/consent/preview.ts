import { useQuery } from "@tanstack/react-query";
import type { Wanted } from "../../api/bindings";
import { reading } from "../../api/queries";

/** What a change would do at this moment: read anew each time that it is asked about, and not again while it is looked at. */
export function usePreview(organization: number, wanted: Wanted) {
  return useQuery({ ...reading("consent.preview", { organization, wanted }), gcTime: 0, meta: { watched: true } });
}
