import type { ListRead } from "../api/bindings";
import { t } from "./t";

/** Why a list can't be used as it is; nothing where it can, or isn't read yet. */
export function listFault(text: string, read: ListRead | undefined, busy: boolean): string | undefined {
  if (text.trim() === "") return t("list.empty");
  if (busy || !read) return t("list.reading");
  const refused = read.remarks.filter((remark) => remark.refused).length;
  if (refused > 0) return t("list.refused", { n: refused });
  return read.permissions.length === 0 ? t("list.empty") : undefined;
}
