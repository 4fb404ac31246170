import type { Condition, RuleOutcome } from "../api/bindings";
import { attributeWords } from "./nouns";
import { t } from "./t";

/** Whom a rule wants, as a sentence. */
export function conditionWords(condition: Condition): string {
  if (condition.by === "group") {
    return t(condition.nested ? "rules.ofGroupNested" : "rules.ofGroup", { name: condition.name });
  }
  const attribute = attributeWords[condition.attribute];
  return condition.is.test === "one_of"
    ? t("rules.isOneOf", { attribute, values: condition.is.values.join(t("rules.or")) })
    : t("rules.startsWith", { attribute, value: condition.is.value });
}

/** What came of a rule, as far as there is something to tell. */
export function outcomeWords(outcome: RuleOutcome): string {
  if (outcome.group_gone) return t("rules.groupGone");
  const { matching, proposed, added, here, elsewhere, declined } = outcome;
  const parts = [
    t("rules.matching", { n: matching }),
    ...(proposed > 0 ? [t("rules.sumProposed", { n: proposed })] : []),
    ...(added > 0 ? [t("rules.sumAdded", { n: added })] : []),
    ...(here > 0 ? [t("rules.sumHere", { n: here })] : []),
    ...(elsewhere > 0 ? [t("rules.sumElsewhere", { n: elsewhere })] : []),
    ...(declined > 0 ? [t("rules.sumDeclined", { n: declined })] : []),
  ];
  return parts.join(", ");
}
