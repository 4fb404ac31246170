import { makeStyles, Radio, RadioGroup } from "@fluentui/react-components";
import { useState } from "react";
import type { ConsentPage, ConsentView, OrganizationView } from "../../api/bindings";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { t } from "../../words/t";
import { isMissing } from "./columns";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px", maxHeight: "160px", overflowY: "auto" },
  text: { margin: 0 },
});

type Props = {
  readonly view: OrganizationView;
  readonly shown: ConsentView;
  readonly onClose: () => void;
  readonly onConfirm: (asked: ConsentPage) => void;
};

/** Says what a consent will add before the browser is opened. */
export function GrantDialog({ view, shown, onClose, onConfirm }: Props) {
  const styles = useStyles();
  const [asked, setAsked] = useState<ConsentPage>("registered");
  const delegated = shown.consent.rows.some((row) => row.required && row.type === "delegated");
  const adds = shown.consent.rows.filter((row) => row.required && !row.optional && isMissing(row.state));
  const unread = shown.consent.authorization === "unknown";
  return (
    <ConfirmDialog
      title={t("consent.askTitle", { integration: view.integration_name, tenant: view.tenant_name })}
      action={t("consent.askAction")}
      acknowledge={shown.limitations.length > 0 ? t("consent.acknowledge") : undefined}
      onClose={onClose}
      onConfirm={() => onConfirm(asked)}
    >
      <p className={styles.text}>{t("consent.askBody")}</p>
      {delegated && (
        <RadioGroup
          aria-label={t("consent.with")}
          value={asked}
          onChange={(_, data) => setAsked(data.value as ConsentPage)}
        >
          <Radio value="registered" label={t("consent.withRegistered")} />
          <Radio value="required" label={t("consent.withRequired")} />
        </RadioGroup>
      )}
      {unread ? (
        <p className={styles.text}>{t("consent.askUnread")}</p>
      ) : (
        <>
          <strong>{t("consent.adds", { n: adds.length })}</strong>
          {adds.length > 0 && (
            <ul className={styles.list}>
              {adds.map((row) => (
                <li key={`${row.type} ${row.name}`}>
                  {row.name} {row.feature !== null && `– ${row.feature}`}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      <p className={styles.text}>{t("consent.askRemovals")}</p>
      {shown.limitations.length > 0 && (
        <>
          <strong>{t("consent.limitations")}</strong>
          <ul className={styles.list}>
            {shown.limitations.map((limitation) => (
              <li key={limitation}>{limitation}</li>
            ))}
          </ul>
        </>
      )}
    </ConfirmDialog>
  );
}
