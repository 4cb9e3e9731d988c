import { type SQL, sql } from "drizzle-orm";
import { exportNotePattern } from "#server/improve/labelling/flows/export-note.ts";
import { viewRuleKey } from "#server/watch/features/findings/view-alerts.ts";
import { type End, endOf, endOfDataset, endOfPair } from "./ends.ts";
import { servedSpans } from "./served.ts";

export type Direction = "made-from" | "went-into";

/** What is made from what, as rows of a workspace. */
export interface Relation {
  made: End;
  source: End;
  /** Tables and conditions; ends with a where clause. */
  rows: SQL;
  /** Time by which neighbours are sorted, the newest first. */
  at: SQL;
  detail?: SQL;
}

interface Question {
  workspaceId: string;
  direction: Direction;
  /** Time in which a deployment counts as what an endpoint serves: that of an alert, or the present. */
  span: { from: Date; to: Date };
}

const noTime = sql`null::timestamptz`;
/** "v2: trips, rate, …" */
const usedFeatures = sql`'v' || used.version || ': ' || array_to_string(used.features[1:5], ', ')
  || case when cardinality(used.features) > 5 then ', …' else '' end`;
const fromMs = (column: SQL) => sql`to_timestamp(${column} / 1000.0)`;

/** Returns every relation of a workspace, each limited to it. */
export function relationsOf(question: Question): Relation[] {
  return [
    ...servingRelations(question),
    ...predictionRelations(question),
    ...trainingRelations(question.workspaceId),
    ...datasetRelations(question.workspaceId),
    ...featureRelations(question.workspaceId),
  ];
}

function servingRelations({ workspaceId, direction, span: { from, to } }: Question): Relation[] {
  // Whoever asks what something influences wants to know what fires now; an alert that is over still has an origin.
  const isOpen = direction === "went-into" ? sql`alert.ends_at > ${to.toISOString()}::timestamptz` : sql`true`;
  const served = servedSpans(workspaceId);
  const deployment = endOfPair("deployment", sql`served.endpoint_id`, sql`served.version_id`);
  return [
    {
      made: endOf("alert", sql`alert.fingerprint`, "text"),
      source: endOf("endpoint", sql`alert.endpoint_id`),
      rows: sql`alerts as alert where alert.workspace_id = ${workspaceId} and ${isOpen}`,
      at: sql`alert.starts_at`,
    },
    {
      made: endOf("alert", sql`alert.fingerprint`, "text"),
      source: endOf("feature-view", sql`view.name`, "text"),
      rows: sql`feature_views as view
        join alerts as alert on alert.workspace_id = view.workspace_id and alert.rule_key = ${viewRuleKey("")} || view.id
        where view.workspace_id = ${workspaceId} and ${isOpen}`,
      at: sql`alert.starts_at`,
    },
    {
      made: endOf("endpoint", sql`served.endpoint_id`),
      source: deployment,
      rows: sql`${served} as served where (served.since is null or served.since <= ${to.toISOString()}::timestamptz)
        and (served.until is null or served.until > ${from.toISOString()}::timestamptz)`,
      at: sql`served.since`,
    },
    {
      made: deployment,
      source: endOf("version", sql`served.version_id`),
      rows: sql`${served} as served where true`,
      at: sql`served.since`,
    },
  ];
}

function predictionRelations({ workspaceId, direction }: Question): Relation[] {
  const prediction = endOf("prediction", sql`prediction.id`);
  const served = {
    made: endOfPair("predictions", sql`served.endpoint_id`, sql`served.version_id`),
    source: endOfPair("deployment", sql`served.endpoint_id`, sql`served.version_id`),
    at: sql`served.since`,
  };
  const spans = servedSpans(workspaceId);
  if (direction === "went-into") {
    const requests = (table: SQL) => sql`exists (
      select from ${table} as counted where counted.workspace_id = ${workspaceId} and counted.endpoint_id = served.endpoint_id
        and counted.version_id = served.version_id and counted.arm <> 'shadow')`;
    const hasRequests = sql`(${requests(sql`serving_windows`)} or ${requests(sql`serving_hours`)})`;
    return [
      { ...served, rows: sql`${spans} as served where ${hasRequests}` },
      {
        made: endOf("label-project", sql`task.project_id`, "bigint"),
        source: prediction,
        rows: sql`predictions as prediction
          join label_tasks as task on task.workspace_id = prediction.workspace_id and task.request_id = prediction.request_id
          where prediction.workspace_id = ${workspaceId}`,
        at: sql`task.created_at`,
      },
    ];
  }
  // One prediction has an origin. All predictions of a deployment are a number, not nodes.
  return [
    { ...served, rows: sql`${spans} as served where true` },
    {
      made: prediction,
      source: endOfPair("deployment", sql`prediction.endpoint_id`, sql`prediction.version_id`),
      rows: sql`predictions as prediction where prediction.workspace_id = ${workspaceId}`,
      at: sql`prediction.at`,
    },
    {
      made: prediction,
      source: endOf("feature-view", sql`view.name`, "text"),
      rows: sql`predictions as prediction
        cross join lateral jsonb_array_elements(coalesce(prediction.features->'views', '[]')) as looked
        join feature_views as view on view.workspace_id = prediction.workspace_id and view.id = (looked->>'viewId')::uuid
        where prediction.workspace_id = ${workspaceId}`,
      at: noTime,
      detail: sql`'v' || (looked->>'version')`,
    },
  ];
}

