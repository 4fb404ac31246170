import type { JournalEntry } from "../../api/bindings";
import { resourceWords, typeWords } from "../../words/nouns";
import { t } from "../../words/t";

/** Whether an entry's before and after are lists of grants. */
export function isOfConsent({ action }: JournalEntry): boolean {
  return action.startsWith("consent.");
}

/** The grants of a list as the journal writes them: `api/type/name`, with `@` and the user's object id where it is one user's. */
export function grantsOf(text: string): string[] {
  return text.split(" ").filter((grant) => grant !== "");
}

/** A grant in words; one that can't be taken apart as it stands. */
export function grantWords(grant: string): string {
  const [api, type, ...rest] = grant.split("/");
  const [name, user] = rest.join("/").split("@");
  if (api === undefined || name === undefined || name === "" || (type !== "application" && type !== "delegated")) {
    return grant;
  }
  const words = { name, type: typeWords[type], api: api === "graph" || api === "exchange" ? resourceWords[api] : api };
  return user === undefined ? t("change.line", words) : t("change.lineFor", { ...words, who: user });
}
