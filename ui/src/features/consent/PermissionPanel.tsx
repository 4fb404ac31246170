import { Link, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { ConsentRow } from "../../api/bindings";
import { openPage } from "../../api/client";
import { reading } from "../../api/queries";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { Facts } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { consentBadge, isOfSome, resourceWords, typeWords } from "../../words/nouns";
import { assignedWords } from "../../words/scope";
import { t } from "../../words/t";
import { ReasonedButton } from "../../ui/CommandBar";
import { admin, by, isByRoleOnly, least, required, risk, rowKey, since, whom } from "./columns";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "start" },
  text: { margin: 0 },
  head: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
});

/** Users who are named; the Users tab has them all. */
const NAMED = 8;

type Props = {
  readonly organization: number;
  readonly row: ConsentRow;
  /** Why it can't be granted, or revoked, if it can't. */
  readonly cannotAdd: string | undefined;
  readonly cannotRemove: string | undefined;
  readonly onAdd: () => void;
  readonly onRemove: () => void;
  readonly onClose: () => void;
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
};

/** One permission: where it stands, what that means, and Microsoft's own page about it. */
export function PermissionPanel({ organization, row, cannotAdd, cannotRemove, onAdd, onRemove, ...panel }: Props) {
  const styles = useStyles();
  return (
    <DetailsPanel {...panel} title={row.name} subtitle={typeWords[row.type]} subject={rowKey(row)}>
      <div className={styles.part}>
        <StatusBadge {...consentBadge(row)} strong />
        <p className={styles.text}>{meansWords(row)}</p>
        {row.meaning !== null && (
          <section>
            <h3 className={styles.head}>{t("consent.meaning")}</h3>
            <p className={styles.text}>{row.meaning}</p>
          </section>
        )}
        {row.purpose !== null && (
          <section>
            <h3 className={styles.head}>{t("consent.purpose")}</h3>
            <p className={styles.text}>{row.purpose}</p>
          </section>
        )}
        <Facts
          facts={[
            { name: t("consent.api"), value: resourceWords[row.resource] },
            { name: t("consent.asked"), value: required(row) },
            { name: t("consent.admin"), value: admin(row) },
            { name: t("consent.risk"), value: risk(row) || t("consent.adminUnknown") },
            ...(row.whom === null ? [] : [{ name: t("consent.whom"), value: whom(row) }]),
            ...(row.whom?.kind === "users"
              ? [{ name: t("consent.who"), value: <Holders organization={organization} row={row} /> }]
              : []),
            ...(row.since === null ? [] : [{ name: t("consent.since"), value: since(row) }]),
            ...(row.by === null ? [] : [{ name: t("consent.by"), value: by(row) }]),
            ...(row.feature === null ? [] : [{ name: t("consent.feature"), value: row.feature }]),
            ...(row.roles.length === 0
              ? []
              : [
                  {
                    name: t(row.state === "unknown" ? "consent.rolesBefore" : "consent.roles"),
                    value: assignedWords(row.roles),
                  },
                ]),
            ...(row.by_role === null
              ? []
              : [
                  {
                    name: t("consent.byRole"),
                    value: t(row.state === "given_by_role" ? "consent.byRoleIs" : "consent.byRoleToBe", {
                      role: row.by_role,
                    }),
                  },
                ]),
            ...(row.instead === null ? [] : [{ name: t("consent.least"), value: least(row) }]),
          ]}
        />
        <ReasonedButton size="small" disabledReason={cannotAdd} onClick={onAdd}>
          {t("consent.add")}
        </ReasonedButton>
        <ReasonedButton size="small" disabledReason={cannotRemove} onClick={onRemove}>
          {t("consent.remove")}
        </ReasonedButton>
        <Link onClick={() => void openPage(pageOf(row)).catch(() => undefined)}>{t("consent.page")}</Link>
      </div>
    </DetailsPanel>
  );
}

/** What its state means, in a sentence. */
function meansWords(row: ConsentRow): string {
  if (isOfSome(row)) return t("consent.some");
  if (row.state === "excess" && isByRoleOnly(row)) return t("consent.excessByRole");
  return t(`consent.means.${row.state}`);
}

/** The place of a permission in "Microsoft Graph permissions reference". */
function pageOf({ name }: ConsentRow): string {
  const anchor = name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "");
  return `https://learn.microsoft.com/graph/permissions-reference#${anchor}`;
}

/** For which users it was granted, as far as they were brought in. */
function Holders({ organization, row }: { organization: number; row: ConsentRow }) {
  const holding = `${row.resource}/${row.name}`;
  const question = { organization, which: "all" as const, search: null, holding, offset: 0, limit: NAMED };
  const page = useQuery(reading("consent.users", question)).data;
  if (!page) return t("consent.reading");
  const count = row.whom?.kind === "users" ? row.whom.count : page.matching;
  const more = page.matching - page.rows.length;
  const strangers = Math.max(0, count - page.matching);
  return (
    <>
      {page.rows.map(({ upn }) => (
        <div key={upn}>{upn}</div>
      ))}
      {more > 0 && ` ${t("change.more", { n: more })}`}
      {strangers > 0 && ` ${t("consent.strangers", { n: strangers })}`}
    </>
  );
}
