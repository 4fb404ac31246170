import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { useEffect } from "react";
import { create } from "zustand";
import type { Imported } from "../../api/bindings";
import { dismiss, isLive, stop, useWork } from "../../api/work";
import { ErrorBar } from "../../ui/ErrorBar";
import { ProgressPanel } from "../../ui/ProgressPanel";
import { shortTime } from "../../lib/time";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

/** What the last import of each organization came to, in this sitting. */
export const useImported = create<Readonly<Record<number, Imported | undefined>>>(() => ({}));

/** Names the import of an organization among the work that is going on. */
export function importKey(organization: number): string {
  return `import:${organization}`;
}

/** The import that is going on for an organization, or what came of the last one. */
export function ImportProgress({ organization }: { organization: number }) {
  const key = importKey(organization);
  const work = useWork(key);
  const imported = useImported((all) => all[organization]);
  // What came of it has been read by the time the page is left; work that goes on stays.
  useEffect(() => () => dismiss(key), [key]);
  if (!work) return null;
  if (isLive(work)) {
    const read = work.progress && "read" in work.progress ? work.progress.read : 0;
    return (
      <ProgressPanel
        title={t("users.importing")}
        done={read}
        total={undefined}
        started={work.started}
        actions={
          <Button size="small" disabled={work.state === "stopping"} onClick={() => stop(key)}>
            {t(work.state === "stopping" ? "activity.stopping" : "users.importStop")}
          </Button>
        }
      />
    );
  }
  if (work.refusal) return <ErrorBar failure={explain(work.refusal)} />;
  return (
    <MessageBar
      intent={work.state === "stopped" || (imported?.unmatched.length ?? 0) > 0 ? "warning" : "success"}
      layout="multiline"
    >
      <MessageBarBody>
        <MessageBarTitle>{t(work.state === "stopped" ? "users.importStopped" : "users.imported")}</MessageBarTitle>{" "}
        {imported && importedWords(imported)}
      </MessageBarBody>
      <MessageBarActions
        containerAction={
          <Button
            appearance="transparent"
            icon={<DismissRegular />}
            aria-label={t("message.dismiss")}
            onClick={() => dismiss(key)}
          />
        }
      />
    </MessageBar>
  );
}

function importedWords(imported: Imported): string {
  const parts = [
    ...countWords(imported),
    ...(imported.elsewhere > 0 ? [t("users.importedElsewhere", { n: imported.elsewhere })] : []),
    ...(imported.unmatched.length > 0
      ? [
          t("users.importedUnmatched", {
            n: imported.unmatched.length,
            list: imported.unmatched.slice(0, 5).join(", "),
          }),
        ]
      : []),
  ];
  return parts.join(" ");
}

/** The counts of all that was read, or only of what the directory named as changed since the last time. */
function countWords({ since, new: fresh, changed, same, gone }: Imported): string[] {
  if (since !== null) return [t("users.importedSince", { since: shortTime(since), new: fresh, changed, gone })];
  const counts = t("users.importedCounts", { new: fresh, changed, same });
  return gone > 0 ? [counts, t("users.importedGone", { n: gone })] : [counts];
}
