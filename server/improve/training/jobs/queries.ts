import { and, asc, desc, eq, inArray, like, lt, notInArray, or, type SQL } from "drizzle-orm";
import { jobTemplates, trainingAttempts, trainingEngines, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { EndCause, openJobStates } from "../contract.ts";
import { ListJobs, type TrainingJob, type TrainingJobDetails } from "./contract.ts";
import { costOfAttempts } from "./estimate-cost.ts";

/** Lists jobs, newest first. */
export async function listJobs(ctx: Context, input: ListJobs = {}): Promise<TrainingJob[]> {
  permit(ctx, "listJobs");
  const { state, search, sweepId, limit, before } = ListJobs.parse(input);
  const states = [...openJobStates];
  const pattern = `%${search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const where = and(
    state === "open" ? inArray(trainingJobs.state, states) : undefined,
    state === "ended" ? notInArray(trainingJobs.state, states) : undefined,
    search === "" ? undefined : or(like(trainingJobs.name, pattern), like(trainingJobs.id, pattern)),
    sweepId === undefined ? undefined : eq(trainingJobs.sweepId, sweepId),
    // Ids sort by their time.
    before === undefined ? undefined : lt(trainingJobs.id, before),
  );
  return select(ctx, where).orderBy(desc(trainingJobs.id)).limit(limit).then(shown);
}

/** Returns a job with its specification and attempts. @throws DomainError "not-found" */
export async function getJob(ctx: Context, id: string): Promise<TrainingJobDetails> {
  permit(ctx, "getJob");
  return loadJob(ctx, id);
}

/** The same for a caller that has checked permissions. @throws DomainError "not-found" */
export async function loadJob(ctx: Context, id: string): Promise<TrainingJobDetails> {
  const rows = await select(ctx, eq(trainingJobs.id, id));
  const [job] = shown(rows);
  const spec = rows[0]?.job.spec;
  if (!job || !spec) throw noJob();
  const attempts = await ctx.db
    .select(shownColumns)
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, id)))
    .orderBy(asc(trainingAttempts.number));
  const shownAttempts = attempts.map(({ machine: _, ...attempt }) => ({ ...attempt, cause: causeOf(attempt.cause) }));
  const { currency: costCurrency, ...spent } = costOfAttempts(spec.resources, attempts, await readBook(ctx));
  return { ...job, spec, attempts: shownAttempts, ...spent, costCurrency };
}

/** What is shown of an attempt, and its machine for its cost: neither the hash of its token nor what its wrapper reported of its surroundings. */
const shownColumns = {
  number: trainingAttempts.number,
  state: trainingAttempts.state,
  host: trainingAttempts.host,
  launchedAt: trainingAttempts.launchedAt,
  startedAt: trainingAttempts.startedAt,
  heartbeatAt: trainingAttempts.heartbeatAt,
  endedAt: trainingAttempts.endedAt,
  exitCode: trainingAttempts.exitCode,
  signal: trainingAttempts.signal,
  cause: trainingAttempts.cause,
  message: trainingAttempts.message,
  fromStep: trainingAttempts.fromStep,
  lastStep: trainingAttempts.lastStep,
  logBytes: trainingAttempts.logBytes,
  logDropped: trainingAttempts.logDropped,
  tornCheckpoints: trainingAttempts.tornCheckpoints,
  machine: trainingAttempts.machine,
};

/** Checks that there is such a job, for what belongs to it. @throws DomainError "not-found" */
export async function requireJob(ctx: Context, id: string): Promise<void> {
  const own = and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, id));
  if ((await ctx.db.$count(trainingJobs, own)) === 0) throw noJob();
}

export const noJob = () => new DomainError("not-found", "Training job not found.");

const causeOf = (text: string | null) => (text === null ? null : EndCause.parse(text));

function select(ctx: Context, where: SQL | undefined) {
  return ctx.db
    .select({ job: trainingJobs, engine: trainingEngines.name, template: jobTemplates.name })
    .from(trainingJobs)
    .leftJoin(trainingEngines, eq(trainingEngines.id, trainingJobs.engineId))
    .leftJoin(jobTemplates, eq(jobTemplates.id, trainingJobs.templateId))
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), where))
    .$dynamic();
}

function shown(rows: Awaited<ReturnType<typeof select>>): TrainingJob[] {
  return rows.map(({ job, engine, template }) => ({
    ...job,
    engine,
    template,
    cause: causeOf(job.cause),
    submittedBy: job.submittedByName,
  }));
}

export { select as selectJobs, shown as shownJobs };
