import { Checkbox, Dropdown, Field, Input, makeStyles, Option, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { t } from "../../words/t";
import { optionsOf } from "../../words/options";
import { severityWords } from "../../words/waves";
import { fits, limits, type TypedCriteria, type TypedExit } from "./wavePlan";

const useStyles = makeStyles({
  group: { border: 0, margin: 0, padding: 0, minWidth: 0 },
  title: { padding: 0, marginBottom: "8px", fontSize: "1.17em", fontWeight: "bold" },
  fields: { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(140px, 1fr))", gap: "8px 12px" },
  field: { minWidth: 0 },
  input: { minWidth: 0, width: "100%" },
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  heading: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  line: {
    display: "grid",
    gridTemplateColumns: "1fr max-content max-content",
    columnGap: "16px",
    alignItems: "center",
  },
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

type EntryProps = {
  readonly criteria: TypedCriteria;
  readonly onChange: (part: Partial<TypedCriteria>) => void;
};

/** What has to be so before a wave starts. */
export function EntryFields({ criteria, onChange }: EntryProps) {
  const styles = useStyles();
  return (
    <section className={styles.part}>
      <h3 className={styles.heading}>{t("waves.entry")}</h3>
      <span className={styles.quiet}>{t("waves.entryAlways")}</span>
      {(["authorized", "window"] as const).map((what) => (
        <Checkbox
          key={what}
          label={t(`waves.entry.${what}`)}
          checked={criteria[what]}
          onChange={(_, data) => onChange({ [what]: data.checked === true })}
        />
      ))}
    </section>
  );
}

type OwnProps = {
  /** What the wave is called. */
  readonly name: string;
  /** Its criteria of its own, where it has them. */
  readonly exit: TypedExit | undefined;
  /** What they begin with: what the others have to come to. */
  readonly usual: TypedExit;
  readonly onChange: (exit: TypedExit | undefined) => void;
  /** What else is told of the wave. */
  readonly children?: ReactNode;
};

/** One wave of a list, and what it has to come to where that differs. */
export function OwnFields({ name, exit, usual, onChange, children }: OwnProps) {
  const styles = useStyles();
  return (
    <li className={styles.part}>
      <div className={styles.line}>
        <span>{name}</span>
        {children ?? <span />}
        <Checkbox
          label={t("waves.own")}
          aria-label={t("waves.ownOf", { wave: name })}
          checked={exit !== undefined}
          onChange={(_, data) => onChange(data.checked === true ? usual : undefined)}
        />
      </div>
      {exit && <ExitFields title={t("waves.exitOf", { wave: name })} exit={exit} onChange={onChange} />}
    </li>
  );
}
