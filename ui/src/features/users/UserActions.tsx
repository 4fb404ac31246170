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

const useStyles = makeStyles({
  row: { display: "flex", flexWrap: "wrap", gap: "8px", marginBottom: "12px" },
});

/** What can be done with the user whose details are open. */
export function UserActions({ detail }: { detail: UserDetail }) {
  const styles = useStyles();
  const [intent, setIntent] = useState<Intent>();
  const close = () => setIntent(undefined);
  const { may, row } = detail;
  return (
    <>
      <div className={styles.row} role="toolbar" aria-label={t("act.forUser")}>
        <ActionMenu
          label={t("act.forUser")}
          reasons={{ force: words(may.force), switch: words(may.switch) }}
          onChoose={(kind) => setIntent({ kind, users: { by: "ids", of: [row.user.id] } })}
        />
        <CopyButton text={diagnosticOf(detail)} label={t("users.copyDiagnostic")} labelled />
      </div>
      {intent && <ActDialog intent={intent} onClose={close} onDone={close} />}
    </>
  );
}

/** Limitations that nobody has read yet are no reason to dim the switch: its dialog shows them. */
function words(reason: Reason | null): string | undefined {
  return reason === null || reason === "limitations_unread" ? undefined : reasonWords[reason];
}
