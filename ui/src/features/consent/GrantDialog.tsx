import { makeStyles, Radio, RadioGroup, Spinner } from "@fluentui/react-components";
import { useState } from "react";
import type { ConsentPage, ConsentView, OrganizationView } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBar } from "../../ui/ErrorBar";
import { acknowledgedWords } from "../../words/acknowledged";
import { explain, reasonWords } from "../../words/codes";
import { t } from "../../words/t";
import { Lines } from "./LineList";
import { refusedWords, usePreview } from "./preview";

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: "20px", maxHeight: "160px", overflowY: "auto" },
  text: { margin: 0 },
});

type Props = {
  readonly view: OrganizationView;
  readonly shown: ConsentView;
  readonly onClose: () => void;
  /** `firstRead` tells that what Graph can't do was acknowledged just now. */
  readonly onConfirm: (asked: ConsentPage, firstRead: boolean) => void;
};

/** Says what a consent on Microsoft's page will add, and what it will take away, before the browser is opened. */
export function GrantDialog({ view, shown, onClose, onConfirm }: Props) {
  const styles = useStyles();
  const [asked, setAsked] = useState<ConsentPage>(shown.page ?? "registered");
  const delegated = shown.consent.rows.some((row) => row.required && row.type === "delegated");
  const { acknowledged } = view;
  const unread = shown.limitations.length > 0 && acknowledged === null;
  const preview = usePreview(view.organization.id, { kind: "page", with: asked });
  return (
    <ConfirmDialog
      title={t("consent.askTitle", { integration: view.integration_name, tenant: view.tenant_name })}
      action={t("consent.askAction")}
      acknowledge={unread ? t("act.acknowledge") : undefined}
      disabledReason={
        preview.isPending ? t("change.reading") : preview.data?.refused ? reasonWords[preview.data.refused] : undefined
      }
      onClose={onClose}
      onConfirm={() => onConfirm(asked, unread)}
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
      {preview.isPending && <Spinner size="tiny" label={t("change.reading")} labelPosition="after" />}
      {preview.error && (
        <>
          <ErrorBar failure={explain(refusalOf(preview.error))} onRetry={() => void preview.refetch()} />
          <p className={styles.text}>{t("consent.askUnread")}</p>
        </>
      )}
      {preview.data && (
        <>
          {!preview.data.foreseen && <p className={styles.text}>{t("consent.askForeseen")}</p>}
          <Lines of={preview.data} />
          {preview.data.refused && <p className={styles.text}>{refusedWords(preview.data, preview.data.refused)}</p>}
          {preview.data.added.total + preview.data.dropped.total === 0 && (
            <p className={styles.text}>{t("change.nothing")}</p>
          )}
        </>
      )}
      {shown.limitations.length > 0 && (
        <>
          <strong>{t("consent.limitations")}</strong>
          {acknowledged && <span>{acknowledgedWords(acknowledged)}</span>}
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
