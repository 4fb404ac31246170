import { Field, makeStyles, Radio, RadioGroup } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Error as Refusal, Resume, Settings } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { changeSettings } from "../../api/settings";
import { type Density, type ThemeChoice, usePreferences } from "../../lib/preferences";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { t } from "../../words/t";

const useStyles = makeStyles({ form: { display: "flex", flexDirection: "column", rowGap: "24px", maxWidth: "520px" } });

/** Theme, density, and how checks behave. They hold at once. */
export function General() {
  const styles = useStyles();
  const { theme, density, setTheme, setDensity } = usePreferences();
  return (
    <div className={styles.form}>
      <Field label={t("settings.theme")} hint={t("settings.themeHint")}>
        <RadioGroup value={theme} onChange={(_, data) => setTheme(data.value as ThemeChoice)}>
          {(["system", "light", "dark"] as const).map((one) => (
            <Radio key={one} value={one} label={t(`settings.theme.${one}`)} />
          ))}
        </RadioGroup>
      </Field>
      <Field label={t("settings.density")}>
        <RadioGroup value={density} onChange={(_, data) => setDensity(data.value as Density)}>
          {(["comfortable", "compact"] as const).map((one) => (
            <Radio key={one} value={one} label={t(`settings.density.${one}`)} />
          ))}
        </RadioGroup>
      </Field>
      <Checks />
    </div>
  );
}

const shares: readonly number[] = [0, 10, 25, 50, 75];

/** What becomes of a check that was cut off, and how much of Microsoft's limits checks leave alone. */
function Checks() {
  const client = useQueryClient();
  const query = useQuery(reading("settings.get", null));
  const [refusal, setRefusal] = useState<Refusal>();
  const settings = query.data;
  const change = async (some: Partial<Settings>) => {
    setRefusal(undefined);
    try {
      client.setQueryData(reading("settings.get", null).queryKey, await changeSettings(some));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  if (query.error) {
    return <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />;
  }
  if (!settings) return null;
  const { resume, leave_to_integration: left } = settings;
  // The command line takes any share; one that isn't offered here is shown as it is.
  const offered = shares.includes(left) ? shares : [...shares, left].sort((a, b) => a - b);
  return (
    <>
      <Field label={t("settings.resume")} hint={t("settings.resumeHint")}>
        <RadioGroup value={resume} onChange={(_, data) => void change({ resume: data.value as Resume })}>
          {(["on_click", "by_itself"] as const).map((one) => (
            <Radio key={one} value={one} label={t(`settings.resume.${one}`)} />
          ))}
        </RadioGroup>
      </Field>
      <Field label={t("settings.leave")} hint={t("settings.leaveHint")}>
        <RadioGroup
          layout="horizontal"
          value={String(left)}
          onChange={(_, data) => void change({ leave_to_integration: Number(data.value) })}
        >
          {offered.map((percent) => (
            <Radio key={percent} value={String(percent)} label={t("settings.leavePercent", { n: percent })} />
          ))}
        </RadioGroup>
      </Field>
      {refusal && <ErrorBar failure={explain(refusal)} />}
    </>
  );
}
