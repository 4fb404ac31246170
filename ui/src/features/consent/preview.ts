import { useQuery } from "@tanstack/react-query";
import type { ChangePreview, Reason, Wanted } from "../../api/bindings";
import { reading } from "../../api/queries";
import { reasonWords } from "../../words/codes";
import { roleWords } from "../../words/nouns";
import { t } from "../../words/t";

/** What a change would do at this moment: read anew each time that it is asked about, and not again while it is looked at. */
export function usePreview(organization: number, wanted: Wanted) {
  return useQuery({ ...reading("consent.preview", { organization, wanted }), gcTime: 0, meta: { watched: true } });
}

/** What it takes to make a change that is refused: one of these roles, or what the reason says. */
export function refusedWords({ roles }: ChangePreview, refused: Reason): string {
  const wantsRole = refused === "needs_privileged_role" || refused === "needs_application_role";
  if (!wantsRole) return reasonWords[refused];
  return t("change.role", { roles: roles.map((role) => roleWords[role]).join(", ") });
}
