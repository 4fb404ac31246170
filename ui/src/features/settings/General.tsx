import { Field, makeStyles, Radio, RadioGroup } from "@fluentui/react-components";
import { type Density, type ThemeChoice, usePreferences } from "../../lib/preferences";
import { t } from "../../words/t";

const useStyles = makeStyles({ form: { display: "flex", flexDirection: "column", rowGap: "24px", maxWidth: "520px" } });

/** Theme and density. They hold at once. */
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
    </div>
  );
}
