import { Button, makeStyles, Tooltip, tokens } from "@fluentui/react-components";
import { BeakerFilled } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { begin, isLive, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { explain } from "../../words/codes";
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
  const { chosen } = useScope();
  const practice = tenants.filter(({ tenant }) => tenant.practice);
  if (chosen ? !chosen.practice : practice.length === 0) return null;
  const shown = practice.find(({ signed_in }) => signed_in) ?? practice[0];
  const mixed = !chosen && practice.length < tenants.length;
  return (
    <section className={styles.ribbon} aria-label={t("practice.label")}>
      <BeakerFilled className={styles.icon} aria-hidden />
      {mixed ? t("practice.mixed") : t("practice.only")}
      {shown && <ExamplesButton tenant={shown.tenant.id} signedIn={shown.signed_in} />}
    </section>
  );
}

/** The two organizations to practise with, as long as they aren't there. Their users are read as the admin, so a sign-in comes first. */
function ExamplesButton({ tenant, signedIn }: { tenant: number; signedIn: boolean }) {
  const styles = useStyles();
  const key = `examples:${tenant}`;
  const work = useWork(key);
  const navigate = useNavigate();
  const say = useNotices((notices) => notices.say);
  const organizations = useQuery(reading("organizations.list", null)).data;
  if (!organizations || organizations.some(({ organization }) => organization.external_id === EXAMPLE)) return null;
  const setUp = async () => {
    try {
      const { by_application, by_users } = await begin(key, t("practice.examplesWork"), "practice.examples", {
        tenant,
      });
      say("success", t("practice.examplesDone", { one: by_application.name, other: by_users.name }));
      await navigate({ to: "/organizations" });
    } catch (thrown) {
      const failure = explain(refusalOf(thrown));
      say("error", failure.title, failure.advice);
    }
  };
  const live = isLive(work);
  return (
    <Tooltip content={t("practice.examplesAbout")} relationship="description" withArrow>
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
        {t(live ? "practice.examplesWork" : signedIn ? "practice.examples" : "practice.examplesSignIn")}
      </Button>
    </Tooltip>
  );
}

/** The External ID of one of them. */
const EXAMPLE = "EXAMPLE-USERS";
