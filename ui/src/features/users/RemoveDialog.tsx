import { Switch } from "@fluentui/react-components";
import { useState } from "react";
import type { Error as Refusal, UserQuery } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { useNotices } from "../../lib/notices";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { isSelected, type Selection, selectedCount } from "../../ui/table/selection";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

type Props = {
  readonly selection: Selection<number>;
  readonly question: Omit<UserQuery, "offset" | "limit">;
  readonly matching: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Takes the selected users out of their organizations, here and nowhere else. */
export function RemoveDialog({ selection, question, matching, onClose, onDone }: Props) {
  const [force, setForce] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const n = selectedCount(selection, matching);
  const remove = async () => {
    setBusy(true);
    try {
      const users = await idsOf(selection, question, matching);
      const { done, refused } = await call("users.remove", { users, force });
      say(
        refused.length === 0 ? "success" : "info",
        t("users.removed", { n: done.length }),
        refused.length === 0 ? undefined : t("users.removeRefused", { n: refused.length }),
      );
      onDone();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      title={t("users.removeTitle", { n })}
      action={t("users.removeAction", { n })}
      busy={busy}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <span>{t("users.removeBody")}</span>
      <Switch label={t("users.removeForce")} checked={force} onChange={(_, data) => setForce(data.checked)} />
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </ConfirmDialog>
  );
}

const AT_ONCE = 1000;

/** The ids of all selected rows, those that were never on screen included. */
async function idsOf(
  selection: Selection<number>,
  question: Omit<UserQuery, "offset" | "limit">,
  matching: number,
): Promise<number[]> {
  if (selection.mode === "include") return [...selection.ids];
  const ids: number[] = [];
  for (let offset = 0; offset < matching; offset += AT_ONCE) {
    const page = await call("users.query", { ...question, offset, limit: AT_ONCE });
    ids.push(...page.rows.map((row) => row.user.id).filter((id) => isSelected(selection, id)));
  }
  return ids;
}
