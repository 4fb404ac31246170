import type { Bound } from "../api/bindings";

/** What keeps requests from going out faster, said beside the rate while it is so. */
export const boundWords = {
  finding: "More at once is being tried",
  work: "Too little to do for more at once",
  pause: "Microsoft asked for a pause",
  throttling: "Microsoft throttles when more is asked at once",
  line: "More at once makes each answer slower",
  ceiling: "As much is asked at once as Rollcall ever does",
  share: "The rest is left to the live integration",
  offline: "Microsoft can't be reached; it is tried again by itself",
} as const satisfies Record<Bound, string>;

/** What bounded the last check of a tenant, by which the next one is planned. */
export const boundedWords = {
  finding: "It ended while more at once was still being tried, so this one may go faster.",
  work: "It had too little to do for more at once, so this one may go faster.",
  pause: "It was bounded by a pause that Microsoft asked for.",
  throttling: "It was bounded by Microsoft, which throttled when more was asked at once.",
  line: "It was bounded by the line or the service: more at once made each answer slower.",
  ceiling: "It was bounded by Rollcall, which asked as much at once as it ever does.",
  share: "It was bounded by what is left to the live integration.",
  offline: "It was bounded by the network: Microsoft could not be reached.",
} as const satisfies Record<Bound, string>;

const serviceNames: Readonly<Record<string, string>> = { directory: "Directory", outlook: "Mailboxes" };

/** One of Microsoft's services as a person calls it; one that isn't known keeps its own name. */
export function serviceWord(name: string): string {
  return Object.hasOwn(serviceNames, name) ? (serviceNames[name] ?? name) : name;
}
