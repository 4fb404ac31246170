import { Button, makeStyles, MessageBar, MessageBarActions, MessageBarBody, tokens } from "@fluentui/react-components";
import { useState } from "react";
import type { Organization, Error as Refusal, Finding, ProofStands, ProofView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { isLive, stop, useWork } from "../../api/work";
import { lasted, shortTime } from "../../lib/time";
import { useWait } from "../../lib/useWait";
import { ErrorBar } from "../../ui/ErrorBar";
import { ProgressPanel } from "../../ui/ProgressPanel";
import { SegmentBar } from "../../ui/SegmentBar";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain, wordsForCode } from "../../words/codes";
import { wordsOf } from "../../words/options";
import { earlierBadges, findingBadges, outcomeBadge } from "../../words/scope";
import { t } from "../../words/t";
import { goOn, proofKey } from "./proving";
import { ToIntegrations } from "./ToIntegrations";

const useStyles = makeStyles({
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: "16px", rowGap: "4px" },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400 },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** What the last proof came to, in numbers, and the way to go on with it. */
export function ProofPart({
  organization,
  view,
  stands,
  underWay,
  finding,
  onFinding,
}: {
  organization: Organization;
  view: ProofView;
  stands: ProofStands;
  /** Somebody works on it, be it the clock. */
  underWay: boolean;
  finding: Finding | undefined;
  onFinding: (finding: Finding | undefined) => void;
}) {
  const styles = useStyles();
  const { proof } = view;
  const next = nextWords(view);
  const key = proofKey(organization.id);
  const work = useWork(key);
  const live = isLive(work);
  const [refusal, setRefusal] = useState<Refusal>();
  const now = work?.progress?.kind === "proven" && work.progress.proof === proof.id ? work.progress : undefined;
  const until = (live ? now?.waiting_until : undefined) ?? undefined;
  const left = useWait(until);
  // Between the end of the work and the next reading, and while the clock works, it is as little interrupted as while this page waits.
  const going = live || (proof.state === "running" && underWay);
  const unfinished = proof.state === "running" || proof.state === "interrupted";
  const { tally, sample } = proof;
  const total = tally.waiting + counts(tally).reduce((sum, { count }) => sum + count, 0);
  const cancel = async () => {
    setRefusal(undefined);
    stop(key);
    try {
      await call("scope.cancel", { proof: proof.id });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  return (
    <>
      <div className={styles.line}>
        <h2 className={styles.title}>{t("access.proof", { id: proof.id })}</h2>
        <StatusBadge {...(stands === "now" ? outcomeBadge(view) : earlierBadges[stands])} strong />
        <span className={styles.quiet}>
          {t(sample.named.length > 0 ? "access.proofOfNamed" : "access.proofOf", {
            inside: drawnWords(sample.inside, sample.of_inside),
            outside: drawnWords(sample.outside, sample.of_outside),
            named: sample.named.length,
            seed: sample.seed,
            time: shortTime(proof.started),
          })}
        </span>
      </div>
      {unfinished && (
        <ProgressPanel
          // Of one that no longer goes on only this sitting knows whether somebody paused it.
          title={t(going ? "access.live" : work?.state === "stopped" ? "access.paused" : "access.interrupted")}
          done={now?.done ?? total - tally.waiting}
          total={now?.total ?? total}
          started={live ? work?.started : undefined}
          details={
            until !== undefined && left ? [t("run.waiting", { time: shortTime(until), left: lasted(left) })] : []
          }
          actions={
            <>
              {live ? (
                <Button size="small" disabled={work?.state === "stopping"} onClick={() => stop(key)}>
                  {t("access.pause")}
                </Button>
              ) : (
                !going && (
                  <Button
                    size="small"
                    appearance="primary"
                    onClick={() => void goOn(proof, organization.name, "scope.resume")}
                  >
                    {t("access.resume")}
                  </Button>
                )
              )}
              <Button size="small" onClick={() => void cancel()}>
                {t("access.cancel")}
              </Button>
            </>
          }
        />
      )}
      <SegmentBar label={t("access.byFinding")} chosen={finding} onChoose={onFinding} segments={counts(tally)} />
      {next !== undefined && !live && (
        <MessageBar intent={proof.put_off || view.waits_for_secret ? "warning" : "info"} layout="multiline">
          <MessageBarBody>{next}</MessageBarBody>
          {view.waits_for_secret ? (
            <MessageBarActions>
              <ToIntegrations />
            </MessageBarActions>
          ) : (
            !unfinished &&
            (tally.too_early > 0 || proof.put_off) && (
              <MessageBarActions>
                <Button size="small" onClick={() => void goOn(proof, organization.name, "scope.again")}>
                  {t("access.again")}
                </Button>
              </MessageBarActions>
            )
          )}
        </MessageBar>
      )}
      {proof.basis && proof.basis.unlimited.length > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t("access.unlimited", { permissions: proof.basis.unlimited.join(", ") })}</MessageBarBody>
        </MessageBar>
      )}
      {tally.disagreements > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t("access.disagreements", { n: tally.disagreements })}</MessageBarBody>
        </MessageBar>
      )}
      {sample.unknown.length > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t("access.unknownNames", { names: sample.unknown.join(", ") })}</MessageBarBody>
        </MessageBar>
      )}
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </>
  );
}

/** How many of a side are asked. */
function drawnWords(wanted: number | null, of: number): string {
  return wanted !== null && wanted < of ? t("access.drawnSome", { wanted, of }) : t("access.drawnAll", { of });
}

/** When the clock asks again, and why it couldn't. */
function nextWords({ proof, next_probe, waits_for_secret }: ProofView): string | undefined {
  if (proof.put_off) {
    const { code, until } = proof.put_off;
    const why = wordsForCode(code).title;
    return waits_for_secret
      ? t("access.putOffWithoutSecret", { why })
      : t("access.putOff", { why, time: shortTime(until) });
  }
  if (next_probe === null) return undefined;
  if (waits_for_secret) {
    const words = proof.tally.too_early > 0 ? "access.nextWithoutSecret" : "access.nextProvisionalWithoutSecret";
    return t(words, { time: shortTime(next_probe) });
  }
  return t(proof.tally.too_early > 0 ? "access.next" : "access.nextProvisional", { time: shortTime(next_probe) });
}

function counts(tally: ProofView["proof"]["tally"]) {
  const of: Record<Finding, number> = {
    leak: tally.leaks,
    lock_out: tally.lock_outs,
    too_early: tally.too_early,
    unknown: tally.unknown,
    confirmed_outside: tally.confirmed_outside,
    confirmed_inside: tally.confirmed_inside,
  };
  return wordsOf(findingBadges).map(({ value, word }) => ({
    value,
    word,
    state: findingBadges[value].state,
    count: of[value],
  }));
}
