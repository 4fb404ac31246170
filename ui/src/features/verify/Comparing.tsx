import { Dropdown, makeStyles, Option, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Run } from "../../api/bindings";
import { reading } from "../../api/queries";
import { shortTime } from "../../lib/time";
import { StatusBadge } from "../../ui/StatusBadge";
import { t } from "../../words/t";

const useStyles = makeStyles({
  line: { display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: "16px", rowGap: "4px" },
  label: { color: tokens.colorNeutralForeground2 },
  pick: { minWidth: "200px" },
});

/** What has changed since an earlier run of the same organization. */
export function Comparing({ run }: { run: Run }) {
  const styles = useStyles();
  const runs = useQuery(reading("runs.list", { organization: run.organization })).data ?? [];
  const earlier = runs.filter((one) => one.started < run.started && one.state === "finished");
  const [picked, setPicked] = useState<number>();
  const before = picked ?? earlier[0]?.id;
  const query = useQuery({
    ...reading("runs.compare", { before: before ?? run.id, after: run.id }),
    enabled: before !== undefined,
  });
  if (before === undefined) return null;
  const compared = query.data;
  return (
    <div className={styles.line}>
      <span className={styles.label} id="compare-label">
        {t("run.comparedWith")}
      </span>
      <Dropdown
        size="small"
        className={styles.pick}
        aria-labelledby="compare-label"
        value={runWords(earlier.find((one) => one.id === before))}
        selectedOptions={[String(before)]}
        onOptionSelect={(_, data) => setPicked(Number(data.optionValue))}
      >
        {earlier.map((one) => (
          <Option key={one.id} value={String(one.id)} text={runWords(one)}>
            {runWords(one)}
          </Option>
        ))}
      </Dropdown>
      {compared && (
        <>
          <StatusBadge
            state={compared.newly_failing.count > 0 ? "bad" : "off"}
            word={t("run.newlyFailing", { n: compared.newly_failing.count })}
          />
          <StatusBadge
            state={compared.fixed.count > 0 ? "good" : "off"}
            word={t("run.fixed", { n: compared.fixed.count })}
          />
          <StatusBadge
            state={compared.still_failing.count > 0 ? "bad" : "off"}
            word={t("run.stillFailing", { n: compared.still_failing.count })}
          />
          <StatusBadge state="off" word={t("run.added", { n: compared.added.count })} />
          <StatusBadge state="off" word={t("run.gone", { n: compared.gone.count })} />
        </>
      )}
    </div>
  );
}

function runWords(run: Run | undefined): string {
  return run ? `${t("run.name", { id: run.id })} · ${shortTime(run.started)}` : "";
}
