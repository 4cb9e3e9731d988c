import { sql } from "drizzle-orm";
import { isAggregate } from "./count-quality.ts";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/**
 * Counts drawn predictions that had a label when the time since their draw was over, out of all drawn so long ago. What counts is the label
 * at that moment, from people or reported by a client: one that was taken back before is none, and one that changes later stays in time. So a
 * count does not change once it is made. Items that were dropped without a label are late, and deleted ones are in neither count.
 */
export const countDrawn: Source<"label-timeliness"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId, maturityMs } }) => {
    return { id, workspaceId, endpointId, maturityMs };
  });
  return countedBy(
    db,
    sql`select "seriesId", "versionId", minute, (count(*) filter (where
          exists (select from label_consensus as consensus where consensus.task_id = drawn."taskId" and consensus.created_at <= due
            and (consensus.superseded_at is null or consensus.superseded_at > due))
          or exists (select from prediction_labels as label where label.endpoint_id = drawn."endpointId"
            and label.request_id = drawn."requestId" and label.workspace_id = drawn."workspaceId"
            and label.selection = 'reported' and label.received_at <= due)))::float8 as good,
        count(*)::float8 as total
      from (
        select requested.id as "seriesId", logged.version_id as "versionId", ${minuteOf(sql`logged.at`)} as minute, task.id as "taskId",
          task.request_id as "requestId", "endpointId", "workspaceId",
          task.created_at + make_interval(secs => "maturityMs" / 1000) as due
        from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid,
          "maturityMs" float8)
        join predictions as logged on logged.endpoint_id = "endpointId" and logged.workspace_id = "workspaceId"
        join label_tasks as task on task.workspace_id = "workspaceId" and task.request_id = logged.request_id
          and task.selection = 'audit' and task.model_version_id = logged.version_id
        join label_projects as project on project.id = task.project_id and project.endpoint_id = "endpointId"
          and project.state <> 'archived'
        where logged.at >= ${instantOf(from)} and logged.at < ${instantOf(to)} and ${isAggregate}
          and task.created_at <= now() - make_interval(secs => "maturityMs" / 1000)
          -- A request id that several requests have was drawn once, with the first of them.
          and not exists (select from predictions as earlier where earlier.workspace_id = logged.workspace_id
            and earlier.request_id = logged.request_id and earlier.endpoint_id = logged.endpoint_id
            and earlier.version_id = logged.version_id and earlier.arm <> 'shadow' and earlier.status = 200
            and earlier.logged_reason = 'sampled' and (earlier.at, earlier.id) < (logged.at, logged.id))
      ) as drawn
      group by 1, 2, 3`,
  );
};
