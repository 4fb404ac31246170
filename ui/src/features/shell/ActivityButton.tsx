import {
  Button,
  CounterBadge,
  makeStyles,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  ProgressBar,
  tokens,
} from "@fluentui/react-components";
import { AlertRegular, DismissRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { CutOffPass } from "../../api/bindings";
import { useCutOffPasses } from "../../api/cutOffPasses";
import { useScope } from "../../api/scope";
import { dismiss, isLive, stop, useWorks, type Work } from "../../api/work";
import { clock } from "../../lib/time";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain } from "../../words/codes";
import { cutOffWords } from "../../words/cutOff";
import { progressLine } from "../../words/progress";
import { t } from "../../words/t";

const useStyles = makeStyles({
  holder: { position: "relative" },
  count: { position: "absolute", top: "2px", right: "2px", pointerEvents: "none" },
  surface: { width: "360px", padding: "12px", display: "flex", flexDirection: "column", rowGap: "12px" },
  title: { fontWeight: tokens.fontWeightSemibold },
  traffic: { alignSelf: "start" },
  work: { display: "flex", flexDirection: "column", rowGap: "4px" },
  line: { display: "flex", alignItems: "center", columnGap: "8px" },
  name: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

const states = {
  running: "working",
  stopping: "working",
  done: "good",
  failed: "bad",
  stopped: "off",
} as const;

/** What is going on in the background, and what has ended in this sitting. */
export function ActivityButton() {
  const styles = useStyles();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const live = useWorks((works) => Object.values(works.all).filter((work) => isLive(work)).length);
  return (
    <span className={styles.holder}>
      <Popover positioning="below-end" trapFocus open={open} onOpenChange={(_, data) => setOpen(data.open)}>
        <PopoverTrigger disableButtonEnhancement>
          <Button appearance="subtle" icon={<AlertRegular />} aria-label={t("activity.button", { n: live })} />
        </PopoverTrigger>
        <PopoverSurface className={styles.surface} aria-label={t("activity.title")}>
          <Works />
          <Button
            size="small"
            className={styles.traffic}
            onClick={() => {
              setOpen(false);
              void navigate({ to: "/settings", search: { tab: "traffic" } });
            }}
          >
            {t("activity.traffic")}
          </Button>
        </PopoverSurface>
      </Popover>
      {live > 0 && <CounterBadge className={styles.count} size="small" count={live} />}
    </span>
  );
}

function Works() {
  const styles = useStyles();
  const all = useWorks((works) => works.all);
  const passes = useCutOffPasses((cutOff) => cutOff.all);
  const sorted = Object.values(all).sort((a, b) => b.started - a.started);
  return (
    <>
      <span className={styles.title}>{t("activity.title")}</span>
      {sorted.length + passes.length === 0 && <span className={styles.quiet}>{t("activity.none")}</span>}
      {sorted.map((work) => (
        <Line key={work.key} work={work} />
      ))}
      {passes.map((pass) => (
        <CutOff key={pass.organization} pass={pass} />
      ))}
    </>
  );
}

/** Sync sessions that the end of the program cut off. */
function CutOff({ pass }: { pass: CutOffPass }) {
  const styles = useStyles();
  const { all } = useScope();
  const forget = useCutOffPasses((passes) => passes.forget);
  const view = all?.find(({ organization }) => organization.id === pass.organization);
  const title = t("syncing.work", { organization: pass.organization_name });
  return (
    <div className={styles.work}>
      <div className={styles.line}>
        <span className={styles.name}>{title}</span>
        <Button
          size="small"
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label={t("activity.dismiss", { title })}
          onClick={() => forget(pass.organization)}
        />
      </div>
      <StatusBadge state="attention" word={t("activity.state.cutOff")} />
      {view && <span className={styles.quiet}>{cutOffWords(pass, view.organization.rhythm.paused !== null)}</span>}
    </div>
  );
}

function Line({ work }: { work: Work }) {
  const styles = useStyles();
  const { progress } = work;
  const measured = progress?.kind === "verified" && progress.total > 0 ? progress.done / progress.total : undefined;
  return (
    <div className={styles.work}>
      <div className={styles.line}>
        <span className={styles.name}>{work.title}</span>
        {isLive(work) ? (
          <Button size="small" disabled={work.state === "stopping"} onClick={() => stop(work.key)}>
            {t(work.state === "stopping" ? "activity.stopping" : "activity.stop")}
          </Button>
        ) : (
          <Button
            size="small"
            appearance="subtle"
            icon={<DismissRegular />}
            aria-label={t("activity.dismiss", { title: work.title })}
            onClick={() => dismiss(work.key)}
          />
        )}
      </div>
      {isLive(work) && <ProgressBar aria-label={work.title} {...(measured === undefined ? {} : { value: measured })} />}
      <div className={styles.line}>
        <StatusBadge state={states[work.state]} word={t(`activity.state.${work.state}`)} />
        <span className={styles.quiet}>
          {work.refusal ? explain(work.refusal).title : progress ? progressLine(progress) : clock(work.started)}
        </span>
      </div>
    </div>
  );
}
