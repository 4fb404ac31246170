import {
  Button,
  Field,
  makeStyles,
  mergeClasses,
  MessageBar,
  MessageBarBody,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { DocumentRegular } from "@fluentui/react-icons";
import { type ChangeEvent, type ReactNode, useRef, useState } from "react";
import type { ListRead, Remark } from "../api/bindings";
import { remarkWords } from "../words/remarks";
import { t } from "../words/t";
import { Needs } from "./Needs";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "8px" },
  text: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px" },
  hidden: { display: "none" },
  read: { maxHeight: "180px", overflowY: "auto", paddingRight: "8px" },
  remarks: { margin: 0, paddingLeft: "20px", overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

/** Bytes of a text that is read. */
const LARGEST = 256 * 1024;
/** Remarks that are told one by one. */
const TOLD = 20;

type Props = {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** What the text comes to, once it was read. */
  readonly read: ListRead | undefined;
  readonly busy: boolean;
  /** What is wrong with it as a whole, once the person has tried to send it. */
  readonly wrong: string | undefined;
  /** Other ways to fill it. */
  readonly children?: ReactNode;
};

/** A list of permissions in whatever form it comes, with what was understood of it, and what was not. */
export function ListField({ label, text, onText, read, busy, wrong, children }: Props) {
  const styles = useStyles();
  const file = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string>();
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.target.files ?? [];
    event.target.value = "";
    if (!chosen) return;
    if (chosen.size > LARGEST) return setFault(t("list.tooLarge"));
    try {
      const decoded = new TextDecoder("utf-8", { fatal: true }).decode(await chosen.arrayBuffer());
      setFault(undefined);
      onText(decoded);
    } catch {
      setFault(t("list.notText"));
    }
  };
  const refused = read?.remarks.filter((remark) => remark.refused) ?? [];
  const told = read?.remarks.filter((remark) => !remark.refused) ?? [];
  const message = fault ?? wrong;
  return (
    <div className={styles.root}>
      <Field
        label={label}
        hint={t("list.hint")}
        required
        {...(message === undefined ? {} : { validationState: "error" as const, validationMessage: message })}
      >
        <Textarea
          rows={6}
          value={text}
          spellCheck={false}
          placeholder={"Mail.ReadWrite application\nUser.Read delegated"}
          textarea={{ className: styles.text }}
          onChange={(_, data) => {
            setFault(undefined);
            onText(data.value);
          }}
        />
      </Field>
      <div className={styles.buttons}>
        <input
          ref={file}
          type="file"
          className={styles.hidden}
          accept=".json,.csv,.tsv,.txt,.md"
          aria-label={t("list.file")}
          onChange={(event) => void take(event)}
        />
        <Button size="small" icon={<DocumentRegular />} onClick={() => file.current?.click()}>
          {t("list.file")}
        </Button>
        {children}
      </div>
      <div role="status" className={styles.root}>
        {refused.length > 0 && (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>
              {t("list.refused", { n: refused.length })}
              <Remarks of={refused} />
              {read?.asked.tenant === "not_signed_in" && t("list.notSignedIn")}
              {read?.asked.tenant === "failed" && t("list.notAsked")}
            </MessageBarBody>
          </MessageBar>
        )}
        {read && <strong>{busy ? t("list.reading") : t("list.understood", { n: read.permissions.length })}</strong>}
        {read && read.permissions.length > 0 && (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys (axe, scrollable-region-focusable)
          <div className={styles.read} tabIndex={0} role="group" aria-label={t("list.whose")}>
            <Needs permissions={read.permissions} />
          </div>
        )}
        {told.length > 0 && <Remarks of={told} quiet />}
      </div>
    </div>
  );
}

function Remarks({ of, quiet = false }: { of: readonly Remark[]; quiet?: boolean }) {
  const styles = useStyles();
  return (
    <ul className={mergeClasses(styles.remarks, quiet && styles.quiet)}>
      {of.slice(0, TOLD).map((remark) => (
        <li key={JSON.stringify(remark)}>{remarkWords(remark)}</li>
      ))}
      {of.length > TOLD && <li>{t("change.more", { n: of.length - TOLD })}</li>}
    </ul>
  );
}
