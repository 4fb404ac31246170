import { Field, makeStyles, Radio, RadioGroup, Spinner, Switch, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Group } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { ErrorBar } from "../../ui/ErrorBar";
import { TextFilter } from "../../ui/FilterPills";
import { explain } from "../../words/codes";
import { groupWords } from "../../words/nouns";
import { t } from "../../words/t";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "8px" },
  found: { maxHeight: "180px", overflowY: "auto", paddingRight: "8px" },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

type Props = {
  readonly organization: number;
  readonly group: Group | undefined;
  readonly nested: boolean;
  readonly onGroup: (group: Group | undefined) => void;
  readonly onNested: (nested: boolean) => void;
};

/** Finds a group by its name, and says how many users it brings, with the groups inside it and without. */
export function GroupPicker({ organization, group, nested, onGroup, onNested }: Props) {
  const styles = useStyles();
  const [text, setText] = useState("");
  // What the directory says isn't stored, so nothing that is stored makes it old.
  const found = useQuery({
    ...reading("groups.search", { organization, text }),
    enabled: text.trim().length >= 2,
    meta: { watched: true },
  });
  const size = useQuery({
    ...reading("groups.size", { organization, group: group?.id ?? "" }),
    enabled: group !== undefined,
    meta: { watched: true },
  });
  return (
    <div className={styles.root}>
      <Field label={t("users.group")} required hint={t("users.groupHint")}>
        <TextFilter label={t("users.groupSearch")} value={text} onChange={setText} />
      </Field>
      {found.error && <ErrorBar failure={explain(refusalOf(found.error))} onRetry={() => void found.refetch()} />}
      {found.isFetching && <Spinner size="tiny" label={t("users.groupSearching")} labelPosition="after" />}
      <div role="status" className={styles.quiet}>
        {found.data && t("users.groupsFound", { n: found.data.length })}
      </div>
      {found.data && found.data.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys (axe, scrollable-region-focusable)
        <div className={styles.found} tabIndex={0} role="group" aria-label={t("users.groupsLabel")}>
          <RadioGroup
            aria-label={t("users.groupsLabel")}
            value={group?.id ?? ""}
            onChange={(_, data) => onGroup(found.data.find((one) => one.id === data.value))}
          >
            {found.data.map((one) => (
              <Radio key={one.id} value={one.id} label={nameOf(one)} />
            ))}
          </RadioGroup>
        </div>
      )}
      {group && (
        <>
          <Switch label={t("users.groupNested")} checked={nested} onChange={(_, data) => onNested(data.checked)} />
          {size.error && <ErrorBar failure={explain(refusalOf(size.error))} onRetry={() => void size.refetch()} />}
          <div role="status">
            {size.data
              ? t("users.groupSize", {
                  name: group.display_name,
                  direct: size.data.direct,
                  nested: size.data.nested,
                })
              : !size.error && t("users.groupCounting", { name: group.display_name })}
          </div>
        </>
      )}
    </div>
  );
}

function nameOf({ display_name, kind, mail }: Group): string {
  return [display_name, groupWords[kind], ...(mail ? [mail] : [])].join(" · ");
}
