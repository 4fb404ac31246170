import { Button, Field, makeStyles, Textarea, tokens } from "@fluentui/react-components";
import { DismissRegular, DocumentRegular } from "@fluentui/react-icons";
import { type ChangeEvent, useRef, useState } from "react";
import { invalid } from "../../ui/invalid";
import { t } from "../../words/t";
import { base64Of, type Draft, LARGEST } from "./source";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "8px", alignItems: "stretch" },
  row: { display: "flex", flexWrap: "wrap", gap: "8px", alignItems: "center" },
  hidden: { display: "none" },
  name: { overflowWrap: "anywhere", fontWeight: tokens.fontWeightSemibold },
});

type Props = {
  readonly file: Draft["file"];
  readonly text: string;
  /** Why the list can't be used, as reading it has shown. */
  readonly wrong: string | undefined;
  readonly onFile: (file: Draft["file"]) => void;
  readonly onText: (text: string) => void;
};

/** A list of addresses: a file as it is, or pasted. */
export function ListPicker({ file, text, wrong, onFile, onText }: Props) {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string>();
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.target.files ?? [];
    event.target.value = "";
    if (!chosen) return;
    if (chosen.size > LARGEST) return setFault(t("users.csvTooLarge"));
    try {
      const base64 = await base64Of(chosen);
      setFault(undefined);
      onFile({ name: chosen.name, base64 });
    } catch {
      setFault(t("users.csvUnread"));
    }
  };
  return (
    <div className={styles.root}>
      <div className={styles.row}>
        <input
          ref={input}
          type="file"
          className={styles.hidden}
          accept=".csv,.tsv,.txt"
          aria-label={t("users.csvFile")}
          onChange={(event) => void take(event)}
        />
        <Button icon={<DocumentRegular />} onClick={() => input.current?.click()}>
          {t("users.csvFile")}
        </Button>
        {file && (
          <>
            <span className={styles.name}>{file.name}</span>
            <Button
              size="small"
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label={t("users.csvNoFile", { name: file.name })}
              onClick={() => onFile(undefined)}
            />
          </>
        )}
      </div>
      <Field label={t("users.csv")} hint={t("users.csvHint")} {...invalid(true, fault ?? wrong)}>
        <Textarea rows={6} value={text} disabled={file !== undefined} onChange={(_, data) => onText(data.value)} />
      </Field>
    </div>
  );
}
