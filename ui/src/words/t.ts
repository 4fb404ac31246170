import { grouped } from "../lib/numbers";
import { en } from "./en";

/** A sentence, or its two English plural forms; which one is used is decided by `n`. */
export type Text = string | { readonly one: string; readonly other: string };

type Slots<S extends string> = S extends `${string}{${infer Slot}}${infer Rest}` ? Slot | Slots<Rest> : never;
type SlotsOf<T> = T extends string
  ? Slots<T>
  : T extends { readonly one: infer One extends string; readonly other: infer Other extends string }
    ? "n" | Slots<One> | Slots<Other>
    : never;

export type Key = keyof typeof en;
type Values<K extends Key> = { readonly [slot in SlotsOf<(typeof en)[K]>]: string | number };
type Given<K extends Key> = [SlotsOf<(typeof en)[K]>] extends [never] ? [] : [values: Values<K>];

/** Keys of sentences without a slot: what a table of words can hold. */
export type PlainKey = { [K in Key]: [SlotsOf<(typeof en)[K]>] extends [never] ? K : never }[Key];

const plurals = new Intl.PluralRules("en");

/** The sentence for a key, its slots filled; numbers get the separators of the person's locale. */
export function t<K extends Key>(key: K, ...given: Given<K>): string {
  const text: Text = en[key];
  const values: Readonly<Record<string, string | number>> = given[0] ?? {};
  const form = typeof text === "string" ? text : plurals.select(Number(values.n)) === "one" ? text.one : text.other;
  return form.replace(/\{(\w+)\}/g, (whole, slot: string) => {
    const value = values[slot];
    if (value === undefined) return whole;
    return typeof value === "number" ? grouped(value) : value;
  });
}