function trainingRelations(workspaceId: string): Relation[] {
  const job = endOf("job", sql`job.id`, "text");
  return [
    {
      made: endOf("version", sql`version.id`),
      source: endOf("run", sql`version.run_id`, "text"),
      rows: sql`model_versions as version where version.workspace_id = ${workspaceId} and version.run_id <> ''`,
      at: fromMs(sql`version.created_at`),
    },
    {
      made: endOf("run", sql`job.run_id`, "text"),
      source: job,
      rows: sql`training_jobs as job where job.workspace_id = ${workspaceId}`,
      at: sql`job.submitted_at`,
    },
    {
      made: endOf("run", sql`used.run_id`, "text"),
      source: endOfDataset(sql`logged.name`, sql`logged.digest`),
      rows: sql`datasets as logged join run_datasets as used on used.dataset_id = logged.id and used.workspace_id = logged.workspace_id
        left join runs as run on run.id = used.run_id and run.workspace_id = used.workspace_id
        where logged.workspace_id = ${workspaceId}`,
      at: fromMs(sql`coalesce(run.started_at, logged.created_at)`),
      detail: sql`(select tag->>'value' from jsonb_array_elements(used.tags::jsonb) as tag
        where tag->>'key' = 'mlflow.data.context' limit 1)`,
    },
    {
      made: job,
      source: endOfDataset(sql`version.name`, sql`version.digest`),
      rows: sql`training_jobs as job cross join lateral jsonb_each_text(coalesce(job.spec->'datasets', '{}')) as named
        join dataset_versions as version on version.workspace_id = job.workspace_id and version.id = named.value::uuid
        where job.workspace_id = ${workspaceId}`,
      at: sql`job.submitted_at`,
      detail: sql`named.key`,
    },
    {
      made: job,
      source: endOf("version", sql`named.value`, "text"),
      rows: sql`training_jobs as job cross join lateral jsonb_each_text(coalesce(job.spec->'models', '{}')) as named
        where job.workspace_id = ${workspaceId}`,
      at: sql`job.submitted_at`,
      detail: sql`named.key`,
    },
    {
      made: endOf("job", sql`cycle.job_id`, "text"),
      source: endOf("cycle", sql`cycle.id`),
      rows: sql`retraining_cycles as cycle where cycle.workspace_id = ${workspaceId} and cycle.job_id is not null`,
      at: sql`cycle.started_at`,
    },
    {
      made: endOf("cycle", sql`cycle.id`),
      source: endOfDataset(sql`(cycle.data->'version'->>'name')`, sql`(cycle.data->'version'->>'digest')`),
      rows: sql`retraining_cycles as cycle where cycle.workspace_id = ${workspaceId} and cycle.data->'version'->>'digest' is not null`,
      at: sql`cycle.started_at`,
    },
  ];
}

