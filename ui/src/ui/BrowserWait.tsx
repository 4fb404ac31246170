import {
  Button,
  makeStyles,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  Spinner,
  tokens,
} from "@fluentui/react-components";
import type { Work } from "../api/work";
import { clock } from "../lib/time";
import { noKeychainWords } from "../words/codes";
import { t } from "../words/t";
import { CopyButton } from "./CopyButton";

const useStyles = makeStyles({
  box: {
    display: "flex",
    flexDirection: "column",
    rowGap: "8px",
    padding: "12px 16px",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorBrandStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
    alignItems: "start",
  },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  link: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere", userSelect: "all" },
  actions: { display: "flex", columnGap: "8px" },
});

/** Work that waits for somebody at a browser, as far as that is told here. */
type Waiting = Pick<Work, "state" | "browser" | "notKept">;

type Props = {
  /** What is waited for: "Waiting for the sign-in in your browser". */
  readonly title: string;
  readonly work: Waiting | undefined;
  readonly onCancel: () => void;
};

/** The system browser has the turn. Admins keep separate browser profiles, hence the link to copy; where no browser opens, it is the way. */
export function BrowserWait({ title, work, onCancel }: Props) {
  const styles = useStyles();
  const page = work?.browser;
  const unopened = page?.opened === false;
  const head = unopened ? t("browser.unopened") : title;
  return (
    <section className={styles.box} aria-label={head}>
      <Spinner size="tiny" label={head} labelPosition="after" />
      {work?.notKept !== undefined && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{t("browser.notKept", { reason: noKeychainWords[work.notKept] })}</MessageBarTitle>{" "}
            {t("browser.notKeptAdvice")}
          </MessageBarBody>
        </MessageBar>
      )}
      {page === undefined ? (
        <p className={styles.text}>{t("browser.noUrl")}</p>
      ) : (
        <p className={styles.text}>
          {t(unopened ? "browser.unopenedBody" : "browser.body")} {t("browser.until", { time: clock(page.until) })}
        </p>
      )}
      {unopened && <span className={styles.link}>{page.url}</span>}
      <div className={styles.actions}>
        {page !== undefined && <CopyButton text={page.url} label={t("browser.copy")} labelled />}
        <Button size="small" disabled={work?.state === "stopping"} onClick={onCancel}>
          {t("browser.cancel")}
        </Button>
      </div>
    </section>
  );
}
