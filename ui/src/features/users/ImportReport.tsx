import { Button, makeStyles, MessageBar, MessageBarBody, tokens } from "@fluentui/react-components";
import { ArrowDownloadRegular, PeopleRegular } from "@fluentui/react-icons";
import { useState } from "react";
import type { Error as Refusal, FateKind, ImportPreview, PreviewLine } from "../../api/bindings";
import { call, refusalOf, saveFile } from "../../api/client";
import { useWindowed } from "../../api/queries";
import { grouped } from "../../lib/numbers";
import { useNotices } from "../../lib/notices";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Filter, FilterRow, TextFilter } from "../../ui/FilterPills";
import { StatusBadge } from "../../ui/StatusBadge";
import type { Column } from "../../ui/table/columns";
import { DataTable } from "../../ui/table/DataTable";
import { explain } from "../../words/codes";
import {
  charsetWords,
  eligibilityBadges,
  evidenceWords,
  fateBadge,
  fateWords,
  separatorWords,
} from "../../words/nouns";
import { optionsOf, wordsOf } from "../../words/options";
import { t } from "../../words/t";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "12px" },
  counts: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: "16px",
    rowGap: "4px",
    margin: 0,
    padding: 0,
    listStyle: "none",
  },
  table: { display: "flex", height: "min(360px, 45vh)" },
  quiet: { color: tokens.colorNeutralForeground2 },
});

const columns: ReadonlyArray<Column<PreviewLine>> = [
  {
    id: "line",
    title: t("preview.line"),
    width: 70,
    fixed: true,
    numeric: true,
    render: lineOf,
    text: lineOf,
  },
  {
    id: "who",
    title: t("preview.who"),
    width: 220,
    grows: true,
    fixed: true,
    render: whoOf,
    text: whoOf,
  },
  {
    id: "upn",
    title: t("users.upn"),
    width: 230,
    render: ({ person }) => person?.upn ?? "",
    text: ({ person }) => person?.upn ?? "",
  },
  {
    id: "fate",
    title: t("preview.fate"),
    width: 180,
    render: ({ fate }) => <StatusBadge {...fateBadge(fate)} />,
    text: ({ fate }) => fateBadge(fate).word,
  },
  {
    id: "eligibility",
    title: t("users.eligibility"),
    width: 180,
    render: ({ person }) => person && <StatusBadge {...eligibilityBadges[person.judged.eligibility]} />,
    text: ({ person }) => (person ? eligibilityBadges[person.judged.eligibility].word : ""),
  },
  {
    id: "evidence",
    title: t("users.evidence"),
    width: 220,
    spare: true,
    render: ({ person }) => (person ? evidenceWords[person.judged.evidence] : ""),
    text: ({ person }) => (person ? evidenceWords[person.judged.evidence] : ""),
  },
];

type Props = { readonly preview: ImportPreview; readonly organization: string };

/** What an import would do, in figures and person by person or line by line. */
export function ImportReport({ preview, organization }: Props) {
  const styles = useStyles();
  const { seal, fates, arriving, list: understood } = preview;
  const [fate, setFate] = useState<FateKind>();
  const [search, setSearch] = useState("");
  const [unsaved, setUnsaved] = useState<Refusal>();
  const say = useNotices((notices) => notices.say);
  const list = useWindowed("users.preview_lines", {
    seal,
    fate: fate ?? null,
    search: search === "" ? null : search,
  });
  const shownColumns = understood ? columns : columns.filter((column) => column.id !== "line");
  const source = {
    view: list.view,
    revision: list.revision,
    count: list.page?.matching,
    first: list.page?.rows ?? [],
    fetchWindow: async (start: number, end: number) => (await list.window(start, end)).rows,
  };
  const save = async () => {
    setUnsaved(undefined);
    try {
      const { text } = await call("users.preview_export", { seal });
      say("success", t("consent.saved"), await saveFile(t("preview.file", { organization }), text));
    } catch (thrown) {
      setUnsaved(refusalOf(thrown));
    }
  };
  const kinds = optionsOf(fateWords).filter(({ value }) => fates[value] > 0);
  const judged = wordsOf(eligibilityBadges).flatMap(({ value, word }) => {
    const n = arriving[value] ?? 0;
    return n > 0 ? [{ value, word, state: eligibilityBadges[value].state, n }] : [];
  });
  return (
    <div className={styles.root}>
      <span role="status">{t("preview.nothingStored")}</span>
      {understood && (
        <span className={styles.quiet}>
          {t(understood.column === null ? "preview.understoodPlace" : "preview.understood", {
            charset: charsetWords[understood.charset],
            separator: separatorWords[understood.separator],
            place: understood.place,
            column: understood.column ?? "",
            n: understood.lines,
          })}
        </span>
      )}
      <ul className={styles.counts} aria-label={t("preview.fates")}>
        {kinds.map(({ value, word }) => (
          <li key={value}>
            <strong>{grouped(fates[value])}</strong> {word}
          </li>
        ))}
      </ul>
      {judged.length > 0 && (
        <ul className={styles.counts} aria-label={t("preview.arriving")}>
          {judged.map(({ value, word, state, n }) => (
            <li key={value}>
              <StatusBadge state={state} word={t("preview.some", { count: grouped(n), word })} />
            </li>
          ))}
        </ul>
      )}
      {(arriving.shared_or_resource ?? 0) > 0 && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{t("preview.purposeLater")}</MessageBarBody>
        </MessageBar>
      )}
      {fates.elsewhere > 0 && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{t("preview.howToMove", { n: fates.elsewhere })}</MessageBarBody>
        </MessageBar>
      )}
      {unsaved && <ErrorBar failure={explain(unsaved)} />}
      {list.error && <ErrorBar failure={explain(refusalOf(list.error))} onRetry={list.refresh} />}
      <FilterRow count={list.page && t("filter.count", { matching: list.page.matching, total: list.page.total })}>
        <TextFilter label={t("preview.search")} value={search} onChange={setSearch} />
        <Filter label={t("preview.fate")} options={kinds} value={fate} onChange={setFate} />
        <Button size="small" icon={<ArrowDownloadRegular />} onClick={() => void save()}>
          {t("preview.export")}
        </Button>
      </FilterRow>
      <div className={styles.table}>
        <DataTable
          id={understood ? "import-lines" : "import-people"}
          label={t("preview.title")}
          columns={shownColumns}
          source={source}
          rowId={(row) => row.line ?? row.person?.object_id ?? ""}
          empty={<EmptyState icon={<PeopleRegular />} title={t("preview.empty")} body={t("preview.emptyBody")} />}
        />
      </div>
    </div>
  );
}

function lineOf({ line }: PreviewLine): string {
  return line === null ? "" : String(line);
}

/** The person, with the address by which the list means it where that isn't plain. */
function whoOf({ person, written, by_alias }: PreviewLine): string {
  if (!person) return written ?? "";
  return by_alias && written !== null
    ? t("preview.byAlias", { name: person.display_name, alias: written })
    : person.display_name;
}
