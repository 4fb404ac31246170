import { makeStyles, tokens } from "@fluentui/react-components";
import { ShieldCheckmarkRegular } from "@fluentui/react-icons";
import { t } from "../words/t";
import { ReasonedButton } from "./CommandBar";

const useStyles = makeStyles({
  button: { height: "auto", paddingTop: "6px", paddingBottom: "6px", alignItems: "center" },
  words: { display: "flex", flexDirection: "column", alignItems: "start", lineHeight: tokens.lineHeightBase200 },
  oldName: {
    fontSize: tokens.fontSizeBase100,
    fontWeight: tokens.fontWeightRegular,
    lineHeight: tokens.lineHeightBase100,
  },
});

type Props = { readonly disabledReason: string | undefined; readonly onClick: () => void };

/** Grants consent. Its second line is what the vendors' manuals call it, so that whoever follows one finds it. */
export function ConsentButton({ disabledReason, onClick }: Props) {
  const styles = useStyles();
  return (
    <ReasonedButton
      appearance="primary"
      className={styles.button}
      icon={<ShieldCheckmarkRegular />}
      disabledReason={disabledReason}
      onClick={onClick}
    >
      <span className={styles.words}>
        <span>{t("consent.grant")}</span>
        <span className={styles.oldName}>{t("consent.oldName")}</span>
      </span>
    </ReasonedButton>
  );
}
