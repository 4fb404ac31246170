import { usePlace } from "../../lib/place";
import type { DetailsOf } from "./RunPage";
import { RunPage } from "./RunPage";
import { RunsPage } from "./RunsPage";
import { verifySearch } from "./search";

/** Verification: the runs, or one of them. */
export function VerifyPage({ Details }: { Details: DetailsOf }) {
  const [place] = usePlace(verifySearch);
  return place.run === undefined ? <RunsPage /> : <RunPage key={place.run} run={place.run} Details={Details} />;
}
