import { makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { refusalOf } from "../../api/client";
import { reading } from "../../api/queries";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { useShellKeys } from "./keys";
import { Notices } from "./Notices";
import { PracticeRibbon } from "./PracticeRibbon";
import { Rail } from "./Rail";
import { TopBar } from "./TopBar";

const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));
const ShortcutList = lazy(async () => ({ default: (await import("./ShortcutList")).ShortcutList }));

const useStyles = makeStyles({
  window: {
    height: "100vh",
    display: "flex",
    flexDirection: "column",
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground1,
  },
  middle: { flexGrow: 1, minHeight: 0, display: "flex" },
  page: {
    flexGrow: 1,
    minWidth: 0,
    minHeight: 0,
    display: "flex",
    flexDirection: "column",
    backgroundColor: tokens.colorNeutralBackground1,
    borderTopLeftRadius: tokens.borderRadiusXLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRightWidth: 0,
    borderBottomWidth: 0,
    overflow: "hidden",
  },
  failed: { padding: "16px" },
});

/** The frame of the window: top bar, rail, and the page that the address names. */
export function Shell() {
  const styles = useStyles();
  const [sheet, setSheet] = useState<"palette" | "shortcuts">();
  const openPalette = useCallback(() => setSheet("palette"), []);
  const openShortcuts = useCallback(() => setSheet("shortcuts"), []);
  useShellKeys({ openPalette, openShortcuts });

  const tenants = useQuery(reading("tenants.list", null));
  const welcoming = useLocation().pathname === "/welcome";
  if (tenants.data?.length === 0 && !welcoming) return <Navigate to="/welcome" />;
  return (
    <div className={styles.window}>
      <TopBar onSearch={openPalette} />
      {!welcoming && <PracticeRibbon />}
      <div className={styles.middle}>
        {!welcoming && <Rail />}
        <main className={styles.page}>
          {tenants.error ? (
            <div className={styles.failed}>
              <ErrorBar failure={explain(refusalOf(tenants.error))} onRetry={() => void tenants.refetch()} />
            </div>
          ) : (
            <Outlet />
          )}
        </main>
      </div>
      <Notices />
      <Suspense>
        {sheet === "palette" && <Palette onClose={() => setSheet(undefined)} onShortcuts={openShortcuts} />}
        {sheet === "shortcuts" && <ShortcutList onClose={() => setSheet(undefined)} />}
      </Suspense>
    </div>
  );
}
