import { useState } from "react";
import { useNotices } from "../lib/notices";
import type { Error as Refusal, ExportUsers } from "./bindings";
import { refusalOf, saveFile } from "./client";
import { begin, isLive, useWork } from "./work";

const KEY = "export:users";

type Words = { readonly title: string; readonly file: string; readonly saved: string };

/**
 * Writes the users that a filter leaves as a table among the downloads. Where they are many that takes a moment, so it goes on beside
 * the pages and can be stopped like other work.
 */
export function useUsersExport() {
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const busy = isLive(useWork(KEY));
  const save = async (ask: ExportUsers, { title, file, saved }: Words) => {
    setRefusal(undefined);
    try {
      const { text } = await begin(KEY, title, "users.export", ask);
      say("success", saved, await saveFile(file, text));
    } catch (thrown) {
      const failed = refusalOf(thrown);
      if (failed.code !== "stopped") setRefusal(failed);
    }
  };
  return { save, busy, refusal };
}
