import { type SQL, sql } from "drizzle-orm";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/** Representative requests of the log: neither shadow requests, nor stored because of their response. */
export const isAggregate = sql`logged.arm <> 'shadow' and logged.logged_reason = 'sampled' and logged.status = 200`;

/** Matches numbers that are short enough for Postgres. */
const isNumber = (text: SQL) =>
  sql`length(${text}) <= 40 and ${text} ~ '^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?\s*$'`;

/** Numeric prediction, if it is a single number; null otherwise. */
const answeredNumber = sql`case when jsonb_array_length(case when jsonb_typeof(logged.outputs->0->'data') = 'array'
  then logged.outputs->0->'data' else '[]' end) = 1 then logged.outputs->0->'data'->>0 else logged.answer end`;

/** Whether the label matches the prediction; null when the two cannot be compared. */
const agrees = sql`case
  when tolerance is null then case when logged.answer is not null then
    label.label = logged.answer or label.label = coalesce(logged.output_index::text, logged.answer) end
  when ${isNumber(sql`label.label`)} and ${isNumber(sql`(${answeredNumber})`)} then
    abs(label.label::float8 - (${answeredNumber})::float8) <= tolerance end`;

/**
 * Counts predictions that agree with their label, out of the sampled ones that have a label and are older than the maturity. Younger ones
 * are in neither count, even if they have a label: early labels are seldom representative. Nor are those that a game day affected: their labels
 * come when it is long over.
 */
export const countQuality: Source<"realised-quality"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId, maturityMs, tolerance } }) => {
    return { id, workspaceId, endpointId, maturityMs, tolerance };
  });
  return countedBy(
    db,
    sql`select "seriesId", "versionId", minute, (count(*) filter (where "isCorrect"))::float8 as good, count(*)::float8 as total
      from (
        select requested.id as "seriesId", logged.version_id as "versionId", ${minuteOf(sql`logged.at`)} as minute, ${agrees} as "isCorrect"
        from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid,
          "maturityMs" float8, tolerance float8)
        join predictions as logged on logged.endpoint_id = "endpointId" and logged.workspace_id = "workspaceId"
        join prediction_labels as label on label.endpoint_id = logged.endpoint_id and label.request_id = logged.request_id
          and label.workspace_id = logged.workspace_id and ${isRepresentative(sql`label.selection`)}
        where logged.at >= ${instantOf(from)} and logged.at < ${instantOf(to)} and ${isAggregate}
          and logged.at <= now() - make_interval(secs => "maturityMs" / 1000) and ${isOutsideGameDays("logged")}
      ) as labelled
      where "isCorrect" is not null group by 1, 2, 3`,
  );
};
