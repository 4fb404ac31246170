import type { Error as Refusal, ListRead } from "../api/bindings";
import { t } from "./t";

type Typed = {
  readonly text: string;
  readonly read: ListRead | undefined;
  readonly broken: string | undefined;
  readonly refusal: Refusal | undefined;
  readonly busy: boolean;
};

/** Why a list can't be used as it is; nothing where it can. */
export function listFault({ text, read, broken, refusal, busy }: Typed): string | undefined {
  if (text.trim() === "") return t("list.empty");
  if (busy) return t("list.reading");
  if (broken !== undefined) return t("list.broken", { why: broken });
  if (refusal) return t("list.unread");
  const refused = read?.remarks.filter((remark) => remark.refused).length ?? 0;
  if (refused > 0) return t("list.refused", { n: refused });
  return read?.permissions.length ? undefined : t("list.empty");
}
