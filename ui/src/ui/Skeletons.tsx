import { makeStyles, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { t } from "../words/t";

const useStyles = makeStyles({
  grid: { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(260px, 1fr))", gap: "16px" },
  item: { height: "280px" },
});

/** Where cards will be, while they are read. */
export function Skeletons() {
  const styles = useStyles();
  return (
    <Skeleton aria-label={t("page.loading")} className={styles.grid}>
      {[1, 2, 3].map((n) => (
        <SkeletonItem key={n} className={styles.item} />
      ))}
    </Skeleton>
  );
}
