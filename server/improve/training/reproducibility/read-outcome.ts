import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { artifactFiles, loggedModels, metricSeries, trainingCheckpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { artifactKey, parseArtifactPath } from "#server/platform/artifacts/artifact-key.ts";
import type { Outcome } from "./compare-outcomes.ts";

interface Trained {
  id: string;
  runId: string;
}

/** Reads what jobs have left, by their ids: the files of their logged models, else those of their newest checkpoint, and their last metrics. */
export async function readOutcome(ctx: Context, { id, runId }: Trained): Promise<Outcome> {
  const metrics = (await readMetrics(ctx, [runId])).get(runId) ?? {};
  const model = await readModelFiles(ctx, runId);
  if (Object.keys(model).length > 0) return { metrics, files: model, kind: "model" };
  return { metrics, files: await readCheckpointFiles(ctx, id), kind: "checkpoint" };
}

/** Reads the last value of each metric of runs, by run. */
export async function readMetrics(
  ctx: Context,
  runIds: readonly string[],
): Promise<Map<string, Record<string, number>>> {
  if (runIds.length === 0) return new Map();
  const rows = await ctx.db
    .select({ runId: metricSeries.runId, key: metricSeries.key, value: metricSeries.value })
    .from(metricSeries)
    .where(and(eq(metricSeries.workspaceId, ctx.actor.workspaceId), inArray(metricSeries.runId, [...runIds])));
  return new Map(
    [...Map.groupBy(rows, (row) => row.runId)].map(([runId, of]) => [
      runId,
      Object.fromEntries(of.map(({ key, value }) => [key, value])),
    ]),
  );
}

/** What describes a model names its run and its time; the others are the model. */
const descriptions =
  /^(MLmodel|conda\.yaml|python_env\.yaml|requirements\.txt|registered_model_meta|.*input_example\.json)$/;

/** SHA-256 by "model/path" of the files of models that a run has logged. The last of several with one name counts. */
async function readModelFiles(ctx: Context, runId: string): Promise<Record<string, string>> {
  const { workspaceId } = ctx.actor;
  const models = await ctx.db
    .select({ name: loggedModels.name, artifactUri: loggedModels.artifactUri })
    .from(loggedModels)
    .where(
      and(
        eq(loggedModels.workspaceId, workspaceId),
        eq(loggedModels.sourceRunId, runId),
        eq(loggedModels.status, "LOGGED_MODEL_READY"),
        isNull(loggedModels.deletedAt),
      ),
    )
    .orderBy(desc(loggedModels.createdAt), desc(loggedModels.id))
    .limit(100);
  const files: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { name, artifactUri } of models) {
    const root = pathInRoot(artifactUri, "");
    if (root === undefined || seen.has(name)) continue;
    seen.add(name);
    const prefix = `${artifactKey(workspaceId, parseArtifactPath(root))}/`;
    const rows = await ctx.db
      .select({ key: artifactFiles.key, sha256: artifactFiles.sha256 })
      .from(artifactFiles)
      .where(
        and(
          eq(artifactFiles.workspaceId, workspaceId),
          sql`${artifactFiles.key} collate "C" >= ${prefix} and ${artifactFiles.key} collate "C" < ${`${prefix}\u{10FFFF}`}`,
        ),
      )
      .limit(1_000);
    for (const { key, sha256 } of rows) {
      const path = key.slice(prefix.length);
      if (sha256 !== null && !descriptions.test(path.split("/").at(-1) ?? "")) files[`${name}/${path}`] = sha256;
    }
  }
  return files;
}

async function readCheckpointFiles(ctx: Context, jobId: string): Promise<Record<string, string>> {
  const [newest] = await ctx.db
    .select({ files: trainingCheckpoints.files })
    .from(trainingCheckpoints)
    .where(
      and(
        eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId),
        eq(trainingCheckpoints.jobId, jobId),
        isNull(trainingCheckpoints.tornAt),
        isNull(trainingCheckpoints.removedAt),
      ),
    )
    .orderBy(desc(trainingCheckpoints.seq))
    .limit(1);
  return Object.fromEntries((newest?.files ?? []).map(({ path, sha256 }) => [path, sha256]));
}
