import { sql } from "drizzle-orm";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { isAggregate } from "./count-quality.ts";
import { countedBy, instantOf, noVersion, type Source } from "./source.ts";

/**
 * Counts completed hours with a cost per prediction within the limit, by the mean of the sampled predictions with a known cost: one event
 * per hour with traffic, in its last minute. Hours without a price are in neither count.
 */
export const countCost: Source<"cost"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId, maxCostPer1000 } }) => {
    return { id, workspaceId, endpointId, maxCostPer1000 };
  });
  const [first, end] = [Math.floor(from / hourMs) * hourMs, Math.floor(to / hourMs) * hourMs];
  return countedBy(
    db,
    sql`select "seriesId", ${noVersion} as "versionId", hour + ${hourMs - minuteMs}::float8 as minute,
        (case when mean * 1000 <= "maxCostPer1000" then 1 else 0 end)::float8 as good, 1::float8 as total
      from (
        select requested.id as "seriesId", "maxCostPer1000", floor(extract(epoch from logged.at) / 3600) * ${hourMs}::float8 as hour,
          avg(logged.cost) as mean
        from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid,
          "maxCostPer1000" float8)
        join predictions as logged on logged.endpoint_id = "endpointId" and logged.workspace_id = "workspaceId"
        where logged.at >= ${instantOf(first)} and logged.at < ${instantOf(end)} and ${isAggregate} and logged.cost is not null
        group by 1, 2, 3
      ) as hours
      where hour + ${hourMs - minuteMs}::float8 >= ${from}::float8 and hour + ${hourMs}::float8 <= ${to}::float8`,
  );
};
