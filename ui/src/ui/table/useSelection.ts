import { useState } from "react";
import { none, type Selection } from "./selection";

type Held<Id> = { readonly selection: Selection<Id>; readonly question: string; readonly among: string };

/**
 * The selected rows of a list. "All that match" belongs to the question it was said of, and goes with it: what another
 * question finds was never agreed to. Rows that were ticked one by one stay, as long as they are of the same whole.
 *
 * `question` names what is asked (filter and search, not the order), `among` the whole it is asked of. `elsewhere` tells
 * that rows were ticked under another question.
 */
export function useSelection<Id>(question: string, among = "") {
  const [held, setHeld] = useState<Held<Id>>({ selection: none(), question, among });
  const gone = held.among !== among || (held.selection.mode === "exclude" && held.question !== question);
  // It is dropped for good: whoever comes back to the question selects anew.
  if (gone) setHeld({ selection: none(), question, among });
  const selection = gone ? none<Id>() : held.selection;
  return {
    selection,
    elsewhere: selection.ids.size > 0 && held.question !== question,
    select: (next: Selection<Id>) => {
      // What was ticked before stays ticked elsewhere; only a new beginning is of this question alone.
      const anew = next.mode === "exclude" || held.selection.ids.size === 0;
      setHeld({ selection: next, question: anew ? question : held.question, among });
    },
  };
}
