import { Field, makeStyles, Radio, RadioGroup, Spinner, Switch, tokens } from "@fluentui/react-components";
import type { Error as Refusal, Group, GroupSize } from "../api/bindings";
import { explain } from "../words/codes";
import { groupWords } from "../words/nouns";
import { t } from "../words/t";
import { ErrorBar } from "./ErrorBar";
import { TextFilter } from "./FilterPills";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "8px" },
  found: { maxHeight: "180px", overflowY: "auto", paddingRight: "8px" },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

type Chosen = Pick<Group, "id" | "display_name">;

type Props = {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly found: readonly Group[] | undefined;
  readonly searching: boolean;
  readonly size: GroupSize | undefined;
  readonly refusal: Refusal | undefined;
  readonly retry: () => void;
  readonly group: Chosen | undefined;
  /** Whether groups inside the group are counted in; absent where that isn't asked. */
  readonly nested?: boolean;
  readonly onGroup: (group: Group | undefined) => void;
  readonly onNested?: (nested: boolean) => void;
};

/** Finds a group by its name, and says how many users it brings, with the groups inside it and without. */
export function GroupPicker({ found, group, nested, size, refusal, onGroup, onNested, ...props }: Props) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <Field label={t("users.group")} required hint={t("users.groupHint")}>
        <TextFilter label={t("users.groupSearch")} value={props.text} onChange={props.onText} />
      </Field>
      {refusal && <ErrorBar failure={explain(refusal)} onRetry={props.retry} />}
      {props.searching && <Spinner size="tiny" label={t("users.groupSearching")} labelPosition="after" />}
      <div role="status" className={styles.quiet}>
        {props.text.trim().length === 1 ? t("users.groupMore") : found && t("users.groupsFound", { n: found.length })}
      </div>
      {found && found.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys (axe, scrollable-region-focusable)
        <div className={styles.found} tabIndex={0} role="group" aria-label={t("users.groupsLabel")}>
          <RadioGroup
            aria-label={t("users.groupsLabel")}
            value={group?.id ?? ""}
            onChange={(_, data) => onGroup(found.find((one) => one.id === data.value))}
          >
            {found.map((one) => (
              <Radio key={one.id} value={one.id} label={nameOf(one)} />
            ))}
          </RadioGroup>
        </div>
      )}
      {group && (
        <>
          {onNested && (
            <Switch
              label={t("users.groupNested")}
              checked={nested ?? false}
              onChange={(_, data) => onNested(data.checked)}
            />
          )}
          <div role="status">
            {size
              ? t("users.groupSize", { name: group.display_name, direct: size.direct, nested: size.nested })
              : !refusal && t("users.groupCounting", { name: group.display_name })}
          </div>
        </>
      )}
    </div>
  );
}

function nameOf({ display_name, kind, mail }: Group): string {
  return [display_name, groupWords[kind], ...(mail ? [mail] : [])].join(" · ");
}
