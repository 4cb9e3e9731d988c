import { and, asc, eq, inArray } from "drizzle-orm";
import { datasetVersions, trainingAttempts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { listTrainingCheckpoints } from "../checkpoints/queries.ts";
import { hourlyRate } from "../jobs/estimate-cost.ts";
import { noJob } from "../jobs/queries.ts";
import { findJobRow } from "../reproducibility/find-job-row.ts";
import type { JobHistory } from "./contract.ts";
import { summariseHistory } from "./summarise-history.ts";

/** Returns what interrupted a job, what that cost, and what its newest attempt reported of its surroundings. @throws DomainError "not-found" */
export async function getJobHistory(ctx: Context, id: string, now = new Date()): Promise<JobHistory> {
  permit(ctx, "getJob");
  const job = await findJobRow(ctx, id);
  if (!job) throw noJob();
  const { submittedAt, spec, state } = job;
  const attempts = await ctx.db
    .select()
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, id)))
    .orderBy(asc(trainingAttempts.number));
  const checkpoints = await listTrainingCheckpoints(ctx, id);
  const waitsAt = state === "waiting" || state === "submitting" || state === "resuming" ? now : null;
  const book = await readBook(ctx);
  const record = attempts.findLast((attempt) => attempt.record)?.record ?? null;
  return {
    ...summariseHistory({ submittedAt, attempts, checkpoints, waitsAt }, ({ startedAt, machine }, isSpot) => {
      const resources = { ...spec.resources, gpuKind: machine?.gpuKind ?? spec.resources.gpuKind, spot: isSpot };
      return hourlyRate(resources, { book, machine: machine?.kind ?? "", now: startedAt?.getTime() ?? 0 });
    }),
    attempts: attempts.map(({ number, resumedFrom, silentSince, heartbeat, machine }) => ({
      number,
      resumedFrom,
      silentSince,
      heartbeat,
      machine,
    })),
    datasets: await readDatasets(ctx, spec.datasets),
    record: record && { ...record, code: record.code && { ...record.code, diff: null } },
  };
}

async function readDatasets(ctx: Context, datasets: Record<string, string>): Promise<JobHistory["datasets"]> {
  const ids = Object.values(datasets);
  if (ids.length === 0) return [];
  const versions = await ctx.db
    .select({ id: datasetVersions.id, dataset: datasetVersions.name, digest: datasetVersions.digest })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.id, ids)));
  return Object.entries(datasets).map(([name, wanted]) => {
    const { dataset, digest } = versions.find(({ id }) => id === wanted) ?? {};
    return { name, version: dataset === undefined || digest === undefined ? null : { dataset, digest } };
  });
}
