import { Dropdown, Field, makeStyles, Option, tokens } from "@fluentui/react-components";
import { EditRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { AccessType, Error as Refusal, OrganizationView, SyncStatus } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { grouped } from "../../lib/numbers";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ConsentButton } from "../../ui/ConsentButton";
import { DetailsPanel, PanelButton } from "../../ui/DetailsPanel";
import { ErrorBar } from "../../ui/ErrorBar";
import { CopyableId, Facts } from "../../ui/Facts";
import { PanelTabs } from "../../ui/PanelTabs";
import { SegmentBar } from "../../ui/SegmentBar";
import { StatusBadge } from "../../ui/StatusBadge";
import { acknowledgedWords } from "../../words/acknowledged";
import { explain, reasonWords } from "../../words/codes";
import {
  accessWords,
  authorizationBadges,
  consentBadge,
  eligibilityBadges,
  mailboxBadges,
  presetWords,
  syncBadges,
  typeWords,
  unaskedWords,
} from "../../words/nouns";
import { optionsOf, wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { AdjustDialog } from "./AdjustDialog";
import { ChangeWindowPart } from "./ChangeWindowPart";
import { RenameDialog } from "./RenameDialog";
import { Rules } from "./Rules";
import { SyncSessions } from "./SyncSessions";
import { WavesPart } from "./WavesPart";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "16px", alignItems: "stretch" },
  button: { alignSelf: "start" },
  list: { margin: 0, paddingLeft: "20px", display: "flex", flexDirection: "column", rowGap: "4px" },
  heading: { margin: 0 },
  needs: { listStyle: "none", margin: "8px 0 0", padding: 0, display: "flex", flexDirection: "column", rowGap: "6px" },
  need: { display: "grid", gridTemplateColumns: "1fr 76px 118px", columnGap: "8px", alignItems: "center" },
  name: { overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2 },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px", alignItems: "start" },
});

const tabs = ["users", "rules", "connectivity", "email", "waves", "sessions"] as const;
export type Tabs = (typeof tabs)[number];

type Props = {
  readonly view: OrganizationView;
  readonly tab: Tabs;
  readonly onTab: (tab: Tabs) => void;
  readonly onClose: () => void;
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
};

/** One organization: who is in it, what it may reach, how it reaches mailboxes. */
export function OrganizationPanel({ view, tab, onTab, ...panel }: Props) {
  const styles = useStyles();
  const [renaming, setRenaming] = useState(false);
  return (
    <DetailsPanel
      {...panel}
      titled={<PanelButton label={t("rename.command")} icon={<EditRegular />} onRun={() => setRenaming(true)} />}
      title={view.organization.name}
      subtitle={<CopyableId id={view.organization.external_id} what={t("organizations.externalId")} />}
      subject={String(view.organization.id)}
    >
      <PanelTabs
        value={tab}
        tabs={tabs.map((value) => ({ value, word: t(`organizations.tab.${value}`) }))}
        onChoose={onTab}
      />
      <div className={styles.part} role="tabpanel" aria-label={t(`organizations.tab.${tab}`)}>
        {tab === "users" && <Users view={view} />}
        {tab === "rules" && <Rules key={view.organization.id} view={view} />}
        {tab === "connectivity" && <Connectivity view={view} />}
        {tab === "email" && <Email key={view.organization.id} view={view} />}
        {tab === "waves" && <WavesPart key={view.organization.id} view={view} />}
        {tab === "sessions" && <SyncSessions key={view.organization.id} view={view} />}
      </div>
      {renaming && <RenameDialog organization={view.organization} onClose={() => setRenaming(false)} />}
    </DetailsPanel>
  );
}

