import { and, desc, eq, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import {
  endpoints,
  experiments,
  featureServices,
  featureTrainingSets,
  featureViews,
  labelProjects,
  modelVersions,
  registeredModels,
  rollouts,
  runs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { listDatasets } from "#server/develop/datasets/queries.ts";
import { listModels } from "#server/develop/registry/models/queries.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { servingStates } from "#server/serve/endpoints/endpoint-queries.ts";
import { SearchEverything, type SearchHit } from "./contract.ts";

/** Maximum number of hits per kind. */
const maxPerKind = 6;

/**
 * Finds experiments, runs, models, versions, datasets, feature views and services, training sets, label projects, endpoints and rollouts of the
 * workspace whose name contains the words, ignoring case, or whose id starts with them. Each kind is sorted newest first; models, datasets, views,
 * services, label projects and endpoints by name.
 */
export async function searchEverything(ctx: Context, input: SearchEverything): Promise<SearchHit[]> {
  permit(ctx, "searchEverything");
  const { q } = SearchEverything.parse(input);
  return [
    ...(await findVersions(ctx, q)),
    ...(await findModels(ctx, q)),
    ...(await findDatasets(ctx, q)),
    ...(await findViews(ctx, q)),
    ...(await findServices(ctx, q)),
    ...(await findTrainingSets(ctx, q)),
    ...(await findLabelProjects(ctx, q)),
    ...(await findEndpoints(ctx, q)),
    ...(await findRollouts(ctx, q)),
    ...(await findExperiments(ctx, q)),
    ...(await findRuns(ctx, q)),
  ];
}

function holds(column: PgColumn, words: string): SQL {
  return sql`position(lower(${words}) in lower(${column})) > 0`;
}

function startsWith(column: PgColumn, words: string): SQL {
  return sql`starts_with(${column}::text, lower(${words}))`;
}

async function findExperiments(ctx: Context, q: string): Promise<SearchHit[]> {
  const rows = await ctx.db
    .select({ id: experiments.id, name: experiments.name })
    .from(experiments)
    .where(
      and(
        eq(experiments.workspaceId, ctx.actor.workspaceId),
        isNull(experiments.deletedAt),
        or(holds(experiments.name, q), sql`${experiments.id}::text = ${q}`),
      ),
    )
    .orderBy(desc(experiments.updatedAt), desc(experiments.id))
    .limit(maxPerKind);
  return rows.map(({ id, name }) => ({
    kind: "experiment",
    id: String(id),
    label: name,
    detail: `experiment ${id}`,
    href: `/experiments/${id}`,
  }));
}

const statusLabels: Record<(typeof runs.$inferSelect)["status"], string> = {
  RUNNING: "running",
  SCHEDULED: "scheduled",
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "stopped",
};

async function findRuns(ctx: Context, q: string): Promise<SearchHit[]> {
  const rows = await ctx.db
    .select({
      id: runs.id,
      name: runs.name,
      status: runs.status,
      experimentId: runs.experimentId,
      experimentName: experiments.name,
    })
    .from(runs)
    .innerJoin(experiments, and(eq(experiments.workspaceId, runs.workspaceId), eq(experiments.id, runs.experimentId)))
    .where(
      and(
        eq(runs.workspaceId, ctx.actor.workspaceId),
        isNull(runs.deletedAt),
        isNull(experiments.deletedAt),
        or(holds(runs.name, q), startsWith(runs.id, q)),
      ),
    )
    .orderBy(desc(runs.startedAt), runs.id)
    .limit(maxPerKind);
  return rows.map(({ id, name, status, experimentId, experimentName }) => ({
    kind: "run",
    id,
    label: name,
    detail: `${experimentName}, ${statusLabels[status]}, ${id.slice(0, 8)}`,
    href: `/experiments/${experimentId}/runs/${id}`,
  }));
}

async function findModels(ctx: Context, q: string): Promise<SearchHit[]> {
  const models = await listModels(ctx, { search: q, limit: maxPerKind });
  return models.map(({ id, name, versionCount }) => ({
    kind: "model",
    id,
    label: name,
    detail: versionCount === 1 ? "model, 1 version" : `model, ${versionCount} versions`,
    href: `/models/${encodeURIComponent(name)}`,
  }));
}

/** Finds versions by "digits v3", by id, or by the SHA-256 of the file. */
async function findVersions(ctx: Context, q: string): Promise<SearchHit[]> {
  const [ending, number] = /\bv(\d{1,9})$/i.exec(q) ?? [];
  const name = q.slice(0, q.length - (ending?.length ?? 0)).trimEnd();
  const isDigest = /^[0-9a-f-]{6,64}$/i.test(q);
  if (number === undefined && !isDigest) return [];
  const rows = await ctx.db
    .select({
      id: modelVersions.id,
      version: modelVersions.version,
      name: registeredModels.name,
      sha256: modelVersions.sha256,
    })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        or(
          number === undefined
            ? undefined
            : and(eq(modelVersions.version, Number(number)), name ? holds(registeredModels.name, name) : undefined),
          isDigest ? or(startsWith(modelVersions.id, q), startsWith(modelVersions.sha256, q)) : undefined,
        ),
      ),
    )
    .orderBy(desc(modelVersions.createdAt), modelVersions.id)
    .limit(maxPerKind);
  return rows.map((row) => ({
    kind: "version",
    id: row.id,
    label: `${row.name} v${row.version}`,
    detail: row.sha256 ? `version, ${row.sha256.slice(0, 8)}` : "version",
    href: `/models/${encodeURIComponent(row.name)}/v${row.version}`,
  }));
}

