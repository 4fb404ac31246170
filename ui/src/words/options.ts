/** The values of a table of words, as a filter or a list of choices offers them. */
export function optionsOf<Value extends string>(words: Readonly<Record<Value, string>>) {
  return entries(words).map(([value, word]) => ({ value, word }));
}

/** The same of a table of badges. */
export function wordsOf<Value extends string>(badges: Readonly<Record<Value, { readonly word: string }>>) {
  return entries(badges).map(([value, { word }]) => ({ value, word }));
}

function entries<Value extends string, Held>(table: Readonly<Record<Value, Held>>): Array<[Value, Held]> {
  return Object.entries(table) as Array<[Value, Held]>;
}
