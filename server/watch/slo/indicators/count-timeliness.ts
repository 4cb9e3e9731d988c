import { sql } from "drizzle-orm";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { countDrawn } from "./count-drawn.ts";
import { isAggregate } from "./count-quality.ts";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/** Counts labels that arrived in time: of all sampled predictions, or of those that label projects drew at random. */
export const countTimeliness: Source<"label-timeliness"> = async (db, series, span) => {
  const [sampled, drawn] = [
    series.filter(({ indicator }) => indicator.of === "sampled"),
    series.filter(({ indicator }) => indicator.of === "audit"),
  ];
  return [
    ...(sampled.length > 0 ? await countSampled(db, sampled, span) : []),
    ...(drawn.length > 0 ? await countDrawn(db, drawn, span) : []),
  ];
};

/** Counts sampled predictions whose label arrived before they reached the maturity, out of all older ones. */
const countSampled: Source<"label-timeliness"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId, maturityMs } }) => {
    return { id, workspaceId, endpointId, maturityMs };
  });
  return countedBy(
    db,
    sql`select requested.id as "seriesId", logged.version_id as "versionId", ${minuteOf(sql`logged.at`)} as minute,
        (count(*) filter (where label.observed_at is not null
          and label.received_at <= logged.at + make_interval(secs => "maturityMs" / 1000)))::float8 as good,
        count(*)::float8 as total
      from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid,
        "maturityMs" float8)
      join predictions as logged on logged.endpoint_id = "endpointId" and logged.workspace_id = "workspaceId"
      left join prediction_labels as label on label.endpoint_id = logged.endpoint_id and label.request_id = logged.request_id
        and label.workspace_id = logged.workspace_id and ${isRepresentative(sql`label.selection`)}
      where logged.at >= ${instantOf(from)} and logged.at < ${instantOf(to)} and ${isAggregate}
        and logged.at <= now() - make_interval(secs => "maturityMs" / 1000)
      group by 1, 2, 3`,
  );
};
