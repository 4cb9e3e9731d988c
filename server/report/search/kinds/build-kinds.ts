import { sql } from "drizzle-orm";
import { z } from "zod";
import { formatCount } from "#server/base/format-number.ts";
import { datasetNames } from "#server/develop/datasets/version-rows.ts";
import { findBestRuns } from "./find-best-runs.ts";
import { counted, defineKind, factsOf, instant, type Kind } from "./kind.ts";
import { runStates, workStates } from "./states.ts";

const model = defineKind({
  kind: "model",
  permission: "listModels",
  source: ({ actor }) => sql`
    select model.id::text, model.name as label, concat_ws(' ', model.description, model.owner_name) as haystack,
      array[model.id::text] as ids, to_timestamp(model.updated_at / 1000.0) as at,
      jsonb_build_object('owner', model.owner_name, 'updatedAt', model.updated_at,
        'versions', (select count(*) from model_versions version where version.workspace_id = ${actor.workspaceId} and version.model_id = model.id),
        'newest', (select max(version.version) from model_versions version
          where version.workspace_id = ${actor.workspaceId} and version.model_id = model.id),
        'aliases', (select string_agg(alias.alias || ' v' || version.version, ', ' order by alias.alias) from model_aliases alias
          join model_versions version on version.id = alias.version_id
          where alias.workspace_id = ${actor.workspaceId} and alias.model_id = model.id)) as data
    from registered_models model where model.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    owner: z.string(),
    updatedAt: instant,
    versions: z.number(),
    newest: z.number().nullable(),
    aliases: z.string().nullable(),
  }),
  show: ({ label, data: { owner, updatedAt, versions, newest, aliases } }) => ({
    detail: `model, ${counted(versions, "version")}`,
    href: `/models/${encodeURIComponent(label)}`,
    ...(newest !== null && { version: newest }),
    facts: factsOf(
      { Owner: owner, "Newest version": newest === null ? null : `v${newest}`, Aliases: aliases },
      { Changed: updatedAt },
    ),
  }),
});

const version = defineKind({
  kind: "version",
  permission: "listVersions",
  source: ({ actor }) => sql`
    select version.id::text, model.name || ' v' || version.version as label, version.description as haystack,
      array[version.id::text, version.sha256] as ids, to_timestamp(version.created_at / 1000.0) as at,
      jsonb_build_object('model', model.name, 'version', version.version, 'sha256', version.sha256, 'user', version.user_name,
        'inspection', version.inspection, 'problem', version.inspection_message, 'createdAt', version.created_at,
        'aliases', (select string_agg(alias.alias, ', ' order by alias.alias) from model_aliases alias
          where alias.workspace_id = ${actor.workspaceId} and alias.version_id = version.id)) as data
    from model_versions version
    join registered_models model on model.id = version.model_id
    where version.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    model: z.string(),
    version: z.number(),
    sha256: z.string().nullable(),
    user: z.string(),
    inspection: z.enum(["pending", "servable", "unservable"]),
    problem: z.string().nullable(),
    createdAt: instant,
    aliases: z.string().nullable(),
  }),
  show: ({ data: { model: name, version: number, sha256, user, inspection, problem, createdAt, aliases } }) => ({
    detail: ["version", aliases, sha256?.slice(0, 8)].filter(Boolean).join(", "),
    href: `/models/${encodeURIComponent(name)}/v${number}`,
    version: number,
    ...(inspection === "unservable" && { state: { shape: "missed", word: "Not servable" } as const }),
    facts: factsOf(
      { Model: name, Aliases: aliases, "Created by": user, "SHA-256": sha256?.slice(0, 8), Problem: problem },
      { Created: createdAt },
    ),
  }),
});

