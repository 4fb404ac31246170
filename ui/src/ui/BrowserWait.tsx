import { Button, makeStyles, Spinner, tokens } from "@fluentui/react-components";
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
  actions: { display: "flex", columnGap: "8px" },
});

type Props = {
  /** What is waited for: "Waiting for the sign-in in your browser". */
  readonly title: string;
  /** The address that is open in the browser; undefined once the browser has answered or before it is known. */
  readonly url: string | undefined;
  readonly stopping: boolean;
  readonly onCancel: () => void;
};

/** The system browser has the turn. Admins keep separate browser profiles, hence the link to copy. */
export function BrowserWait({ title, url, stopping, onCancel }: Props) {
  const styles = useStyles();
  return (
    <section className={styles.box} aria-label={title}>
      <Spinner size="tiny" label={title} labelPosition="after" />
      <p className={styles.text}>{t(url === undefined ? "browser.noUrl" : "browser.body")}</p>
      <div className={styles.actions}>
        {url !== undefined && <CopyButton text={url} label={t("browser.copy")} labelled />}
        <Button size="small" disabled={stopping} onClick={onCancel}>
          {t("browser.cancel")}
        </Button>
      </div>
    </section>
  );
}
