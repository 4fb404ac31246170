import { makeStyles, tokens } from "@fluentui/react-components";
import { BeakerFilled } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries";
import { useScope } from "../../api/scope";
import { t } from "../../words/t";

const useStyles = makeStyles({
  ribbon: {
    display: "flex",
    alignItems: "center",
    justifyContent: "center",
    columnGap: "8px",
    flexShrink: 0,
    minHeight: "28px",
    padding: "0 16px",
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
});

/** Says on every page that what is shown is a rehearsal. Gone only when no practice tenant is in sight. */
export function PracticeRibbon() {
  const styles = useStyles();
  const tenants = useQuery(reading("tenants.list", null)).data ?? [];
  const { chosen } = useScope();
  const practice = tenants.filter(({ tenant }) => tenant.practice);
  if (chosen ? !chosen.practice : practice.length === 0) return null;
  const mixed = !chosen && practice.length < tenants.length;
  return (
    <section className={styles.ribbon} aria-label={t("practice.label")}>
      <BeakerFilled className={styles.icon} aria-hidden />
      {mixed ? t("practice.mixed") : t("practice.only")}
    </section>
  );
}
