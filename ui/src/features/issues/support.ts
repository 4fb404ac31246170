import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Problem } from "../../api/bindings";
import { reading } from "../../api/queries";
import { copy } from "../../lib/clipboard";
import { useNotices } from "../../lib/notices";
import { t } from "../../words/t";
import { fingerprints } from "./problems";

/** The support block of the open problem, at hand before it is asked for: a clipboard takes only what is there at the key press. */
export function useSupport(problem: Problem | undefined, organization: number | null, withAddresses: boolean) {
  const block = useQuery({
    ...reading("issues.support", {
      fingerprints: problem ? fingerprints(problem) : [],
      organization,
      with_addresses: withAddresses,
    }),
    enabled: problem !== undefined,
  }).data?.text;
  const say = useNotices((notices) => notices.say);
  const hand = async (text: string) => {
    const done = await copy(text);
    say(done ? "success" : "error", t(done ? "issues.copied" : "issues.notCopied"));
  };
  const take = block === undefined ? undefined : () => void hand(block);
  useEffect(() => {
    if (!take) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      const wanted = (event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "c";
      if (!wanted || document.querySelector("[role=dialog],[role=alertdialog]")) return;
      event.preventDefault();
      take();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  });
  return take;
}
