import { Dropdown, Field, Input, makeStyles, Option } from "@fluentui/react-components";
import { t } from "../../words/t";
import { optionsOf } from "../../words/options";
import { severityWords } from "../../words/waves";
import { fits, limits, type TypedExit } from "./wavePlan";

const useStyles = makeStyles({
  group: { border: 0, margin: 0, padding: 0, minWidth: 0 },
  title: { padding: 0, marginBottom: "8px", fontSize: "1.17em", fontWeight: "bold" },
  fields: { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(140px, 1fr))", gap: "8px 12px" },
  field: { minWidth: 0 },
  input: { minWidth: 0, width: "100%" },
});

const numbers = ["initialized", "failed", "hours"] as const satisfies readonly (keyof typeof limits)[];

type Props = {
  readonly title: string;
  readonly exit: TypedExit;
  readonly onChange: (exit: TypedExit) => void;
};

/** What a wave has to come to before the next one starts. */
export function ExitFields({ title, exit, onChange }: Props) {
  const styles = useStyles();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.title}>{title}</legend>
      <div className={styles.fields}>
        {numbers.map((name) => {
          const { least, most } = limits[name];
          const between = t("waves.between", { least, most });
          return (
            <Field
              key={name}
              className={styles.field}
              label={t(`waves.exit.${name}`)}
              {...(fits(name, exit[name]) ? {} : { validationState: "error" as const, validationMessage: between })}
            >
              <Input
                className={styles.input}
                input={{ className: styles.input }}
                type="number"
                min={least}
                max={most}
                value={exit[name]}
                onChange={(_, data) => onChange({ ...exit, [name]: data.value })}
              />
            </Field>
          );
        })}
        <Field className={styles.field} label={t("waves.exit.issues")}>
          <Dropdown
            className={styles.input}
            value={severityWords[exit.issues]}
            selectedOptions={[exit.issues]}
            onOptionSelect={(_, data) => onChange({ ...exit, issues: data.optionValue as TypedExit["issues"] })}
          >
            {optionsOf(severityWords).map(({ value, word }) => (
              <Option key={value} value={value}>
                {word}
              </Option>
            ))}
          </Dropdown>
        </Field>
      </div>
    </fieldset>
  );
}
