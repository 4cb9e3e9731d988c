import { and, asc, eq } from "drizzle-orm";
import { trainingAttempts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { listTrainingCheckpoints } from "../checkpoints/queries.ts";
import { hourlyRate } from "../jobs/estimate-cost.ts";
import { loadJob } from "../jobs/queries.ts";
import type { JobHistory } from "./contract.ts";
import { summariseHistory } from "./summarise-history.ts";

/** Returns what interrupted a job, what that cost, and what its newest attempt reported of its surroundings. @throws DomainError "not-found" */
export async function getJobHistory(ctx: Context, id: string): Promise<JobHistory> {
  permit(ctx, "getJob");
  const { submittedAt, spec } = await loadJob(ctx, id);
  const attempts = await ctx.db
    .select()
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, id)))
    .orderBy(asc(trainingAttempts.number));
  const checkpoints = await listTrainingCheckpoints(ctx, id);
  const book = await readBook(ctx);
  const record = attempts.findLast((attempt) => attempt.record)?.record ?? null;
  return {
    ...summariseHistory({ submittedAt, attempts, checkpoints }, ({ startedAt, machine }, isSpot) => {
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
    record: record && { ...record, code: record.code && { ...record.code, diff: null } },
  };
}
