import type { Acted, Action, Error as Refusal } from "../api/bindings";
import { explain } from "./codes";
import { t } from "./t";

type Said = { readonly tone: "success" | "info"; readonly title: string; readonly body: string | undefined };

/** What an action came to that refused nobody. Where nobody was changed by it yet, the title says what became of them instead. */
export function actedWords(kind: Action["kind"], { done, queued, untouched }: Acted): Said {
  const rest = [
    ...(queued > 0 ? [t("act.queued", { n: queued })] : []),
    ...(untouched > 0 ? [t("act.untouched", { n: untouched })] : []),
  ];
  const [first, ...others] = rest;
  const [title, body] = done > 0 || first === undefined ? [t(`act.did.${kind}`, { n: done }), rest] : [first, others];
  return { tone: done > 0 ? "success" : "info", title, body: body.length > 0 ? body.join(" ") : undefined };
}

/** Why an action on users failed. Others than were agreed to are meant by now: that is no matter of the tenant. */
export function explainActed(refusal: Refusal) {
  const words = explain(refusal);
  return refusal.code === "changed" ? { ...words, title: t("act.changed"), advice: t("act.changedAdvice") } : words;
}