function datasetRelations(workspaceId: string): Relation[] {
  const made = endOfDataset(sql`version.name`, sql`version.digest`);
  const trainingSet = endOf("training-set", sql`asked.id`);
  return [
    {
      made: endOfDataset(sql`exported.name`, sql`exported.digest`),
      source: endOf("label-project", sql`exported.project_id`, "bigint"),
      rows: sql`(
        select project.id as project_id, one.dataset as name, one.digest, one."requestedAt" as at
        from label_projects as project
        cross join lateral jsonb_to_recordset(coalesce(project.progress->'exports', '[]'))
          as one (dataset text, digest text, state text, "requestedAt" timestamptz)
        where project.workspace_id = ${workspaceId} and one.state = 'done' and one.digest is not null
        union all
        select project.id, version.name, version.digest, version.created_at
        from dataset_versions as version
        join label_projects as project on project.workspace_id = version.workspace_id
          and project.id = substring(version.note from ${exportNotePattern})::bigint
        where version.workspace_id = ${workspaceId}
      ) as exported where true`,
      at: sql`exported.at`,
    },
    {
      made,
      source: trainingSet,
      rows: sql`feature_training_sets as asked
        join dataset_versions as version on version.workspace_id = asked.workspace_id and version.id = asked.dataset_version_id
        where asked.workspace_id = ${workspaceId}`,
      at: sql`asked.created_at`,
    },
    {
      made: trainingSet,
      source: endOfDataset(sql`(rows.rows->>'dataset')`, sql`(rows.rows->>'digest')`),
      rows: sql`feature_training_sets as asked
        cross join lateral (
          select coalesce(nullif(asked.request->'resolvedRows', 'null'), asked.request->'rows') as rows
        ) as rows
        where asked.workspace_id = ${workspaceId} and rows.rows->>'digest' is not null`,
      at: sql`asked.created_at`,
      detail: sql`'rows'`,
    },
    {
      made: trainingSet,
      source: endOf("feature-view", sql`view.name`, "text"),
      rows: sql`feature_training_sets as asked
        join feature_uses as used on used.workspace_id = asked.workspace_id and used.user_kind = 'dataset-version'
          and used.user_id = asked.dataset_version_id::text
        join feature_views as view on view.workspace_id = used.workspace_id and view.id = used.view_id
        where asked.workspace_id = ${workspaceId}`,
      at: sql`asked.created_at`,
      detail: usedFeatures,
    },
  ];
}

function featureRelations(workspaceId: string): Relation[] {
  const view = endOf("feature-view", sql`view.name`, "text");
  const source = endOf("source", sql`source.name`, "text");
  const usedBy = (kind: "model-version" | "run"): Relation => ({
    made: endOf(kind === "run" ? "run" : "version", sql`used.user_id`, "text"),
    source: view,
    rows: sql`feature_uses as used
      join feature_views as view on view.workspace_id = used.workspace_id and view.id = used.view_id
      where used.workspace_id = ${workspaceId} and used.user_kind = ${kind}`,
    at: sql`used.created_at`,
    detail: usedFeatures,
  });
  return [
    usedBy("model-version"),
    usedBy("run"),
    {
      made: view,
      source,
      rows: sql`feature_views as view
        join feature_sources as source on source.workspace_id = view.workspace_id and source.name = view.source
        where view.workspace_id = ${workspaceId}`,
      at: noTime,
    },
    {
      made: view,
      source: endOf("feature-view", sql`read.name`, "text"),
      // A reference is "view:feature", "view@latest:feature" or "view@v2:feature".
      rows: sql`feature_views as view
        join feature_view_versions as current on current.view_id = view.id and current.version = view.current_version
        cross join lateral jsonb_array_elements(current.expressions) as expression
        cross join lateral jsonb_each_text(coalesce(expression->'inputs', '{}')) as input
        join feature_views as read on read.workspace_id = view.workspace_id and read.name = substring(input.value from '^[^@:]+')
        where view.workspace_id = ${workspaceId}`,
      at: noTime,
      detail: sql`input.value`,
    },
    {
      made: view,
      source: endOfDataset(sql`(work.input->'dataset'->>'name')`, sql`(work.input->'dataset'->>'digest')`),
      rows: sql`feature_materialisations as work
        join feature_views as view on view.workspace_id = work.workspace_id and view.id = work.view_id
        where work.workspace_id = ${workspaceId} and work.state = 'done' and work.input->'dataset'->>'digest' is not null`,
      at: sql`work.created_at`,
      detail: sql`'materialised'`,
    },
    {
      made: endOf("source", sql`push.name`, "text"),
      source,
      rows: sql`feature_sources as push
        join feature_sources as source on source.workspace_id = push.workspace_id and source.name = push.options->>'batchSource'
        where push.workspace_id = ${workspaceId}`,
      at: noTime,
      detail: sql`'history'`,
    },
    {
      made: source,
      source: endOfDataset(sql`path.name_digest[1]`, sql`path.name_digest[2]`),
      rows: sql`feature_sources as source
        cross join lateral (select regexp_match(source.options->>'path', '^dataset:([^@]+)@(.+)$') as name_digest) as path
        where source.workspace_id = ${workspaceId} and path.name_digest is not null`,
      at: noTime,
    },
  ];
}
