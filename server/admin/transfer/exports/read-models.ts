import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { experiments, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { loadPolicy } from "#server/develop/registry/policy/queries.ts";
import { searchRegisteredModels } from "#server/develop/registry/search/queries.ts";
import type { ModelVersion } from "#server/develop/registry/versions/contract.ts";
import { listVersions } from "#server/develop/registry/versions/queries.ts";
import { getExperiment } from "#server/develop/tracking/experiments/queries.ts";
import type { LoggedModel } from "#server/develop/tracking/models/contract.ts";
import { loadLoggedModels } from "#server/develop/tracking/models/queries.ts";
import type { LoggedModelLine, ModelLine } from "../leeway/format.ts";

const perPage = 100;

export async function* experimentLines(ctx: Context) {
  const rows = await ctx.db
    .select({ id: experiments.id })
    .from(experiments)
    .where(and(eq(experiments.workspaceId, ctx.actor.workspaceId), isNull(experiments.deletedAt)))
    .orderBy(experiments.id);
  for (const { id } of rows) {
    const { name, tags } = await getExperiment(ctx, id);
    yield { id, name, tags };
  }
}

/** Yields logged models that are not deleted, in the order of their ids. */
export async function* loggedModels(ctx: Context): AsyncGenerator<LoggedModel> {
  for (let after = ""; ; ) {
    const { rows } = await ctx.db.execute<{ id: string }>(sql`
      select model.id from logged_models model
      join experiments on experiments.workspace_id = model.workspace_id and experiments.id = model.experiment_id
      where model.workspace_id = ${ctx.actor.workspaceId} and model.deleted_at is null and experiments.deleted_at is null
        and model.id collate "C" > ${after}
      order by model.id collate "C" limit ${perPage}`);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return;
    yield* await loadLoggedModels(ctx, ids);
    after = ids.at(-1) ?? "";
  }
}

export async function* loggedModelLines(ctx: Context): AsyncGenerator<LoggedModelLine> {
  for await (const { artifactUri, isDeleted, statusMessage, ...line } of loggedModels(ctx)) yield line;
}

/** Yields registered models with all their versions, by name. */
export async function* modelLines(ctx: Context): AsyncGenerator<ModelLine> {
  for (let pageToken = ""; ; ) {
    const page = await searchRegisteredModels(ctx, { orderBy: ["name ASC"], limit: perPage, pageToken });
    for (const { id, name, description, tags, aliases, ownerName } of page.rows) {
      const versions: ModelLine["versions"] = [];
      for (let before: number | undefined; ; ) {
        const some = await listVersions(ctx, { name, before, limit: 500 });
        const pipelines = await pipelinesOf(ctx, some);
        versions.push(...some.map((version) => toLine(version, pipelines.get(version.id) ?? null)));
        before = some.at(-1)?.version;
        if (some.length < 500) break;
      }
      const { policy, origin } = await loadPolicy(ctx, id);
      yield {
        name,
        description: description ?? "",
        tags,
        aliases,
        owner: ownerName || null,
        policy: origin === "model" ? policy : null,
        versions,
      };
    }
    if (!page.nextPageToken) return;
    pageToken = page.nextPageToken;
  }
}

async function pipelinesOf(ctx: Context, versions: readonly ModelVersion[]): Promise<Map<string, Pipeline>> {
  const ids = versions.filter(({ pipelineDigest }) => pipelineDigest !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, pipeline: modelVersions.pipeline })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, ids)));
  return new Map(rows.flatMap(({ id, pipeline }) => (pipeline ? [[id, pipeline] as const] : [])));
}

function toLine(version: ModelVersion, pipeline: Pipeline | null): ModelLine["versions"][number] {
  const { version: number, description, storageLocation, runLink } = version;
  const { runId, loggedModelId, userName, stage, createdAt, tags } = version;
  // References to another version, or to an alias, could have another meaning after the import.
  const source = /^(runs:|models:\/+m-)/.test(version.source) ? version.source : storageLocation;
  const upload = digestOf(storageLocation);
  return {
    number,
    source,
    runId,
    runLink,
    loggedModelId,
    description: description ?? "",
    userName,
    stage,
    createdAt,
    tags,
    pipeline,
    upload,
  };
}

/** Returns the digest of an uploaded ONNX file; null for files of runs and logged models. */
function digestOf(storageLocation: string): string | null {
  return /^mlflow-artifacts:\/models\/([0-9a-f]{64})$/.exec(storageLocation)?.[1] ?? null;
}
