import type { Group, Source } from "../../api/bindings";
import { t } from "../../words/t";

/** Bytes of a list that is read. */
export const LARGEST = 64 * 1024 * 1024;

export const kinds = ["all", "group", "filter", "list"] as const;

/** Whom to bring in, as far as the person has said it. */
export type Draft = {
  readonly kind: (typeof kinds)[number];
  readonly anew: boolean;
  readonly group: Group | undefined;
  readonly nested: boolean;
  readonly odata: string;
  readonly text: string;
  readonly file: { readonly name: string; readonly base64: string } | undefined;
};

export const emptyDraft: Draft = {
  kind: "all",
  anew: false,
  group: undefined,
  nested: true,
  odata: "",
  text: "",
  file: undefined,
};

/** Why it can't be sent yet. */
export function whyNot({ kind, group, odata, text, file }: Draft): string | undefined {
  switch (kind) {
    case "all":
      return undefined;
    case "group":
      return group ? undefined : t("users.groupFirst");
    case "filter":
      return odata.trim() === "" ? t("users.importNothing") : undefined;
    case "list":
      return file || text.trim() !== "" ? undefined : t("users.importNothing");
  }
}

/** The draft as the backend takes it; undefined while it isn't complete. */
export function sourceOf({ kind, group, nested, odata, text, file }: Draft): Source | undefined {
  switch (kind) {
    case "all":
      return { kind };
    case "filter":
      return { kind, odata: odata.trim() };
    case "group":
      return group && { kind, group: group.id, nested };
    case "list":
      return file ? { kind: "file", bytes: file.base64 } : { kind: "csv", text };
  }
}

/** A file's bytes as text. */
export function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).replace(/^[^,]*,/, "")));
    reader.addEventListener("error", () => reject(new Error("the file can't be read")));
    reader.readAsDataURL(file);
  });
}
