import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Acted, Action, Error as Refusal, WaveView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { everyUser, meantBy } from "../../api/filters";
import { agreeing } from "../../api/queries";
import { useNotices } from "../../lib/notices";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Effects, unreadOf } from "../../ui/Effects";
import { ErrorBar } from "../../ui/ErrorBar";
import { Refusals } from "../../ui/Refusals";
import { useWayToSignIns } from "../../ui/signIns";
import { actedWords, explainActed } from "../../words/acted";
import { reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { waveName } from "../../words/waves";

/** What is done with a whole wave. */
export type WaveAct = "start" | "go_back";

const actions = {
  start: { kind: "switch", at_once: false, not_ready: false },
  go_back: { kind: "go_back" },
} as const satisfies Record<WaveAct, Action>;

type Props = {
  readonly organization: number;
  readonly wave: WaveView;
  readonly act: WaveAct;
  readonly onClose: () => void;
};

/** Says what it would do to the users whom the wave has now, does it when that is agreed to, and names who was refused. */
export function WaveActDialog({ organization, wave, act, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [acted, setActed] = useState<Acted>();
  const say = useNotices((notices) => notices.say);
  const toSignIns = useWayToSignIns();
  // Whoever was on Graph before the wave is nothing of its doing.
  const switched_since = act === "go_back" ? wave.started : null;
  const of = { ...everyUser, organization, wave: wave.number, switched_since };
  const users = { by: "filter" as const, of };
  const query = useQuery(agreeing("users.foresee", { users, action: actions[act] }));
  const foreseen = query.data;
  const n = foreseen ? foreseen.changes + foreseen.queued + unreadOf(foreseen) : 0;
  const unread =
    act === "start" && wave.entry.some(({ criterion, met }) => criterion.kind === "acknowledged" && met !== "met");
  // A wave of which nobody has to be switched is started all the same: the next one waits for it.
  const nobody = act === "start" && wave.started === null && n === 0;
  const run = async () => {
    if (!foreseen) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      if (unread) await call("organizations.acknowledge", { organization });
      const expected = meantBy(foreseen);
      const came =
        act === "start"
          ? await call("waves.start", { organization, wave: wave.number, expected })
          : await call("users.act", { users, action: actions[act], expected });
      if (came.refused > 0) return setActed(came);
      const { tone, title, body } = actedWords(actions[act].kind, came);
      say(tone, title, body, foreseen.must_sign_in > 0 && came.done > 0 ? toSignIns : undefined);
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      void query.refetch();
    } finally {
      setBusy(false);
    }
  };
  if (acted) {
    const way = foreseen && foreseen.must_sign_in > 0 && acted.done > 0 ? toSignIns : undefined;
    return <Refusals kind={actions[act].kind} acted={acted} way={way} onDone={onClose} />;
  }
  const failure = refusal ?? (query.error ? refusalOf(query.error) : undefined);
  const reason = !foreseen ? t("act.looking") : foreseen.none && !nobody ? reasonWords[foreseen.none] : undefined;
  const title = { wave: waveName(wave) };
  return (
    <ConfirmDialog
      title={act === "start" ? t("waves.startTitle", title) : t("waves.goBackTitle", title)}
      action={
        act === "go_back" ? t("waves.goBackDo", { n }) : nobody ? t("waves.startNobody") : t("waves.startDo", { n })
      }
      busy={busy}
      acknowledge={unread ? t("act.acknowledge") : undefined}
      disabledReason={reason}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      <span>{t(act === "start" ? "waves.startAbout" : "waves.goBackAbout")}</span>
      {!foreseen && !failure && <span role="status">{t("act.looking")}</span>}
      {foreseen && <Effects foreseen={foreseen} />}
      {failure && <ErrorBar failure={explainActed(failure)} />}
    </ConfirmDialog>
  );
}
