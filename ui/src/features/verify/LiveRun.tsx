import { Button, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Error as Refusal, Run, Verified } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { isLive, stop, useWork, type Work } from "../../api/work";
import { lasted, shortTime } from "../../lib/time";
import { useWait } from "../../lib/useWait";
import { ReasonedButton } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { ProgressPanel } from "../../ui/ProgressPanel";
import { SegmentBar } from "../../ui/SegmentBar";
import { boundWords } from "../../words/bounds";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { ledgerSegments } from "./runs";
import { resumeRun, settled, standingOf, verifyKey } from "../../api/verifying";

/** A run that isn't over: how far it is, and the way to pause, resume or cancel it. */
export function LiveRun({ run, onOpen }: { run: Run; onOpen?: () => void }) {
  const key = verifyKey(run.organization);
  const work = useWork(key);
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const standing = standingOf(run, work);
  const live = standing === "here";
  const now = live ? verified(work) : undefined;
  const until = (live ? now?.waiting_until : run.parked_until) ?? undefined;
  const left = useWait(until);
  const ledger = now
    ? { ...now, not_run: Math.max(0, run.mailboxes - now.passed - now.failed - now.unknown) }
    : run.ledger;
  const cancel = async () => {
    setAsking(false);
    if (live) {
      stop(key);
      await settled(key);
    }
    try {
      await call("verify.cancel", { run: run.id });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const parked = now?.parked;
  const otherGoes = isLive(work) && !live;
  const advice = standing === "resting" ? [t(otherGoes ? "run.resumeLater" : "run.howToResume")] : [];
  const title = parked ? "run.parkedTitle" : standing === "resting" ? "run.pausedTitle" : "run.liveTitle";
  return (
    <>
      <ProgressPanel
        title={t(title, { id: run.id })}
        done={now?.done ?? run.mailboxes_done}
        total={now?.total ?? run.mailboxes}
        started={live ? work?.started : undefined}
        rate={now?.per_second}
        secondsLeft={now?.seconds_left ?? undefined}
        details={now ? pace(now, left) : advice}
        actions={
          <>
            {onOpen && (
              <Button size="small" onClick={onOpen}>
                {t("run.open")}
              </Button>
            )}
            {live && (
              <Button size="small" onClick={() => void navigate({ to: "/settings", search: { tab: "traffic" } })}>
                {t("run.traffic")}
              </Button>
            )}
            {live && (
              <Button size="small" disabled={work?.state === "stopping"} onClick={() => stop(key)}>
                {t(work?.state === "stopping" ? "activity.stopping" : "run.pause")}
              </Button>
            )}
            {standing === "resting" && (
              <ReasonedButton
                size="small"
                appearance="primary"
                disabledReason={otherGoes ? reasonWords.run_under_way : undefined}
                onClick={() => void resumeRun(run)}
              >
                {t("run.resume")}
              </ReasonedButton>
            )}
            <Button size="small" onClick={() => setAsking(true)}>
              {t("run.cancel")}
            </Button>
          </>
        }
      />
      {until !== undefined && left !== undefined && (parked || !live) && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>
            {t(parked ? "run.parked" : left > 0 ? "run.parkedStill" : "run.parkedOver", { time: shortTime(until) })}
          </MessageBarBody>
        </MessageBar>
      )}
      <SegmentBar label={t("run.ledger")} segments={ledgerSegments({ ledger })} />
      {work?.run === run.id && work.refusal && <ErrorBar failure={explain(work.refusal)} />}
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {asking && (
        <ConfirmDialog
          title={t("run.cancelTitle", { id: run.id })}
          action={t("run.cancelAction")}
          keep={t("confirm.keep")}
          onClose={() => setAsking(false)}
          onConfirm={() => void cancel()}
        >
          {t("run.cancelBody", { n: now?.done ?? run.mailboxes_done })}
        </ConfirmDialog>
      )}
    </>
  );
}

function verified(work: Work | undefined): Verified | undefined {
  return work?.progress?.kind === "verified" ? work.progress : undefined;
}

/** What is under way, what keeps it from going faster, and how often Microsoft said to wait; of a parked run nothing is. */
function pace(now: Verified, left: number | undefined): string[] {
  if (now.parked) return [];
  const waiting =
    now.waiting_until !== null && left !== undefined && left > 0
      ? t(now.bound === "pause" ? "run.waiting" : "run.putOff", {
          time: shortTime(now.waiting_until),
          left: lasted(left),
        })
      : boundWords[now.bound];
  const throttled = now.throttled > 0 ? [t("run.throttled", { n: now.throttled, requests: now.requests })] : [];
  return [t("run.inFlight", { n: now.in_flight, allowed: now.allowed }), waiting, ...throttled];
}
