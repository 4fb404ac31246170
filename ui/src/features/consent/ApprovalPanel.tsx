import { Button, Link, makeStyles } from "@fluentui/react-components";
import type {
  AccessPolicy,
  ConsentView,
  CredentialView,
  OrganizationView,
  Unread,
  UserConsent,
  Wanted,
} from "../../api/bindings";
import { call, openPage } from "../../api/client";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { BrowserWait } from "../../ui/BrowserWait";
import { ReasonedButton } from "../../ui/CommandBar";
import { DetailsPanel } from "../../ui/DetailsPanel";
import { ErrorBar } from "../../ui/ErrorBar";
import { Facts } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { fullTime } from "../../lib/time";
import { explain, reasonWords, wordsForCode } from "../../words/codes";
import { roleWords } from "../../words/nouns";
import { t } from "../../words/t";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "start" },
  lines: {
    display: "flex",
    flexDirection: "column",
    rowGap: "4px",
    alignItems: "start",
    minWidth: 0,
    overflowWrap: "anywhere",
  },
});

/** Its start page: the address of the list of requests is in no document at hand. */
const ENTRA = "https://entra.microsoft.com/";

type Props = {
  readonly view: OrganizationView;
  readonly shown: ConsentView;
  readonly onChange: (wanted: Wanted) => void;
  readonly onClose: () => void;
};

