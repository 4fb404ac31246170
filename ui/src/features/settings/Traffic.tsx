import { makeStyles, tokens } from "@fluentui/react-components";
import { ArrowSwapRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Service, TenantTraffic } from "../../api/bindings";
import { refusalOf } from "../../api/client";
import { watching } from "../../api/queries";
import { grouped, perSecond } from "../../lib/numbers";
import { fullTime, shortTime } from "../../lib/time";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBar } from "../../ui/ErrorBar";
import { Facts } from "../../ui/Facts";
import { Skeletons } from "../../ui/Skeletons";
import { allOf } from "../../ui/table/rows";
import { DataTable } from "../../ui/table/DataTable";
import type { Sort } from "../../ui/table/HeaderCell";
import { boundWords, serviceWord } from "../../words/bounds";
import { explain } from "../../words/codes";
import { t } from "../../words/t";
import { Recording } from "./Recording";
import { keyOf, routeColumns, routesOf, sortedRoutes } from "./routes";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: "16px" },
  tenant: { display: "flex", flexDirection: "column", rowGap: "8px" },
  name: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  services: {
    alignSelf: "start",
    borderCollapse: "collapse",
    fontVariantNumeric: "tabular-nums",
    "& th": {
      textAlign: "left",
      fontWeight: tokens.fontWeightSemibold,
      padding: "6px 16px 6px 0",
      borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    },
    "& tbody th": { fontWeight: tokens.fontWeightRegular, borderBottomWidth: 0 },
    "& td": { padding: "6px 16px 6px 0", verticalAlign: "baseline" },
    "& .figure": { textAlign: "right" },
  },
  grid: { display: "flex", height: "calc(100vh - 540px)", minHeight: "280px" },
});

/** The figures move by the second; asking more often shows nothing more. */
const EVERY_MS = 1000;

/** What goes over the line to each tenant at this moment, and every request since Rollcall was opened, by route. */
export function Traffic() {
  const styles = useStyles();
  const query = useQuery(watching("traffic.describe", null, EVERY_MS));
  const [sort, setSort] = useState<Sort>({ column: "count", descending: true });
  const traffic = query.data;
  const rows = traffic && routesOf(traffic);
  const several = (traffic?.tenants.length ?? 0) > 1;
  const columns = several ? routeColumns : routeColumns.filter(({ id }) => id !== "tenant");
  return (
    <div className={styles.root}>
      {query.error && <ErrorBar failure={explain(refusalOf(query.error))} onRetry={() => void query.refetch()} />}
      {!traffic && !query.error && <Skeletons />}
      {traffic && <Recording file={traffic.recording} onChanged={() => void query.refetch()} />}
      {traffic?.tenants.map((tenant) => (
        <Line key={tenant.tenant} line={tenant} />
      ))}
      {rows?.length === 0 && (
        <EmptyState icon={<ArrowSwapRegular />} title={t("traffic.emptyTitle")} body={t("traffic.emptyBody")} />
      )}
      {rows && rows.length > 0 && (
        <div className={styles.grid}>
          <DataTable
            id="traffic"
            label={t("traffic.routes")}
            columns={columns}
            source={{
              ...allOf(`traffic ${sort.column} ${sort.descending}`, sortedRoutes(rows, sort)),
              revision: query.dataUpdatedAt,
            }}
            rowId={keyOf}
            sort={sort}
            onSort={setSort}
            empty={null}
          />
        </div>
      )}
    </div>
  );
}

function Line({ line }: { line: TenantTraffic }) {
  const styles = useStyles();
  return (
    <section className={styles.tenant} aria-label={line.name}>
      <h2 className={styles.name}>{line.name}</h2>
      <Facts
        facts={[
          { name: t("traffic.requests"), value: perSecond(line.requests_per_second) },
          { name: t("traffic.parts"), value: perSecond(line.parts_per_second) },
        ]}
      />
      <table className={styles.services}>
        <thead>
          <tr>
            <th scope="col">{t("traffic.service")}</th>
            <th scope="col" className="figure">
              {t("traffic.inFlight")}
            </th>
            <th scope="col" className="figure">
              {t("traffic.allowed")}
            </th>
            <th scope="col" className="figure">
              {t("traffic.waiting")}
            </th>
            <th scope="col">{t("traffic.bound")}</th>
            <th scope="col">{t("traffic.held")}</th>
          </tr>
        </thead>
        <tbody>
          {line.services.map((service) => (
            <tr key={service.name}>
              <th scope="row">{serviceWord(service.name)}</th>
              <td className="figure">{grouped(service.in_flight)}</td>
              <td className="figure">{grouped(service.allowed)}</td>
              <td className="figure">{grouped(service.waiting)}</td>
              <td>{boundOf(service)}</td>
              <td title={service.held_until === null ? undefined : fullTime(service.held_until)}>
                {service.held_until === null ? t("traffic.notHeld") : shortTime(service.held_until)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What bounds a service that has something to do; of one at rest nothing is claimed. */
function boundOf({ in_flight, waiting, held_until, bound }: Service): string {
  return in_flight === 0 && waiting === 0 && held_until === null ? t("traffic.idle") : boundWords[bound];
}
