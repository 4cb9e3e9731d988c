import { and, desc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import { apiTokens, datasetVersions, runs, trainingCheckpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { newSecret } from "#server/platform/identity/tokens/secret.ts";
import type { JobRow } from "../jobs/lock-job.ts";
import type { StartedAttempt } from "./contract.ts";

export const heartbeatSeconds = 10;
/** Scopes of the token that the program's MLflow client uses, for its own run. */
const programScopes = ["tracking:read", "tracking"];

/** Creates the token of a program for MLflow's client. */
export async function issueProgramToken(ctx: Context, job: JobRow, name: string) {
  const mlflow = newSecret();
  const [apiToken] = await ctx.db
    .insert(apiTokens)
    .values({
      workspaceId: job.workspaceId,
      userId: job.submittedBy,
      name: `${job.name}, ${name}`,
      hash: mlflow.hash,
      prefix: mlflow.prefix,
      scopes: programScopes,
      runId: job.runId,
      datasets: Object.values(job.spec.datasets),
    })
    .returning({ id: apiTokens.id });
  return { id: apiToken?.id ?? null, secret: mlflow.secret };
}

/**
 * Says what the wrapper on a machine of an attempt runs.
 * @param token its own @param programToken of its program @param url what the program reaches Leeway by
 */
export async function describeStart(
  ctx: Context,
  job: JobRow,
  given: Pick<StartedAttempt, "attempt" | "token" | "deadline" | "checkpoints"> & { programToken: string; url: string },
): Promise<Omit<StartedAttempt, "maxFileBytes">> {
  const { programToken, url, ...own } = given;
  const { spec } = job;
  return {
    ...own,
    jobId: job.id,
    runId: job.runId,
    command: spec.command,
    environment: {
      ...spec.environment,
      MLFLOW_TRACKING_URI: url,
      MLFLOW_TRACKING_TOKEN: programToken,
      MLFLOW_RUN_ID: job.runId,
      MLFLOW_EXPERIMENT_ID: await experimentOf(ctx, job.runId),
      LEEWAY_DATASETS: JSON.stringify(await describeDatasets(ctx, spec.datasets, url)),
    },
    parameters: spec.parameters,
    parametersAs: spec.parametersAs,
    seed: spec.seed,
    graceSeconds: spec.limits.graceSeconds,
    heartbeatSeconds,
  };
}

/** Checkpoints to go on from, newest first; those that were found torn are left out. @param until the newest that counts */
export async function loadCheckpoints(
  ctx: Context,
  jobId: string,
  until?: number,
): Promise<StartedAttempt["checkpoints"]> {
  return ctx.db
    .select({
      id: trainingCheckpoints.id,
      seq: trainingCheckpoints.seq,
      step: trainingCheckpoints.step,
      name: trainingCheckpoints.name,
      files: trainingCheckpoints.files,
    })
    .from(trainingCheckpoints)
    .where(
      and(
        eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId),
        eq(trainingCheckpoints.jobId, jobId),
        isNull(trainingCheckpoints.tornAt),
        isNull(trainingCheckpoints.removedAt),
        until === undefined ? undefined : lte(trainingCheckpoints.seq, until),
      ),
    )
    .orderBy(desc(trainingCheckpoints.seq))
    .limit(10);
}

async function experimentOf(ctx: Context, runId: string): Promise<string> {
  const [run] = await ctx.db
    .select({ id: runs.experimentId })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, runId)));
  return String(run?.id ?? "");
}

/** Datasets by the name that the program knows them by: the version, and where its file is read with the token of the program. */
async function describeDatasets(ctx: Context, datasets: Record<string, string>, url: string) {
  const ids = Object.values(datasets);
  if (ids.length === 0) return {};
  const versions = await ctx.db
    .select({
      id: datasetVersions.id,
      dataset: datasetVersions.name,
      digest: datasetVersions.digest,
      fileName: datasetVersions.fileName,
      sha256: datasetVersions.sha256,
    })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.id, ids)));
  return Object.fromEntries(
    Object.entries(datasets).flatMap(([name, wanted]) =>
      versions
        .filter(({ id }) => id === wanted)
        .map(({ id: _, ...version }) => {
          const path = `datasets/${encodeURIComponent(version.dataset)}/versions/${version.digest}/file`;
          return [name, { ...version, address: `${url}/api/v1/${path}` }];
        }),
    ),
  );
}

/** Epoch second at which the hours of all its attempts together are over. */
export async function deadlineOf(ctx: Context, { id, spec, workspaceId }: JobRow): Promise<number> {
  const { rows } = await ctx.db.execute<{ used: number; now: number }>(sql`
    select extract(epoch from now())::float8 as now,
      coalesce(sum(extract(epoch from coalesce(ended_at, heartbeat_at, started_at) - started_at)), 0)::float8 as used
    from training_attempts where workspace_id = ${workspaceId} and job_id = ${id} and started_at is not null`);
  const { now = Date.now() / 1000, used = 0 } = rows[0] ?? {};
  return Math.floor(now + Math.max(0, (spec.limits.hours * hourMs) / 1000 - used));
}
