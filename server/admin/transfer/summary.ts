import { text } from "node:stream/consumers";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { searchRegisteredModels } from "#server/develop/registry/search/queries.ts";
import { listVersions } from "#server/develop/registry/versions/queries.ts";
import { listArtifacts, openArtifact } from "#server/develop/tracking/artifacts/queries.ts";
import { searchExperiments } from "#server/develop/tracking/experiments/queries.ts";
import { getMetricHistory } from "#server/develop/tracking/metrics/history-queries.ts";
import { listRunModels } from "#server/develop/tracking/models/queries.ts";
import { searchRuns } from "#server/develop/tracking/runs/queries.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";

/**
 * Summarises everything that an import transfers, without what must differ between two installations: experiment numbers, row times,
 * roots, origin marks.
 */
export async function summaryOf(ctx: Context, artifacts: ArtifactStore): Promise<unknown> {
  const { rows: experiments } = await searchExperiments(ctx, { limit: 100 });
  const { rows: runs } = await searchRuns(ctx, {
    experimentIds: experiments.map(({ id }) => id),
    orderBy: ["attributes.start_time ASC"],
    limit: 1000,
  });
  const models = await searchRegisteredModels(ctx, { limit: 100 });
  return {
    experiments: experiments.map(({ name, tags }) => ({ name, tags: kept(tags) })).sort(byName),
    runs: await sideBySide(
      ctx,
      runs.map(({ experimentId, updatedAt, artifactUri, tags, params, ...run }) => async () => ({
        ...run,
        tags: kept(tags),
        params: kept(params),
        histories: await sideBySide(
          ctx,
          run.metrics.map(
            ({ key }) =>
              () =>
                getMetricHistory(ctx, { runId: run.id, key, limit: 25_000 }),
          ),
        ),
        files: await filesOf(ctx, artifacts, artifactUri),
        models: await sideBySide(
          ctx,
          (await listRunModels(ctx, run.id)).map(
            ({ experimentId, updatedAt, artifactUri, tags, ...model }) =>
              async () => ({
                ...model,
                tags: kept(tags),
                files: await filesOf(ctx, artifacts, artifactUri),
              }),
          ),
        ),
      })),
    ),
    models: await sideBySide(
      ctx,
      models.rows.map(({ name, description, tags, aliases }) => async () => ({
        name,
        description,
        tags,
        aliases,
        versions: (await listVersions(ctx, { name })).map((version) => ({
          version: version.version,
          source: version.source,
          runId: version.runId,
          loggedModelId: version.loggedModelId,
          description: version.description,
          tags: version.tags,
          createdAt: version.createdAt,
          userName: version.userName,
        })),
      })),
    ),
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function kept(tags: { key: string; value: string }[]) {
  return tags
    .filter(({ key }) => !key.startsWith("leeway.source.") && key !== "mlflow.modelVersions")
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function filesOf(ctx: Context, artifacts: ArtifactStore, uri: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const root = uri.replace("mlflow-artifacts:/", "");
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, isFolder } of await listArtifacts(ctx, artifacts, folder)) {
      const path = `${folder}/${name}`;
      if (isFolder) folders.push(path);
      else files[path.slice(root.length + 1)] = await text(await (await openArtifact(ctx, artifacts, path)).open());
    }
  }
  return files;
}
