import { Link, makeStyles } from "@fluentui/react-components";
import type { ConsentRow } from "../../api/bindings";
import { openPage } from "../../api/client";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { Facts } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { consentBadge, resourceWords, typeWords } from "../../words/nouns";
import { t } from "../../words/t";
import { admin, least, required, rowKey, whom } from "./columns";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "start" },
  text: { margin: 0 },
});

type Props = {
  readonly row: ConsentRow;
  readonly onClose: () => void;
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
};

/** One permission: where it stands, what that means, and Microsoft's own page about it. */
export function PermissionPanel({ row, ...panel }: Props) {
  const styles = useStyles();
  return (
    <DetailsPanel {...panel} title={row.name} subtitle={typeWords[row.type]} subject={rowKey(row)}>
      <div className={styles.part}>
        <StatusBadge {...consentBadge(row)} strong />
        <p className={styles.text}>{t(`consent.means.${row.state}`)}</p>
        <Facts
          facts={[
            { name: t("consent.api"), value: resourceWords[row.resource] },
            { name: t("consent.asked"), value: required(row) },
            { name: t("consent.admin"), value: admin(row) },
            ...(row.whom === null ? [] : [{ name: t("consent.whom"), value: whom(row) }]),
            ...(row.feature === null ? [] : [{ name: t("consent.feature"), value: row.feature }]),
            ...(row.instead === null ? [] : [{ name: t("consent.least"), value: least(row) }]),
          ]}
        />
        <Link onClick={() => void openPage(pageOf(row)).catch(() => undefined)}>{t("consent.page")}</Link>
      </div>
    </DetailsPanel>
  );
}

/** The place of a permission in "Microsoft Graph permissions reference". */
function pageOf({ name }: ConsentRow): string {
  const anchor = name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "");
  return `https://learn.microsoft.com/graph/permissions-reference#${anchor}`;
}
