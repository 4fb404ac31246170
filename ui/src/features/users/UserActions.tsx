import { makeStyles } from "@fluentui/react-components";
import { ClipboardCheckmarkRegular } from "@fluentui/react-icons";
import { useState } from "react";
import type { Error as Refusal, UserDetail } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { useScope } from "../../api/scope";
import { check, verifyKey } from "../../api/verifying";
import { isLive, useWork } from "../../api/work";
import { ReasonedButton } from "../../ui/CommandBar";
import { CopyButton } from "../../ui/CopyButton";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { ActDialog } from "./ActDialog";
import { ActionMenu } from "./ActionMenu";
import { type Intent, whyNoSwitch } from "./actions";
import { diagnosticOf } from "./diagnostic";
import { PutInWaveDialog } from "./PutInWaveDialog";

const useStyles = makeStyles({
  row: { display: "flex", flexWrap: "wrap", gap: "8px", marginBottom: "12px" },
});

/** What can be done with the user whose details are open. */
export function UserActions({ detail, onCheck }: { detail: UserDetail; onCheck: () => void }) {
  const styles = useStyles();
  const { all } = useScope();
  const [intent, setIntent] = useState<Intent>();
  const [putting, setPutting] = useState(false);
  const close = () => setIntent(undefined);
  const { may, row } = detail;
  const { id, organization } = row.user;
  const work = useWork(verifyKey(organization));
  const [refusal, setRefusal] = useState<Refusal>();
  const mayCheck = all?.find((view) => view.organization.id === organization)?.may.verify ?? null;
  const why = isLive(work) ? "run_under_way" : mayCheck;
  const checkIt = async () => {
    setRefusal(undefined);
    onCheck();
    try {
      await check(organization, row.organization_name, { kind: "users", users: [id] });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const users = { by: "ids" as const, of: [id] };
  return (
    <>
      <div className={styles.row} role="toolbar" aria-label={t("act.forUser")}>
        <ReasonedButton
          size="small"
          icon={<ClipboardCheckmarkRegular />}
          disabledReason={why ? reasonWords[why] : undefined}
          onClick={() => void checkIt()}
        >
          {t("act.check")}
        </ReasonedButton>
        <ActionMenu
          label={t("act.forUser")}
          reasons={{ ...whyNoSwitch(may.switch), force: may.force ? reasonWords[may.force] : undefined }}
          onChoose={(command) => setIntent({ command, users, meant: 1 })}
          onWave={() => setPutting(true)}
        />
        <CopyButton text={diagnosticOf(detail)} label={t("users.copyDiagnostic")} labelled />
      </div>
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {putting && (
        <PutInWaveDialog
          organization={organization}
          users={users}
          meant={1}
          onClose={() => setPutting(false)}
          onDone={() => setPutting(false)}
        />
      )}
      {intent && <ActDialog intent={intent} onClose={close} onDone={close} />}
    </>
  );
}
