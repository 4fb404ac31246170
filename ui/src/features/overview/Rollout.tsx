import { makeStyles } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import type { OrganizationView, Reason, Stage } from "../../api/bindings";
import { grouped } from "../../lib/numbers";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { SegmentBar } from "../../ui/SegmentBar";
import { type Criterion, StageCard } from "../../ui/StageCard";
import { reasonWords } from "../../words/codes";
import { authorizationBadges, mailboxBadges, stageBadges, verdictBadges } from "../../words/nouns";
import { wordsOf } from "../../words/options";
import { t } from "../../words/t";
import { SwitchPart } from "./SwitchPart";

const useStyles = makeStyles({
  stages: { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(260px, 1fr))", gap: "16px" },
  heading: { margin: "24px 0 8px", fontSize: "16px", lineHeight: "22px", fontWeight: 600 },
});

/** The three stages of one organization: each with its state by evidence, its numbers, and one next step. */
export function Rollout({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const org = view.organization.id;
  const go = (to: string, search: object = {}) => void navigate({ to, search: { org, ...search } });
  const { passed } = view.verdicts;
  return (
    <>
      <div className={styles.stages}>
        <StageCard
          number={1}
          title={t("stage.organization")}
          {...stageBadges[view.stages.organization.state]}
          figure={grouped(view.users)}
          caption={t("overview.usersIn", { n: view.users })}
          criteria={organizationCriteria(view)}
          evidence={evidence(view.stages.organization)}
        >
          <ReasonedButton
            appearance={view.users === 0 ? "primary" : "secondary"}
            disabledReason={view.users === 0 ? words(view.may.import) : undefined}
            onClick={() => go("/users", view.users === 0 ? { bring: true } : {})}
          >
            {t(view.users === 0 ? "users.import" : "overview.reviewUsers")}
          </ReasonedButton>
        </StageCard>
        <StageCard
          number={2}
          title={t("stage.consent")}
          {...stageBadges[view.stages.consent.state]}
          figure={view.consent.authorization === "unknown" ? "–" : `${view.consent.granted} / ${view.consent.required}`}
          caption={t("overview.permissionsGranted")}
          criteria={consentCriteria(view)}
          evidence={evidence(view.stages.consent)}
        >
          <ReasonedButton
            appearance={view.users > 0 && view.stages.consent.state !== "done" ? "primary" : "secondary"}
            onClick={() => go("/permissions")}
          >
            {t(
              view.stages.consent.state === "done" || view.consent.page === null
                ? "overview.reviewConsent"
                : "overview.grant",
            )}
          </ReasonedButton>
        </StageCard>
        <StageCard
          number={3}
          title={t("stage.verify")}
          {...stageBadges[view.stages.verify.state]}
          figure={`${grouped(passed)} / ${grouped(view.users)}`}
          caption={t("overview.mailboxesAnswered")}
          criteria={verifyCriteria(view)}
          evidence={evidence(view.stages.verify)}
        >
          <ReasonedButton
            appearance={
              view.stages.consent.state === "done" && view.stages.verify.state !== "done" ? "primary" : "secondary"
            }
            disabledReason={words(view.may.verify)}
            onClick={() => go("/verification", { plan: true })}
          >
            {t("verify.start")}
          </ReasonedButton>
        </StageCard>
      </div>
      <SwitchPart view={view} />
      <h2 className={styles.heading}>{t("overview.results")}</h2>
      <SegmentBar
        label={t("overview.results")}
        segments={wordsOf(verdictBadges).map(({ value, word }) => ({
          value,
          word,
          state: verdictBadges[value].state,
          count: view.verdicts[value],
        }))}
        onChoose={(verdict) => go("/users", { verdict })}
      />
      {view.stages.verify.state === "not_started" && view.verdicts.failed + view.verdicts.unknown > 0 && (
        <span>{t("overview.ofSessions")}</span>
      )}
      <h2 className={styles.heading}>{t("overview.mailboxes")}</h2>
      <SegmentBar
        label={t("mailboxes.byStatus")}
        segments={wordsOf(mailboxBadges).map(({ value, word }) => ({
          value,
          word,
          state: mailboxBadges[value].state,
          count: view.mailboxes[value],
        }))}
        onChoose={(status) => go("/mailboxes", { status })}
      />
    </>
  );
}

function words(reason: Reason | null): string | undefined {
  return reason === null ? undefined : reasonWords[reason];
}

function evidence({ evidence_at }: Stage): string {
  return evidence_at === null ? t("overview.noEvidence") : t("overview.evidence", { time: fullTime(evidence_at) });
}

function organizationCriteria(view: OrganizationView): Criterion[] {
  const { excluded } = view.mailboxes;
  const { not_eligible } = view.eligibility;
  return [
    { state: "good", text: t("overview.saved", { id: view.organization.external_id }) },
    view.users > 0
      ? { state: "good", text: t("overview.hasUsers") }
      : { state: "unknown", text: t("overview.hasNoUsers") },
    ...(not_eligible > 0
      ? [{ state: "attention", text: t("overview.notEligible", { n: not_eligible }) } as const]
      : []),
    ...(excluded > 0 ? [{ state: "attention", text: t("overview.excluded", { n: excluded }) } as const] : []),
  ];
}

function consentCriteria({ consent }: OrganizationView): Criterion[] {
  const { authorization, required, granted, by_role } = consent;
  const known = authorization !== "unknown";
  const missing = required - granted - by_role;
  return [
    authorizationCriterion(authorization),
    ...(known && missing > 0 ? [{ state: "bad", text: t("overview.missing", { n: missing }) } as const] : []),
    ...(known && required === granted ? [{ state: "good", text: t("overview.noneMissing") } as const] : []),
    ...(by_role > 0 ? [{ state: "attention", text: t("overview.byRole", { n: by_role }) } as const] : []),
  ];
}

function authorizationCriterion(authorization: OrganizationView["consent"]["authorization"]): Criterion {
  const badge = authorizationBadges[authorization];
  return { state: badge.state, text: badge.word };
}

function verifyCriteria({ verdicts, with_issues, users, last_run }: OrganizationView): Criterion[] {
  const { passed, failed, unknown, not_run } = verdicts;
  const issues =
    with_issues > 0 ? [{ state: "attention", text: t("overview.issues", { n: with_issues }) } as const] : [];
  // What sessions fail with is known without any check.
  if (last_run === null || users === 0 || not_run === users) {
    return [{ state: "unknown", text: t("overview.neverVerified") }, ...issues];
  }
  return [
    { state: passed > 0 ? "good" : "unknown", text: t("overview.passed", { n: passed }) },
    ...(failed > 0 ? [{ state: "bad", text: t("overview.failed", { n: failed }) } as const] : []),
    ...(unknown + not_run > 0
      ? [{ state: "attention", text: t("overview.unsettled", { n: unknown + not_run }) } as const]
      : []),
    ...issues,
  ];
}
