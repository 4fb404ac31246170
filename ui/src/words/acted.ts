import type { Acted } from "../api/bindings";
import { t } from "./t";

type Said = { readonly tone: "success" | "info"; readonly title: string; readonly body: string | undefined };

/** What an action came to that refused nobody. Where nobody was changed by it yet, the title says what became of them instead. */
export function actedWords({ done, queued, untouched }: Acted): Said {
  const rest = [
    ...(queued > 0 ? [t("act.queued", { n: queued })] : []),
    ...(untouched > 0 ? [t("act.untouched", { n: untouched })] : []),
  ];
  const [first, ...others] = rest;
  const [title, body] = done > 0 || first === undefined ? [t("act.done", { n: done }), rest] : [first, others];
  return { tone: done > 0 ? "success" : "info", title, body: body.length > 0 ? body.join(" ") : undefined };
}
