import { sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";

const value = (name: string) => sql.placeholder(name);

/**
 * Inserts a run with its tags into an active experiment, which stays active meanwhile. @returns nothing if the experiment does not exist,
 * or a run with this id does.
 */
export const insertRun = prepared<{ artifact_uri: string }>(
  "insert-run",
  sql`
  with experiment as (
    select artifact_location from experiments
    where workspace_id = ${value("workspaceId")}::uuid and id = ${value("experimentId")}::bigint and deleted_at is null
    for share
  ), run as (
    insert into runs
      (id, workspace_id, experiment_id, parent_run_id, name, user_name, status, started_at, ended_at, artifact_uri, updated_at)
    select ${value("id")}::text, ${value("workspaceId")}::uuid, ${value("experimentId")}::bigint, ${value("parentRunId")},
      ${value("name")}, ${value("userName")}, ${value("status")}::run_status, ${value("startedAt")}::bigint, ${value("endedAt")}::bigint,
      artifact_location || '/' || ${value("id")}::text || '/artifacts', ${value("updatedAt")}::bigint
    from experiment
    on conflict do nothing
    returning id, artifact_uri
  ), tags as (
    insert into run_tags (workspace_id, run_id, key, value)
    select ${value("workspaceId")}::uuid, run.id, tag.key, tag.value
    from run, unnest(${value("keys")}::text[], ${value("values")}::text[]) as tag (key, value)
  )
  select artifact_uri from run`,
);
