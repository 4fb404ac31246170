/** What a state means to the reader. Shape and word carry it; the colour only repeats it. */
export type State = "good" | "working" | "waiting" | "attention" | "bad" | "off" | "unknown";