async function findDatasets(ctx: Context, q: string): Promise<SearchHit[]> {
  const datasets = await listDatasets(ctx, { search: q, limit: maxPerKind });
  return datasets.map(({ name, versions }) => ({
    kind: "dataset",
    id: name,
    label: name,
    detail: versions === 1 ? "dataset, 1 version" : `dataset, ${versions} versions`,
    href: `/datasets/${encodeURIComponent(name)}`,
  }));
}

async function findViews(ctx: Context, q: string): Promise<SearchHit[]> {
  const rows = await ctx.db
    .select({ id: featureViews.id, name: featureViews.name, version: featureViews.currentVersion })
    .from(featureViews)
    .where(and(eq(featureViews.workspaceId, ctx.actor.workspaceId), holds(featureViews.name, q)))
    .orderBy(featureViews.name)
    .limit(maxPerKind);
  return rows.map(({ id, name, version }) => ({
    kind: "feature-view",
    id,
    label: name,
    detail: `feature view, v${version}`,
    href: `/features/${encodeURIComponent(name)}`,
  }));
}

async function findServices(ctx: Context, q: string): Promise<SearchHit[]> {
  const rows = await ctx.db
    .select({ id: featureServices.id, name: featureServices.name })
    .from(featureServices)
    .where(and(eq(featureServices.workspaceId, ctx.actor.workspaceId), holds(featureServices.name, q)))
    .orderBy(featureServices.name)
    .limit(maxPerKind);
  return rows.map(({ id, name }) => ({
    kind: "feature-service",
    id,
    label: name,
    detail: "feature service",
    href: `/features/services/${encodeURIComponent(name)}`,
  }));
}

const trainingSetLabels: Record<(typeof featureTrainingSets.$inferSelect)["state"], string> = {
  waiting: "queued",
  running: "running",
  done: "finished",
  failed: "failed",
  cancelled: "cancelled",
};

/** Finds training sets by the name of the dataset that they become. */
async function findTrainingSets(ctx: Context, q: string): Promise<SearchHit[]> {
  const { id, name, state } = featureTrainingSets;
  const rows = await ctx.db
    .select({ id, name, state })
    .from(featureTrainingSets)
    .where(and(eq(featureTrainingSets.workspaceId, ctx.actor.workspaceId), or(holds(name, q), startsWith(id, q))))
    .orderBy(desc(featureTrainingSets.createdAt), id)
    .limit(maxPerKind);
  return rows.map((row) => ({
    kind: "training-set",
    id: row.id,
    label: row.name,
    detail: `training set, ${trainingSetLabels[row.state]}, ${row.id.slice(0, 8)}`,
    href: `/training-sets/${row.id}`,
  }));
}

/** Finds label projects that are not archived; the id is that of their address. */
async function findLabelProjects(ctx: Context, q: string): Promise<SearchHit[]> {
  const { id, name, state } = labelProjects;
  const rows = await ctx.db
    .select({ id, name })
    .from(labelProjects)
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), ne(state, "archived"), holds(name, q)))
    .orderBy(name)
    .limit(maxPerKind);
  return rows.map((row) => ({
    kind: "label-project",
    id: String(row.id),
    label: row.name,
    detail: "label project",
    href: `/labels/${row.id}`,
  }));
}

async function findEndpoints(ctx: Context, q: string): Promise<SearchHit[]> {
  const rows = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        isNull(endpoints.archivedAt),
        or(holds(endpoints.name, q), startsWith(endpoints.id, q)),
      ),
    )
    .orderBy(endpoints.name)
    .limit(maxPerKind);
  const serving = await servingStates(
    ctx,
    rows.map(({ id }) => id),
  );
  const shown = rows.map((row) => ({
    ...row,
    serving: serving.get(row.id) ?? { kind: "empty" as const, message: null },
  }));
  return (await withStates(ctx, shown)).map(({ id, name, state }) => ({
    kind: "endpoint",
    id,
    label: name,
    detail: `endpoint, ${state.word}`,
    href: `/endpoints/${encodeURIComponent(name)}`,
  }));
}

/** Finds rollouts by the name of the endpoint, newest first. */
async function findRollouts(ctx: Context, q: string): Promise<SearchHit[]> {
  const rows = await ctx.db
    .select({
      id: rollouts.id,
      endpoint: endpoints.name,
      phase: rollouts.phase,
      model: registeredModels.name,
      version: modelVersions.version,
    })
    .from(rollouts)
    .innerJoin(endpoints, eq(endpoints.id, rollouts.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(eq(rollouts.workspaceId, ctx.actor.workspaceId), or(holds(endpoints.name, q), startsWith(rollouts.id, q))),
    )
    .orderBy(desc(rollouts.createdAt))
    .limit(maxPerKind);
  return rows.map(({ id, endpoint, phase, model, version }) => ({
    kind: "rollout",
    id,
    label: `${model} v${version} on ${endpoint}`,
    detail: `rollout, ${phase.replace("-", " ")}`,
    href: `/rollouts/${id}`,
  }));
}
