import type { SecretAtHand } from "../../api/bindings";
import type { State } from "../../lib/state";
import { t } from "../../words/t";

/** Where an integration's secret rests. The secret itself is never read back. */
export function secretBadge(held: SecretAtHand): { state: State; word: string } {
  switch (held) {
    case "keychain":
      return { state: "good", word: t("secret.keychain") };
    case "session":
      return { state: "attention", word: t("secret.session") };
    case "none":
      return { state: "unknown", word: t("secret.none") };
  }
}
