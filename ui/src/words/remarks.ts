import type { HowToCheck, Inspection, Place, Remark } from "../api/bindings";
import { typeWords } from "./nouns";
import { t } from "./t";

/** What there is to say of one place of a list of permissions. */
export function remarkWords(remark: Remark): string {
  return t("list.remark", { place: placeWords(remark.place), text: remark.text, said: saidWords(remark) });
}

function placeWords(place: Place): string {
  switch (place.in) {
    case "line":
      return t("list.line", { n: place.number });
    case "entry":
      return t("list.entry", { n: place.number });
    case "document":
      return t("list.document");
  }
}

function saidWords(remark: Remark): string {
  switch (remark.said) {
    case "unknown":
      return remark.nearest === null ? t("list.unknown") : t("list.nearest", { name: remark.nearest });
    case "other_type":
      return t("list.otherType", { type: typeWords[remark.exists] });
    case "bad_type":
      return t("list.badType");
    case "other_api":
      return t("list.otherApi");
    case "default_scope":
      return t("list.defaultScope");
    case "too_long":
      return t("list.tooLong");
    case "not_an_entry":
      return remark.field === null ? t("list.noEntry") : t("list.badField", { field: remark.field });
    case "twice":
      return t("list.twice", { place: placeWords(remark.first) });
    case "type_taken":
      return t(remark.only ? "list.onlyType" : "list.typeTaken", { type: typeWords[remark.kind] });
    case "exchange_taken":
      return t("list.exchangeTaken");
    case "live":
      return t("list.live");
    case "no_name":
      return t("list.noName");
    case "rest_unused":
      return t("list.restUnused");
    case "columns_unused":
      return t("list.columnsUnused", { columns: remark.columns.join(", ") });
  }
}

const inspections = {
  consent: "list.byConsent",
  user_consent: "list.byUserConsent",
  application: "list.byApplication",
  conditional_access: "list.byConditionalAccess",
  mailboxes: "list.byMailboxes",
  secret: "list.bySecret",
} as const satisfies Record<Inspection, string>;

/** How it is found out whether a requirement is met. */
export function checkWords(how: HowToCheck): string {
  return how.by === "hand" ? t("list.byHand") : t(inspections[how.check]);
}
