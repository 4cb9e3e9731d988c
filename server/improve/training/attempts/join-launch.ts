import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { lockJob } from "../jobs/lock-job.ts";
import { JoinLaunch, type StartedAttempt } from "./contract.ts";
import { deadlineOf, describeStart, issueProgramToken, loadCheckpoints } from "./describe-start.ts";
import { type LaunchCaller, noLaunch, requireLaunch } from "./launch-token.ts";
import { rankTokenOf } from "./rank-token.ts";
import { doNotRun, hasEnded, loadNewest, requireOpenLaunch } from "./require-open-launch.ts";

/**
 * Lets the wrapper on another machine of a launch join the attempt that the first one has started. It makes no attempt, and gets a token that
 * writes nothing but the end of its own program. docs/spec/training.md section 3.
 * @param addresses what the program reaches Leeway by
 * @throws DomainError "unauthenticated", "conflict" as startLaunch; "unavailable" until the first machine has started: it is asked again
 */
export async function joinLaunch(
  db: Database,
  { launchId, token, ...input }: JoinLaunch & LaunchCaller,
  { url }: { url: string },
): Promise<Omit<StartedAttempt, "maxFileBytes">> {
  const { rank, host } = JoinLaunch.parse(input);
  const { jobId, launch } = await requireLaunch(db, { launchId, token });
  const [known] = await db
    .select({ workspaceId: trainingJobs.workspaceId })
    .from(trainingJobs)
    .where(eq(trainingJobs.id, jobId));
  if (!known) throw noLaunch();
  return transact(systemContext(db, known.workspaceId, "training"), async (ctx) => {
    const job = await lockJob(ctx, jobId);
    if (rank >= job.spec.resources.nodes) {
      throw new DomainError("invalid", "The job has fewer machines.", { field: "rank" });
    }
    await requireOpenLaunch(ctx, job, launch);
    const attempt = await loadNewest(ctx, job.id);
    // Until its first heartbeat its start may be repeated, with other tokens.
    if (attempt?.launch !== launch || attempt.state === "started") {
      throw new DomainError("unavailable", "The first machine of this launch has not started yet.");
    }
    if (attempt.report || attempt.endedAt || attempt.fencedAt) throw doNotRun(hasEnded);
    const { number } = attempt;
    const program = await issueProgramToken(ctx, job, `attempt ${number}, rank ${rank}`);
    await record(ctx, "training-job.joined", {
      subject: `training-job/${job.id}`,
      after: { attempt: number, rank, host },
    });
    return describeStart(ctx, job, {
      attempt: number,
      token: await rankTokenOf(ctx.db, { jobId, number, rank }),
      deadline: await deadlineOf(ctx, job),
      // All machines go on from the same step, also when the first one has saved meanwhile.
      checkpoints: await checkpointsUntil(ctx, job.id, attempt.resumedFrom),
      programToken: program.secret,
      url,
    });
  });
}

async function checkpointsUntil(ctx: Context, jobId: string, resumedFrom: string | null) {
  if (!resumedFrom) return [];
  const [newest] = await ctx.db
    .select({ seq: trainingCheckpoints.seq })
    .from(trainingCheckpoints)
    .where(and(eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId), eq(trainingCheckpoints.id, resumedFrom)));
  return newest ? loadCheckpoints(ctx, jobId, newest.seq) : [];
}