/** Whether the application may be used at all: its enterprise application, credentials, policies, and what users may approve. */
export function ApprovalPanel({ view, shown, onChange, onClose }: Props) {
  const styles = useStyles();
  const key = `tenants.allow:${view.organization.tenant}`;
  const work = useWork(key);
  const live = isLive(work);
  const { approval } = shown;
  const allow = async (scopes: string[]) => {
    dismiss(key);
    try {
      const question = { tenant: view.organization.tenant, scopes };
      await begin(key, t("approval.allowing", { scope: scopes.join(", ") }), "tenants.allow", question);
      await call("consent.read", { organization: view.organization.id });
    } catch {
      // The refusal is on the work, where the panel shows it.
    }
  };
  const unread = (why: Unread) => (
    <div className={styles.lines}>
      <StatusBadge state="unknown" word={t("approval.unread")} />
      <span>{unreadSentence(why)}</span>
      {why.kind === "not_asked" && (
        <Button size="small" disabled={live} onClick={() => void allow([why.scope])}>
          {t("approval.allow")}
        </Button>
      )}
    </div>
  );
  const app = approval?.app;
  const unasked = unaskedScopes(shown);
  const { tenant } = shown;
  return (
    <DetailsPanel
      title={t("consent.application")}
      subtitle={t("approval.subtitle")}
      subject="application"
      onClose={onClose}
    >
      <div className={styles.part}>
        {live && <BrowserWait title={work?.title ?? ""} work={work} onCancel={() => stop(key)} />}
        {work?.refusal && <ErrorBar failure={explain(work.refusal)} />}
        {unasked.length > 1 && (
          <Button disabled={live} onClick={() => void allow(unasked)}>
            {t("approval.allowAll", { n: unasked.length })}
          </Button>
        )}
        {!approval ? (
          <span>{t("approval.neverRead")}</span>
        ) : (
          <Facts
            facts={[
              {
                name: t("approval.app"),
                value: app ? (
                  <StatusBadge state="good" word={app.display_name} />
                ) : (
                  <StatusBadge state="attention" word={t("approval.appMissing")} />
                ),
              },
              ...(app
                ? [
                    {
                      name: t("approval.enabled"),
                      value:
                        app.disabled_by_microsoft !== null ? (
                          <StatusBadge
                            state="bad"
                            word={t("approval.byMicrosoft", { status: app.disabled_by_microsoft })}
                          />
                        ) : app.enabled ? (
                          <StatusBadge state="good" word={t("approval.enabledYes")} />
                        ) : (
                          <StatusBadge state="bad" word={t("approval.enabledNo")} />
                        ),
                    },
                    {
                      name: t("approval.assignment"),
                      value:
                        approval.assigned.kind === "unread"
                          ? unread(approval.assigned.why)
                          : app.assignment_required
                            ? t("approval.assignmentNeeded", {
                                users: approval.assigned.value.users,
                                groups: approval.assigned.value.groups,
                                names: approval.assigned.value.names.join(", "),
                              })
                            : t("approval.assignmentOpen"),
                    },
                  ]
                : []),
              {
                name: t("approval.credentials"),
                value:
                  approval.registered.kind === "unread" ? (
                    unread(approval.registered.why)
                  ) : approval.registered.value.kind === "elsewhere" ? (
                    t("approval.elsewhere")
                  ) : (
                    <div className={styles.lines}>
                      {shown.credentials.length === 0 && t("approval.noCredentials")}
                      {shown.credentials.map((one) => (
                        <Credential key={one.credential.key_id} {...one} />
                      ))}
                    </div>
                  ),
              },
              {
                name: t("approval.policies"),
                value:
                  approval.policies.kind === "unread" ? (
                    unread(approval.policies.why)
                  ) : (
                    <div className={styles.lines}>
                      {approval.policies.value.length === 0 && t("approval.noPolicies")}
                      {approval.policies.value.map((policy) => (
                        <span key={policy.name}>{policyWords(policy)}</span>
                      ))}
                    </div>
                  ),
              },
              {
                name: t("approval.history"),
                value:
                  approval.history.kind === "unread"
                    ? unread(approval.history.why)
                    : t("approval.historyRead", { n: approval.history.value }),
              },
              ...(tenant
                ? [
                    {
                      name: t("approval.settings"),
                      value:
                        tenant.settings.kind === "unread" ? (
                          unread(tenant.settings.why)
                        ) : (
                          <span>
                            {settingWords(tenant.settings.value.users)}{" "}
                            {tenant.settings.value.workflow !== null &&
                              t(tenant.settings.value.workflow ? "approval.workflowOn" : "approval.workflowOff")}
                          </span>
                        ),
                    },
                    {
                      name: t("approval.requests"),
                      value:
                        tenant.requests.kind === "unread" ? (
                          unread(tenant.requests.why)
                        ) : (
                          <div className={styles.lines}>
                            {shown.requests.length === 0 && t("approval.noRequests")}
                            {shown.requests.map(({ request, beyond }) => (
                              <div key={request.id} className={styles.lines}>
                                {t("approval.request", {
                                  who: request.askers.map((asker) => asker.name ?? t("approval.somebody")).join(", "),
                                  scopes: request.scopes.join(", "),
                                })}
                                {request.askers.map((asker) => asker.reason && ` “${asker.reason}”`)}{" "}
                                {beyond.length > 0 && (
                                  <>
                                    <StatusBadge state="attention" word={t("approval.beyond")} />
                                    <span>{beyond.join(", ")}</span>
                                  </>
                                )}
                                <ReasonedButton
                                  size="small"
                                  disabledReason={cannotGrant(shown, request.scopes, beyond)}
                                  onClick={() => onChange(granting(request.scopes, beyond))}
                                >
                                  {t("approval.grant")}
                                </ReasonedButton>
                              </div>
                            ))}
                            {shown.requests.length > 0 && (
                              <span>
                                {t("approval.deny")}{" "}
                                <Link onClick={() => void openPage(ENTRA).catch(() => undefined)}>
                                  {t("approval.denyPage")}
                                </Link>
                              </span>
                            )}
                          </div>
                        ),
                    },
                    {
                      name: t("approval.roles"),
                      value:
                        tenant.roles === null
                          ? t("approval.rolesUnknown")
                          : tenant.roles.map((role) => roleWords[role]).join(", ") || t("approval.noRoles"),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </div>
    </DetailsPanel>
  );
}

/** What Rollcall would have to be allowed to read the rest. */
function unaskedScopes({ approval, tenant }: ConsentView): string[] {
  const parts = [
    ...(approval ? [approval.assigned, approval.registered, approval.policies, approval.history] : []),
    ...(tenant ? [tenant.settings, tenant.requests] : []),
  ];
  const scopes = parts.flatMap((part) =>
    part.kind === "unread" && part.why.kind === "not_asked" ? [part.why.scope] : [],
  );
  return [...new Set(scopes)];
}

/** What is asked for and needed, for everyone: the rest of a request stays what it is. */
function granting(scopes: readonly string[], beyond: readonly string[]): Wanted {
  const needed = scopes.filter((name) => !beyond.includes(name));
  const permissions = needed.map((name) => ({ resource: "graph" as const, type: "delegated" as const, name }));
  return { kind: "grant", permissions, whom: { kind: "everyone" } };
}

function cannotGrant({ may }: ConsentView, scopes: readonly string[], beyond: readonly string[]): string | undefined {
  if (scopes.every((name) => beyond.includes(name))) return t("approval.noneNeeded");
  return may.others ? reasonWords[may.others] : undefined;
}

function Credential({ credential, state }: CredentialView) {
  const name = credential.name ?? credential.key_id;
  if (credential.ends === null || state === "unknown") {
    return <StatusBadge state="unknown" word={t("approval.endUnknown", { name })} />;
  }
  const words = { name, date: fullTime(credential.ends) };
  switch (state) {
    case "valid":
      return <StatusBadge state="good" word={t("approval.valid", words)} />;
    case "ends_soon":
      return <StatusBadge state="attention" word={t("approval.endsSoon", words)} />;
    case "ended":
      return <StatusBadge state="bad" word={t("approval.ended", words)} />;
  }
}

const concerns = {
  names_it: "approval.namesIt",
  all_applications: "approval.allApplications",
  workload_identity: "approval.workload",
} as const;

const states = { on: "approval.on", off: "approval.off", report_only: "approval.reportOnly" } as const;

function policyWords({ name, concern, state }: AccessPolicy): string {
  return t("approval.policy", { name, concern: t(concerns[concern]), state: t(states[state]) });
}

function settingWords(users: UserConsent): string {
  switch (users.kind) {
    case "nothing":
      return t("approval.nothing");
    case "anything":
      return t("approval.anything");
    case "low_impact":
      return t("approval.lowImpact");
    case "recommended":
      return t("approval.recommended");
    case "custom":
      return t("approval.custom", { policies: users.policies.join(", ") });
  }
}

/** Why a part of it could not be read, as a sentence of its own. */
function unreadSentence(why: Unread): string {
  switch (why.kind) {
    case "not_asked":
      return t("approval.unasked", { scope: why.scope });
    case "no_role":
      return t("approval.noRole", { roles: why.roles.map((role) => roleWords[role]).join(", ") });
    case "failed":
      return t("approval.failed", { why: wordsForCode(why.code).title });
  }
}
