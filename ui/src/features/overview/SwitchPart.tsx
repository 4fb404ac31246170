import { makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { OrganizationView } from "../../api/bindings";
import { reading } from "../../api/queries";
import { grouped } from "../../lib/numbers";
import { ReasonedButton } from "../../ui/CommandBar";
import { StatusBadge } from "../../ui/StatusBadge";
import { t } from "../../words/t";
import { waveBadge, waveName } from "../../words/waves";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px", alignItems: "start" },
  heading: { margin: "24px 0 0", fontSize: "16px", lineHeight: "22px", fontWeight: 600 },
  quiet: { color: tokens.colorNeutralForeground2 },
  list: { listStyle: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", rowGap: "4px" },
  wave: { display: "flex", flexWrap: "wrap", columnGap: "12px", alignItems: "center" },
});

/** How far the switch to Graph is, wave by wave, and the way to its waves. Nothing where there are none and the organization isn't on EWS. */
export function SwitchPart({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const { id, access } = view.organization;
  const plan = useQuery(reading("waves.show", { organization: id })).data;
  const isOnEws = access === "ews_app_only" || access === "ews_delegated";
  if (plan === undefined || (plan === null && !isOnEws)) return null;
  return (
    <section className={styles.part} aria-label={t("overview.switch")}>
      <h2 className={styles.heading}>{t("overview.switch")}</h2>
      {plan === null ? (
        <span className={styles.quiet}>{t("waves.none")}</span>
      ) : (
        <ul className={styles.list}>
          {plan.waves.map((wave) => (
            <li key={wave.number} className={styles.wave}>
              <span>{waveName(wave)}</span>
              <StatusBadge {...waveBadge(wave)} />
              <span className={styles.quiet}>
                {t("overview.initializedOf", {
                  users: grouped(wave.seen.initialized),
                  of: grouped(wave.seen.users),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
      <ReasonedButton
        onClick={() => void navigate({ to: "/organizations", search: { org: id, open: id, tab: "waves" } })}
      >
        {t(plan === null ? "waves.plan" : "overview.openWaves")}
      </ReasonedButton>
    </section>
  );
}
