import { Button, makeStyles, Tooltip, tokens } from "@fluentui/react-components";
import { BeakerFilled } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { OrganizationView } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { begin, isLive, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { explain } from "../../words/codes";
import { progressLine } from "../../words/progress";
import { t } from "../../words/t";

const useStyles = makeStyles({
  ribbon: {
    display: "flex",
    alignItems: "center",
    justifyContent: "center",
    columnGap: "8px",
    flexShrink: 0,
    minHeight: "28px",
    // What is in it stands above the stripes.
    padding: "3px 16px 6px",
    // The same in both themes: it must be noticed, and keeps 11:1 with its own dark text.
    backgroundColor: "#ffd335",
    color: "#242424",
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightSemibold,
    position: "relative",
    "::after": {
      content: '""',
      position: "absolute",
      left: 0,
      right: 0,
      bottom: 0,
      height: "3px",
      backgroundImage: "repeating-linear-gradient(135deg, #242424 0 8px, #ffd335 8px 16px)",
    },
  },
  icon: { fontSize: "16px" },
  button: {
    color: "#242424",
    border: "1px solid #242424",
    ":hover": { color: "#242424", border: "1px solid #242424" },
  },
});

/** Says on every page that what is shown is a rehearsal. Gone only when no practice tenant is in sight. */
export function PracticeRibbon() {
  const styles = useStyles();
  const tenants = useQuery(reading("tenants.list", null)).data ?? [];
  const organizations = useQuery(reading("organizations.list", null)).data;
  const { chosen } = useScope();
  const practice = tenants.filter(({ tenant }) => tenant.practice);
  if (chosen ? !chosen.practice : practice.length === 0) return null;
  const shown = practice.find(({ signed_in }) => signed_in) ?? practice[0];
  const mixed = !chosen && practice.length < tenants.length;
  const standing = organizations && standingOf(organizations.filter((view) => view.practice));
  return (
    <section className={styles.ribbon} aria-label={t("practice.label")}>
      <BeakerFilled className={styles.icon} aria-hidden />
      <span>
        {mixed ? t("practice.mixed") : t("practice.only")}
        {shown && !shown.signed_in && standing?.begun && ` ${t("practice.anew")}`}
      </span>
      {shown && standing && (
        <NextButton tenant={shown.tenant.id} signedIn={shown.signed_in} examples={standing.examples} />
      )}
    </section>
  );
}

/** What is there of the two organizations to practise with. Each start of Rollcall forgets their consent, checks and sign-ins. */
type Examples = "missing" | "forgotten" | "whole";

/** The External IDs of the two. */
const EXAMPLES = { byApplication: "EXAMPLE-APP", byUsers: "EXAMPLE-USERS" };

function standingOf(practice: readonly OrganizationView[]): { begun: boolean; examples: Examples } {
  const named = (id: string) => practice.find(({ organization }) => organization.external_id === id);
  const [byApplication, byUsers] = [named(EXAMPLES.byApplication), named(EXAMPLES.byUsers)];
  const begun = practice.length > 0;
  if (!byApplication || !byUsers) return { begun, examples: "missing" };
  const forgotten = byApplication.consent.read_at === null || byUsers.may.sync === "users_must_sign_in";
  return { begun, examples: forgotten ? "forgotten" : "whole" };
}

/** What comes next: to sign in, for everything here is read as the admin, and then to set the two organizations up. */
function NextButton({ tenant, signedIn, examples }: { tenant: number; signedIn: boolean; examples: Examples }) {
  const styles = useStyles();
  const key = `examples:${tenant}`;
  const work = useWork(key);
  const navigate = useNavigate();
  const say = useNotices((notices) => notices.say);
  const live = isLive(work);
  const failed = work?.state === "failed" || work?.state === "stopped";
  if (signedIn && examples === "whole" && !live && !failed) return null;
  const setUp = async () => {
    try {
      const { by_application, by_users } = await begin(key, t("practice.examplesWork"), "practice.examples", {
        tenant,
      });
      say("success", t("practice.examplesDone", { one: by_application.name, other: by_users.name }));
      await navigate({ to: "/organizations" });
    } catch (thrown) {
      const failure = explain(refusalOf(thrown));
      say("error", failure.title, `${failure.advice} ${t("practice.examplesPartly")}`);
    }
  };
  const label = live
    ? t("practice.examplesWork")
    : signedIn
      ? t(examples === "missing" && !failed ? "practice.examples" : "practice.examplesAgain")
      : t(examples === "missing" ? "practice.examplesSignIn" : "practice.signIn");
  const step = live && work?.progress ? ` · ${progressLine(work.progress)}` : "";
  return (
    <Tooltip
      content={t(examples === "missing" ? "practice.examplesAbout" : "practice.examplesAgainAbout")}
      relationship="description"
      withArrow
    >
      <Button
        size="small"
        appearance="outline"
        className={styles.button}
        disabledFocusable={live}
        onClick={() => {
          if (signedIn) void setUp();
          else void navigate({ to: "/settings", search: { tab: "tenants" } });
        }}
      >
        {label}
        {step}
      </Button>
    </Tooltip>
  );
}
