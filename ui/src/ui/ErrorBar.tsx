import {
  Button,
  makeStyles,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  tokens,
} from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useState } from "react";
import { t } from "../words/t";
import { CopyButton } from "./CopyButton";

/** A failure in words, with what the support desk will ask for. */
export type Failure = {
  /** What happened. */
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  /** What to look for where Microsoft told no id. */
  readonly clientRequestId?: string | undefined;
};

const useStyles = makeStyles({
  bar: { minHeight: "fit-content" },
  facts: {
    display: "grid",
    gridTemplateColumns: "max-content 1fr",
    columnGap: "12px",
    rowGap: "2px",
    margin: "8px 0 0",
    overflowWrap: "anywhere",
    whiteSpace: "normal",
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, userSelect: "text" },
  body: { whiteSpace: "normal", padding: "6px 0" },
});

type Props = {
  readonly failure: Failure;
  /** What fields say of it already: that isn't said again. */
  readonly told?: ReadonlyArray<string | undefined>;
  readonly onRetry?: (() => void) | undefined;
};

/** What went wrong, why, and the next step; the technical facts fold out and can be copied. */
export function ErrorBar({ failure, told = [], onRetry }: Props) {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  return (
    <MessageBar intent="error" layout="multiline" className={styles.bar}>
      <MessageBarBody className={styles.body}>
        {!told.includes(failure.title) && <MessageBarTitle>{failure.title}</MessageBarTitle>}{" "}
        {!told.includes(failure.advice) && failure.advice}
        {open && (
          <dl className={styles.facts}>
            <dt className={styles.name}>{t("error.code")}</dt>
            <dd className={styles.value}>{failure.code}</dd>
            {failure.detail !== "" && (
              <>
                <dt className={styles.name}>{t("error.detail")}</dt>
                <dd className={styles.value}>{failure.detail}</dd>
              </>
            )}
            {failure.requestId !== undefined && (
              <>
                <dt className={styles.name}>{t("error.requestId")}</dt>
                <dd className={styles.value}>{failure.requestId}</dd>
              </>
            )}
            {failure.clientRequestId !== undefined && (
              <>
                <dt className={styles.name}>{t("check.clientRequestId")}</dt>
                <dd className={styles.value}>{failure.clientRequestId}</dd>
              </>
            )}
          </dl>
        )}
      </MessageBarBody>
      <MessageBarActions>
        {onRetry && (
          <Button size="small" onClick={onRetry}>
            {t("error.retry")}
          </Button>
        )}
        <Button
          size="small"
          appearance="transparent"
          aria-expanded={open}
          icon={open ? <ChevronDownRegular /> : <ChevronRightRegular />}
          onClick={() => setOpen(!open)}
        >
          {t("error.details")}
        </Button>
        <CopyButton text={supportBlock(failure)} label={t("error.copy")} />
      </MessageBarActions>
    </MessageBar>
  );
}

function supportBlock(failure: Failure): string {
  const lines = [failure.title, `code: ${failure.code}`];
  if (failure.detail !== "") lines.push(`detail: ${failure.detail}`);
  if (failure.requestId !== undefined) lines.push(`request-id: ${failure.requestId}`);
  if (failure.clientRequestId !== undefined) lines.push(`client-request-id: ${failure.clientRequestId}`);
  return lines.join("\n");
}