function Users({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const navigate = useNavigate();
  return (
    <>
      <SegmentBar
        label={t("mailboxes.byStatus")}
        leads
        onChoose={(mailbox) => void navigate({ to: "/users", search: { org: view.organization.id, mailbox } })}
        segments={wordsOf(mailboxBadges).map(({ value, word }) => ({
          value,
          word,
          state: mailboxBadges[value].state,
          count: view.mailboxes[value],
        }))}
      />
      <Facts
        facts={[
          { name: t("organizations.users"), value: grouped(view.users) },
          { name: t("organizations.issues"), value: grouped(view.with_issues) },
        ]}
      />
      {view.users === 0 && <span>{t("users.emptyBody")}</span>}
      <div className={styles.buttons}>
        {view.users === 0 ? (
          <ReasonedButton
            appearance="primary"
            disabledReason={view.may.import ? reasonWords[view.may.import] : undefined}
            onClick={() => void navigate({ to: "/users", search: { org: view.organization.id, bring: true } })}
          >
            {t("users.import")}
          </ReasonedButton>
        ) : (
          <ReasonedButton onClick={() => void navigate({ to: "/users", search: { org: view.organization.id } })}>
            {t("organizations.openUsers")}
          </ReasonedButton>
        )}
      </div>
      <section>
        <h3 className={styles.heading}>{t("organizations.eligibility")}</h3>
        <Facts
          facts={[
            ...wordsOf(eligibilityBadges)
              .filter(({ value }) => (view.eligibility.counts[value] ?? 0) > 0)
              .map(({ value, word }) => ({
                name: word,
                value: (
                  <StatusBadge
                    state={eligibilityBadges[value].state}
                    word={grouped(view.eligibility.counts[value] ?? 0)}
                  />
                ),
              })),
            {
              name: t("organizations.judged"),
              value:
                view.eligibility.judged === null
                  ? t("organizations.notJudged")
                  : view.eligibility.unasked === null
                    ? fullTime(view.eligibility.judged)
                    : `${fullTime(view.eligibility.judged)}; ${unaskedWords[view.eligibility.unasked]}`,
            },
          ]}
        />
      </section>
      {view.eligibility.not_eligible > 0 && (
        <ReasonedButton
          className={styles.button}
          onClick={() =>
            void navigate({ to: "/users", search: { org: view.organization.id, eligibility: "not_eligible" } })
          }
        >
          {t("organizations.showNotEligible", { n: view.eligibility.not_eligible })}
        </ReasonedButton>
      )}
    </>
  );
}

function Connectivity({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const { consent } = view;
  const shown = useQuery(reading("consent.show", { organization: view.organization.id })).data;
  const needs = shown?.consent.rows.filter((row) => row.required) ?? [];
  const integrations = useQuery(reading("integrations.list", null)).data;
  const usual = integrations?.find((one) => one.integration.id === view.organization.integration)?.integration;
  const own = view.organization.permissions;
  const [adjusting, setAdjusting] = useState(false);
  const open = (grant: boolean) => {
    const search = grant ? { org: view.organization.id, grant } : { org: view.organization.id };
    void navigate({ to: "/permissions", search });
  };
  return (
    <>
      <StatusBadge {...authorizationBadges[consent.authorization]} strong />
      <Facts
        facts={[
          { name: t("organizations.integration"), value: view.integration_name },
          { name: t("organizations.tenant"), value: view.tenant_name },
          {
            name: t("list.whose"),
            value: own ? t("list.own", { n: own.length, of: usual?.permissions.length ?? 0 }) : t("list.shared"),
          },
          {
            name: t("organizations.granted"),
            value:
              consent.authorization === "unknown"
                ? t("organizations.notRead")
                : t("organizations.grantedOf", { granted: consent.granted, required: consent.required }),
          },
          {
            name: t("organizations.readAt"),
            value: consent.read_at === null ? t("organizations.neverRead") : fullTime(consent.read_at),
          },
        ]}
      />
      <div className={styles.buttons}>
        {consent.authorization !== "authorized" && (
          <ConsentButton
            disabledReason={view.may.consent ? reasonWords[view.may.consent] : undefined}
            // Where Microsoft's page would make a scope by roles void, Permissions says what else helps.
            onClick={() => open(consent.page !== null)}
          />
        )}
        <ReasonedButton onClick={() => open(false)}>{t("organizations.openPermissions")}</ReasonedButton>
        <ReasonedButton disabledReason={usual ? undefined : t("list.reading")} onClick={() => setAdjusting(true)}>
          {t("list.adjust")}
        </ReasonedButton>
      </div>
      {needs.length > 0 && (
        <section>
          <h3 className={styles.heading}>{t("organizations.needs")}</h3>
          <ul className={styles.needs}>
            {needs.map((row) => (
              <li key={`${row.resource} ${row.type} ${row.name}`} className={styles.need}>
                <span className={styles.name}>{row.name}</span>
                <span className={styles.quiet}>{typeWords[row.type]}</span>
                <StatusBadge {...consentBadge(row)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {adjusting && usual && (
        <AdjustDialog
          organization={view.organization}
          needs={own ?? usual.permissions}
          onClose={() => setAdjusting(false)}
        />
      )}
    </>
  );
}

function Email({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const { organization } = view;
  const [change, setChange] = useState<{ access?: AccessType; sync?: SyncStatus }>();
  const [refusal, setRefusal] = useState<Refusal>();
  const integrations = useQuery(reading("integrations.list", null)).data;
  const limitations = integrations?.find((one) => one.integration.id === organization.integration)?.limitations ?? [];
  const save = async () => {
    setRefusal(undefined);
    try {
      await call("organizations.change", {
        organization: organization.id,
        name: null,
        access: change?.access ?? null,
        sync: change?.sync ?? null,
      });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
    setChange(undefined);
  };
  return (
    <>
      <Field label={t("organizations.access")}>
        <Dropdown
          value={accessWords[organization.access]}
          selectedOptions={[organization.access]}
          onOptionSelect={(_, data) =>
            data.optionValue !== organization.access && setChange({ access: data.optionValue as AccessType })
          }
        >
          {optionsOf(accessWords).map(({ value, word }) => (
            <Option key={value} value={value}>
              {word}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <Field label={t("users.sync")}>
        <Dropdown
          value={syncBadges[organization.sync].word}
          selectedOptions={[organization.sync]}
          onOptionSelect={(_, data) =>
            data.optionValue !== organization.sync && setChange({ sync: data.optionValue as SyncStatus })
          }
        >
          {(["enabled", "disabled"] as const).map((value) => (
            <Option key={value} value={value}>
              {syncBadges[value].word}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <Facts
        facts={[
          { name: t("integrations.preset"), value: presetWords[view.preset] },
          { name: t("organizations.created"), value: fullTime(organization.created) },
        ]}
      />
      <ChangeWindowPart view={view} />
      {refusal && <ErrorBar failure={explain(refusal)} />}
      {limitations.length > 0 && (
        <section>
          <h3 className={styles.heading}>{t("integrations.limitations")}</h3>
          <span>{view.acknowledged ? acknowledgedWords(view.acknowledged) : t("organizations.notAcknowledged")}</span>
          <ul className={styles.list}>
            {limitations.map((limitation) => (
              <li key={limitation}>{limitation}</li>
            ))}
          </ul>
        </section>
      )}
      {change && (
        <ConfirmDialog
          title={t("organizations.changeTitle", { name: organization.name })}
          action={t("organizations.changeAction")}
          onClose={() => setChange(undefined)}
          onConfirm={() => void save()}
        >
          {change.access &&
            t(
              comesToGraph(organization.access, change.access)
                ? "organizations.changeAccessToGraph"
                : "organizations.changeAccess",
              {
                before: accessWords[organization.access],
                after: accessWords[change.access],
                n: view.users,
              },
            )}
          {change.sync &&
            t("organizations.changeSync", {
              before: syncBadges[organization.sync].word,
              after: syncBadges[change.sync].word,
              n: view.users,
            })}
        </ConfirmDialog>
      )}
    </>
  );
}

/** Whether the way leads from EWS to Graph, which takes a switch. */
function comesToGraph(from: AccessType, to: AccessType): boolean {
  return from.startsWith("ews") && to.startsWith("graph");
}
