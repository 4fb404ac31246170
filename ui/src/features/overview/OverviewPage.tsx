import { Button, MessageBar, MessageBarActions, MessageBarBody, makeStyles, tokens } from "@fluentui/react-components";
import { HomeRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { OrganizationView } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useChooseScope, useScope } from "../../api/scope";
import { grouped } from "../../lib/numbers";
import { CommandBar } from "../../ui/CommandBar";
import { DataAge } from "../../ui/DataAge";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Page } from "../../ui/Page";
import { Skeletons } from "../../ui/Skeletons";
import { StatusBadge } from "../../ui/StatusBadge";
import { explain } from "../../words/codes";
import { accessWords, stageBadges } from "../../words/nouns";
import { t } from "../../words/t";
import { Rollout } from "./Rollout";

const useStyles = makeStyles({
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "12px" },
  card: {
    // The same columns in each card, so that a stage stands below the same stage.
    display: "grid",
    gridTemplateColumns: "minmax(180px, 1fr) repeat(3, 150px) max-content",
    alignItems: "center",
    columnGap: "24px",
    padding: "16px",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  names: { minWidth: 0, overflowWrap: "anywhere" },
  name: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2 },
  stage: { display: "flex", flexDirection: "column", minWidth: 0 },
});

/** Home of the scope: the three stages of one rollout, or how far each rollout is. */
export function OverviewPage() {
  const { all, chosen, error, query } = useScope();
  const navigate = useNavigate();
  const tenants = useQuery(reading("tenants.list", null)).data;
  const signedOut = tenants?.find(
    ({ tenant, signed_in }) => !signed_in && (!chosen || tenant.id === chosen.organization.tenant),
  );
  return (
    <Page
      title={chosen ? chosen.organization.name : t("overview.title")}
      aside={
        chosen &&
        t("overview.aside", {
          id: chosen.organization.external_id,
          access: accessWords[chosen.organization.access],
          integration: chosen.integration_name,
        })
      }
      reading
      busy={query.isFetching && all !== undefined}
      head={
        <>
          <CommandBar
            label={t("overview.commands")}
            end={
              <DataAge at={all && query.dataUpdatedAt} busy={query.isFetching} onRefresh={() => void query.refetch()} />
            }
          >
            {chosen && (
              <Button
                appearance="subtle"
                onClick={() =>
                  void navigate({
                    to: "/organizations",
                    search: { org: chosen.organization.id, open: chosen.organization.id },
                  })
                }
              >
                {t("overview.settings")}
              </Button>
            )}
          </CommandBar>
          {signedOut && (
            <MessageBar layout="multiline">
              <MessageBarBody>{t("overview.signedOut", { name: signedOut.tenant.name })}</MessageBarBody>
              <MessageBarActions>
                <Button size="small" onClick={() => void navigate({ to: "/settings", search: { tab: "tenants" } })}>
                  {t("overview.toSignIn")}
                </Button>
              </MessageBarActions>
            </MessageBar>
          )}
          {error && <ErrorBar failure={explain(refusalOf(error))} onRetry={() => void query.refetch()} />}
        </>
      }
    >
      {(all === undefined || tenants === undefined) && !error && <Skeletons />}
      {chosen && <Rollout view={chosen} />}
      {all && !chosen && all.length > 0 && <Rollouts all={all} />}
      {/* Before there is any tenant, the welcome page is on its way. */}
      {all?.length === 0 && tenants !== undefined && tenants.length > 0 && (
        <EmptyState icon={<HomeRegular />} title={t("overview.emptyTitle")} body={t("overview.emptyBody")}>
          <Button
            appearance="primary"
            onClick={() => void navigate({ to: "/organizations", search: { create: true } })}
          >
            {t("organizations.new")}
          </Button>
          <Button onClick={() => void navigate({ to: "/integrations", search: { add: true } })}>
            {t("integrations.add")}
          </Button>
        </EmptyState>
      )}
    </Page>
  );
}

function Rollouts({ all }: { all: readonly OrganizationView[] }) {
  const styles = useStyles();
  const choose = useChooseScope();
  return (
    <ul className={styles.list}>
      {all.map((view) => (
        <li key={view.organization.id} className={styles.card}>
          <div className={styles.names}>
            <h2 className={styles.name}>{view.organization.name}</h2>
            <span className={styles.quiet}>
              {t("overview.line", {
                id: view.organization.external_id,
                users: grouped(view.users),
                tenant: view.tenant_name,
              })}
            </span>
          </div>
          {(["organization", "consent", "verify"] as const).map((stage, index) => (
            <div key={stage} className={styles.stage}>
              <span className={styles.quiet}>
                {index + 1}. {t(`stage.${stage}`)}
              </span>
              <StatusBadge {...stageBadges[view.stages[stage].state]} />
            </div>
          ))}
          <Button aria-label={t("overview.open", { name: view.organization.name })} onClick={() => choose(view)}>
            {t("overview.openShort")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