const experiment = defineKind({
  kind: "experiment",
  permission: "searchExperiments",
  source: ({ actor }) => sql`
    select experiment.id::text, experiment.name as label, '' as haystack, array[experiment.id::text] as ids,
      to_timestamp(experiment.updated_at / 1000.0) as at,
      jsonb_build_object('updatedAt', experiment.updated_at, 'runs', (select count(*) from runs run
        where run.workspace_id = ${actor.workspaceId} and run.experiment_id = experiment.id and run.deleted_at is null)) as data
    from experiments experiment where experiment.workspace_id = ${actor.workspaceId} and experiment.deleted_at is null`,
  data: z.object({ updatedAt: instant, runs: z.number() }),
  show: ({ id, data: { updatedAt, runs } }) => ({
    detail: `experiment ${id}, ${counted(runs, "run")}`,
    href: `/experiments/${id}`,
    facts: factsOf({ Runs: formatCount(runs) }, { Changed: updatedAt }),
  }),
});

const run = defineKind({
  kind: "run",
  permission: "searchRuns",
  source: ({ actor }) => sql`
    select run.id, run.name as label, concat_ws(' ', experiment.name, run.user_name) as haystack, array[run.id] as ids,
      to_timestamp(run.started_at / 1000.0) as at,
      jsonb_build_object('experimentId', run.experiment_id, 'experiment', experiment.name, 'status', run.status, 'user', run.user_name,
        'startedAt', run.started_at, 'endedAt', run.ended_at) as data
    from runs run
    join experiments experiment on experiment.workspace_id = run.workspace_id and experiment.id = run.experiment_id
      and experiment.deleted_at is null
    where run.workspace_id = ${actor.workspaceId} and run.deleted_at is null`,
  findBest: findBestRuns,
  newest: ({ actor }, limit) => sql`
    select run.name as label from runs run where run.workspace_id = ${actor.workspaceId} and run.deleted_at is null
    order by run.started_at desc limit ${limit}`,
  data: z.object({
    experimentId: z.number(),
    experiment: z.string(),
    status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
    user: z.string(),
    startedAt: instant,
    endedAt: instant,
  }),
  show: ({ id, data: { experimentId, experiment: name, status, user, startedAt, endedAt } }) => ({
    detail: `run in ${name}, ${id.slice(0, 8)}`,
    href: `/experiments/${experimentId}/runs/${id}`,
    state: runStates[status],
    facts: factsOf({ Experiment: name, User: user }, { Started: startedAt, Ended: endedAt }),
  }),
});

