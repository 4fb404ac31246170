import type { PermissionType, RequiredPermission } from "../../api/bindings";
import { t } from "../../words/t";

/** What a typed list of permissions comes to, or what is wrong with it. */
export type ReadList = { readonly list: RequiredPermission[] } | { readonly wrong: string };

/** Reads lines such as "Mail.ReadWrite application". The type may be left out: then it is an application permission. */
export function readPermissions(text: string): ReadList {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0) return { wrong: t("form.required") };
  const list: RequiredPermission[] = [];
  for (const line of lines) {
    const [name = "", type = "application", ...rest] = line.split(/[\s,;]+/);
    if (!isType(type.toLowerCase()) || rest.length > 0 || !/^[A-Za-z][\w.-]*$/.test(name)) {
      return { wrong: t("integrations.badLine", { line }) };
    }
    list.push({
      name,
      type: type.toLowerCase() as PermissionType,
      resource: "graph",
      feature: null,
      optional: false,
    });
  }
  return { list };
}

function isType(word: string): word is PermissionType {
  return word === "application" || word === "delegated";
}
