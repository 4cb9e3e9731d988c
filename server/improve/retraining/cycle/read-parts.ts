import { and, desc, eq } from "drizzle-orm";
import { modelVersions, rolloutDecisions, rollouts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { openJobStates } from "../../training/contract.ts";
import { readCandidateGates } from "./candidate-gates.ts";
import { mayRegister } from "./find-candidate.ts";
import { readFrozenLeakage } from "./frozen-leakage.ts";
import type { FoundCycle } from "./lock-cycle.ts";
import type { CycleParts } from "./next-step.ts";
import { readComparedRuns } from "./request-comparison.ts";

/**
 * Reads what there is of a cycle: how its job, its evaluations, its gates and its rollout stand. What came of them before is in the cycle already
 * (write-found.ts). @param now milliseconds since 1970
 */
export async function readParts(ctx: Context, cycle: FoundCycle, now: number): Promise<CycleParts> {
  const { candidateId, candidateVersion } = cycle;
  const candidate = candidateId === null || candidateVersion === null ? null : { version: candidateVersion };
  return {
    data: await readData(ctx, cycle),
    job: await readJob(ctx, cycle, now),
    candidate,
    comparison: await readComparison(ctx, cycle),
    gates: await readGates(ctx, cycle),
    approval: readApproval(cycle),
    rollout: await readRollout(ctx, cycle),
  };
}

async function readData(ctx: Context, cycle: FoundCycle): Promise<CycleParts["data"]> {
  const { data, jobId } = cycle;
  if (!data) return null;
  // A job that has it was only submitted once it was checked.
  if (jobId !== null) return { state: "ready" };
  if (data.problem !== null) return { state: "failed", problem: data.problem };
  if (!data.version) return { state: "making" };
  const leakage = await readFrozenLeakage(ctx, cycle, data.version);
  if (leakage.state === "found") return { state: "failed", problem: leakage.problem };
  return leakage.state === "clean" ? { state: "ready" } : { state: "making" };
}

async function readJob(ctx: Context, cycle: FoundCycle, now: number): Promise<CycleParts["job"]> {
  const { jobId, candidateId, candidateVersion } = cycle;
  if (jobId === null) return null;
  if (candidateId !== null) {
    const isThere = and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, candidateId));
    if ((await ctx.db.$count(modelVersions, isThere)) > 0) return { state: "finished" };
    return { state: "failed", problem: `Version ${candidateVersion ?? ""} was deleted.` };
  }
  const [job] = await ctx.db
    .select({
      state: trainingJobs.state,
      cause: trainingJobs.cause,
      message: trainingJobs.message,
      runId: trainingJobs.runId,
      endedAt: trainingJobs.endedAt,
    })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, jobId)));
  if (!job) return { state: "failed", problem: "The training job was removed." };
  if (openJobStates.some((state) => state === job.state)) return { state: "open" };
  if (job.state === "finished") {
    return { state: (await mayRegister(ctx, job, now)) ? "open" : "finished" };
  }
  return { state: "failed", problem: job.message || `The training job ended: ${job.cause ?? job.state}.` };
}

async function readComparison(ctx: Context, { comparison }: FoundCycle): Promise<CycleParts["comparison"]> {
  if (!comparison) return null;
  if (comparison.problem !== null) return { state: "failed", problem: comparison.problem };
  if (comparison.acceptance) return { state: "done", ...comparison.acceptance };
  const { runs, isComplete } = await readComparedRuns(ctx, comparison);
  if (!isComplete) return { state: "failed", problem: "An evaluation of the comparison was deleted." };
  const ended = runs.find(({ state }) => state === "failed" || state === "cancelled");
  if (ended) return { state: "failed", problem: ended.problem ?? "An evaluation of the comparison was cancelled." };
  return { state: "running" };
}

async function readGates(ctx: Context, cycle: FoundCycle): Promise<CycleParts["gates"]> {
  const { gatesAt, rolloutId, candidateId, candidateVersion } = cycle;
  if (!gatesAt || candidateId === null || candidateVersion === null) return null;
  if (rolloutId !== null) return { state: "passed" };
  return readCandidateGates(ctx, cycle, { id: candidateId, version: candidateVersion });
}

function readApproval({ approval }: FoundCycle): CycleParts["approval"] {
  if (!approval) return null;
  const { decision } = approval;
  if (!decision) return { state: "asked" };
  return decision.isGiven
    ? { state: "given" }
    : { state: "failed", problem: `Declined by ${decision.by}: ${decision.reason}` };
}

async function readRollout(ctx: Context, { rolloutId }: FoundCycle): Promise<CycleParts["rollout"]> {
  if (rolloutId === null) return null;
  const [rollout] = await ctx.db
    .select({ phase: rollouts.phase })
    .from(rollouts)
    .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), eq(rollouts.id, rolloutId)));
  if (!rollout) return { state: "failed", problem: "the rollout was deleted." };
  if (rollout.phase === "promoted") return { state: "promoted" };
  if (rollout.phase !== "rolled-back") return { state: "running" };
  const [last] = await ctx.db
    .select({ words: rolloutDecisions.words, reason: rolloutDecisions.reason })
    .from(rolloutDecisions)
    .where(
      and(
        eq(rolloutDecisions.workspaceId, ctx.actor.workspaceId),
        eq(rolloutDecisions.rolloutId, rolloutId),
        eq(rolloutDecisions.kind, "roll-back"),
      ),
    )
    .orderBy(desc(rolloutDecisions.id))
    .limit(1);
  return { state: "failed", problem: last?.reason ?? last?.words ?? "the rollout ended." };
}