const evaluation = defineKind({
  kind: "evaluation",
  permission: "listEvaluations",
  source: ({ actor }) => sql`
    select evaluation.id::text, model.name || ' v' || version.version || ' on ' || held.name as label, evaluation.kind as haystack,
      array[evaluation.id::text] as ids, evaluation.created_at as at,
      jsonb_build_object('kind', evaluation.kind, 'model', model.name, 'version', version.version, 'set', held.name, 'digest', held.digest,
        'state', evaluation.state, 'rows', evaluation.rows_total, 'by', evaluation.created_by, 'problem', evaluation.problem,
        'createdAt', extract(epoch from evaluation.created_at) * 1000) as data
    from evaluation_runs evaluation
    join evaluation_sets held on held.id = evaluation.set_id
    join model_versions version on version.id = evaluation.version_id
    join registered_models model on model.id = version.model_id
    where evaluation.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    kind: z.enum(["evaluation", "robustness"]),
    model: z.string(),
    version: z.number(),
    set: z.string(),
    digest: z.string(),
    state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
    rows: z.number(),
    by: z.string(),
    problem: z.string().nullable(),
    createdAt: instant,
  }),
  show: ({ data: { kind, model: name, version: number, set, digest, state, rows, by, problem, createdAt } }) => ({
    detail: kind === "robustness" ? "robustness evaluation" : "evaluation",
    href: `/models/${encodeURIComponent(name)}/v${number}/evaluation${kind === "robustness" ? "/robustness" : ""}?set=${encodeURIComponent(`${set}@${digest.slice(0, 8)}`)}`,
    version: number,
    state: workStates[state],
    facts: factsOf({ Set: set, Rows: formatCount(rows), "Created by": by, Problem: problem }, { Created: createdAt }),
  }),
});

const dataset = defineKind({
  kind: "dataset",
  permission: "listDatasets",
  source: (ctx) => sql`
    select known.name as id, known.name as label, '' as haystack, array_remove(array_agg(version.digest), null) as ids,
      max(version.created_at) as at,
      jsonb_build_object('versions', count(version.id), 'rows', (array_agg(version.rows order by version.created_at desc))[1],
        'by', (array_agg(version.created_by order by version.created_at desc))[1],
        'createdAt', extract(epoch from max(version.created_at)) * 1000) as data
    from ${datasetNames(ctx)} known
    left join dataset_versions version on version.workspace_id = ${ctx.actor.workspaceId} and version.name = known.name
    group by known.name`,
  data: z.object({
    versions: z.number(),
    rows: z.number().nullable(),
    by: z.string().nullable(),
    createdAt: instant,
  }),
  show: ({ label, data: { versions, rows, by, createdAt } }) => ({
    detail: rows === null ? "dataset" : `dataset, ${formatCount(rows)} rows`,
    href: `/datasets/${encodeURIComponent(label)}`,
    facts: factsOf(
      { "Uploaded versions": versions, Rows: rows === null ? null : formatCount(rows), "Uploaded by": by },
      { "Newest version": createdAt },
    ),
  }),
});

const featureView = defineKind({
  kind: "feature-view",
  permission: "listFeatureViews",
  source: ({ actor }) => sql`
    select view.id::text, view.name as label,
      concat_ws(' ', 'feature', (select string_agg(feature ->> 'name', ' ') from jsonb_array_elements(version.features) feature)) as haystack,
      array[view.id::text] as ids, view.created_at as at,
      jsonb_build_object('version', view.current_version, 'source', view.source, 'by', view.created_by,
        'features', jsonb_array_length(version.features)) as data
    from feature_views view
    left join feature_view_versions version on version.workspace_id = ${actor.workspaceId} and version.view_id = view.id
      and version.version = view.current_version
    where view.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    version: z.number(),
    source: z.string().nullable(),
    by: z.string(),
    features: z.number().nullable(),
  }),
  show: ({ label, data: { version: number, source, by, features } }) => ({
    detail: `feature view v${number}${features === null ? "" : `, ${counted(features, "feature")}`}`,
    href: `/features/${encodeURIComponent(label)}`,
    facts: factsOf({ Version: `v${number}`, Features: features, Source: source, "Created by": by }),
  }),
});

const featureService = defineKind({
  kind: "feature-service",
  permission: "listFeatureViews",
  source: ({ actor }) => sql`
    select service.id::text, service.name as label, 'feature' as haystack, array[service.id::text] as ids, service.created_at as at,
      jsonb_build_object('views', jsonb_array_length(service.projections), 'by', service.created_by) as data
    from feature_services service where service.workspace_id = ${actor.workspaceId}`,
  data: z.object({ views: z.number(), by: z.string() }),
  show: ({ label, data: { views, by } }) => ({
    detail: `feature service, ${counted(views, "view")}`,
    href: `/features/services/${encodeURIComponent(label)}`,
    facts: factsOf({ Views: views, "Created by": by }),
  }),
});

const trainingSet = defineKind({
  kind: "training-set",
  permission: "listTrainingSets",
  source: ({ actor }) => sql`
    select held.id::text, held.name as label, '' as haystack, array[held.id::text] as ids, held.created_at as at,
      jsonb_build_object('state', held.state, 'rows', held.rows_total, 'by', held.created_by, 'problem', held.problem,
        'createdAt', extract(epoch from held.created_at) * 1000) as data
    from feature_training_sets held where held.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
    rows: z.number().nullable(),
    by: z.string(),
    problem: z.string().nullable(),
    createdAt: instant,
  }),
  show: ({ id, data: { state, rows, by, problem, createdAt } }) => ({
    detail: `training set, ${id.slice(0, 8)}`,
    href: `/training-sets/${id}`,
    state: workStates[state],
    facts: factsOf(
      { Rows: rows === null ? null : formatCount(rows), "Created by": by, Problem: problem },
      { Created: createdAt },
    ),
  }),
});

/** What models are made of. */
export const buildKinds: readonly Kind[] = [
  model,
  version,
  experiment,
  run,
  evaluation,
  dataset,
  featureView,
  featureService,
  trainingSet,
];
