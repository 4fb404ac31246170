import { makeStyles } from "@fluentui/react-components";
import { useState } from "react";
import type { Reason, UserDetail } from "../../api/bindings";
import { CopyButton } from "../../ui/CopyButton";
import { reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { ActDialog } from "./ActDialog";
import { ActionMenu } from "./ActionMenu";
import type { Intent } from "./actions";
import { diagnosticOf } from "./diagnostic";
import { PutInWaveDialog } from "./PutInWaveDialog";

const useStyles = makeStyles({
  row: { display: "flex", flexWrap: "wrap", gap: "8px", marginBottom: "12px" },
});

/** What can be done with the user whose details are open. */
export function UserActions({ detail }: { detail: UserDetail }) {
  const styles = useStyles();
  const [intent, setIntent] = useState<Intent>();
  const [putting, setPutting] = useState(false);
  const close = () => setIntent(undefined);
  const { may, row } = detail;
  const users = { by: "ids" as const, of: [row.user.id] };
  return (
    <>
      <div className={styles.row} role="toolbar" aria-label={t("act.forUser")}>
        <ActionMenu
          label={t("act.forUser")}
          reasons={{ force: words(may.force), switch: words(may.switch) }}
          onChoose={(kind) => setIntent({ kind, users })}
          onWave={() => setPutting(true)}
        />
        <CopyButton text={diagnosticOf(detail)} label={t("users.copyDiagnostic")} labelled />
      </div>
      {putting && (
        <PutInWaveDialog
          organization={row.user.organization}
          users={users}
          onClose={() => setPutting(false)}
          onDone={() => setPutting(false)}
        />
      )}
      {intent && <ActDialog intent={intent} onClose={close} onDone={close} />}
    </>
  );
}

/** What the switch's dialog shows and lets decide on is no reason to dim it. */
function words(reason: Reason | null): string | undefined {
  return reason === null || reason === "limitations_unread" || reason === "not_ready" ? undefined : reasonWords[reason];
}
