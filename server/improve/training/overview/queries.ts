import { and, asc, desc, eq, gt, ilike, inArray, isNull, notInArray, or, type SQL, sql } from "drizzle-orm";
import {
  jobTemplates,
  trainingAttempts,
  trainingCheckpoints,
  trainingEngines,
  trainingJobs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { admit } from "../admission/admit.ts";
import { reachedStep } from "../attempts/contract.ts";
import { EndCause, JobSpec, openJobStates } from "../contract.ts";
import { describeProblem } from "../health/describe-problem.ts";
import { findJobProblems } from "../health/find-job-problems.ts";
import { costOfAttempts } from "../jobs/estimate-cost.ts";
import { selectJobs, shownJobs } from "../jobs/queries.ts";
import { readAdmission } from "../watch/read-admission.ts";
import { readBudgetsLeft } from "../watch/read-budgets-left.ts";
import { type EngineUse, type JobCounts, type JobListRow, ListJobsOverview } from "./contract.ts";

const maxOpen = 500;
const runningStates = ["submitting", "running", "resuming"] as const;
const open = inArray(trainingJobs.state, [...openJobStates]);

/**
 * Lists open jobs, waiting ones in the order in which they start, and the newest of those that ended. Counts are of the whole workspace.
 * @param now milliseconds since 1970
 */
export async function listJobsOverview(
  ctx: Context,
  input: ListJobsOverview = {},
  now = Date.now(),
): Promise<{ rows: JobListRow[]; counts: JobCounts & { attention: number }; uses: Map<string, EngineUse> }> {
  permit(ctx, "listJobs");
  const { show, search, limit } = ListJobsOverview.parse(input);
  const matches = matching(search);
  const problems = Map.groupBy(await findJobProblems(ctx, now), ({ jobId }) => jobId);
  const chosen =
    show === "attention"
      ? inArray(trainingJobs.id, [...problems.keys()])
      : show === "all"
        ? undefined
        : stateWhere(show);
  const [opened, ended, counts, uses, places] = [
    await selectJobs(ctx, and(open, matches, chosen))
      .orderBy(asc(trainingJobs.id))
      .limit(maxOpen),
    await selectJobs(ctx, and(notInArray(trainingJobs.state, [...openJobStates]), matches, chosen))
      .orderBy(desc(trainingJobs.endedAt), desc(trainingJobs.id))
      .limit(limit),
    await countJobs(ctx),
    await listEngineUses(ctx),
    await readPlaces(ctx, now),
  ];
  const jobs = [...opened, ...ended];
  const more = await readMore(
    ctx,
    jobs.map(({ job }) => job.id),
  );
  const book = await readBook(ctx);
  const rows = shownJobs(jobs).map((job, at): JobListRow => {
    const spec = JobSpec.parse(jobs[at]?.job.spec);
    const attempts = more.attempts.get(job.id) ?? [];
    const { currency: costCurrency, ...spent } = costOfAttempts(spec.resources, attempts, book);
    const problem = problems.get(job.id)?.[0];
    return {
      ...job,
      place: places.get(job.id) ?? null,
      attempts: attempts.map(({ number, cause, startedAt, endedAt }) => ({
        number,
        cause: cause === null ? null : EndCause.parse(cause),
        startedAt,
        endedAt,
      })),
      lastStep: reachedStep(attempts),
      parameters: spec.parameters,
      limits: spec.limits,
      ...spent,
      costCurrency,
      checkpointAt: more.saved.get(job.id) ?? null,
      // The worst of them.
      attention: problem ? describeProblem(problem, now) : null,
    };
  });
  return { rows, counts: { ...counts, attention: problems.size }, uses };
}

/** Reads the budgets that training is held to, with what is left of each this month. @param now milliseconds since 1970 */
export async function listTrainingBudgets(
  ctx: Context,
  now = Date.now(),
): Promise<{ amount: string; spent: string; month: string; share: number }[]> {
  permit(ctx, "listJobs");
  const budgets = await readBudgetsLeft(ctx, now);
  return budgets.map(({ amount, spent, month, format }) => ({
    amount: format(amount),
    spent: format(spent),
    month,
    share: amount > 0 ? spent / amount : 1,
  }));
}

function matching(search: string): SQL | undefined {
  const text = search.trim();
  if (text === "") return undefined;
  const pattern = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return or(
    ...[trainingJobs.name, trainingJobs.id, trainingEngines.name, jobTemplates.name].map((column) =>
      ilike(column, pattern),
    ),
  );
}

function stateWhere(show: "queued" | "running" | "ended"): SQL | undefined {
  if (show === "queued") return eq(trainingJobs.state, "waiting");
  return show === "running"
    ? inArray(trainingJobs.state, [...runningStates])
    : notInArray(trainingJobs.state, [...openJobStates]);
}

async function countJobs(ctx: Context): Promise<JobCounts> {
  const count = (where: SQL) => sql<number>`count(*) filter (where ${where})::int`;
  const [counts] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      queued: count(eq(trainingJobs.state, "waiting")),
      running: count(inArray(trainingJobs.state, [...runningStates])),
      ended: count(gt(trainingJobs.endedAt, sql`now() - interval '1 day'`)),
    })
    .from(trainingJobs)
    .where(eq(trainingJobs.workspaceId, ctx.actor.workspaceId));
  return counts ?? { all: 0, queued: 0, running: 0, ended: 0 };
}

/** Sums what running jobs use, by the id of their engine. One that resumes has no machine until it is submitted again. */
export async function listEngineUses(ctx: Context): Promise<Map<string, EngineUse>> {
  permit(ctx, "listJobs");
  const rows = await ctx.db
    .select({ engineId: trainingJobs.engineId, spec: trainingJobs.spec })
    .from(trainingJobs)
    .where(
      and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), inArray(trainingJobs.state, ["submitting", "running"])),
    );
  const uses = new Map<string, EngineUse>();
  for (const { engineId, spec } of rows) {
    if (engineId === null) continue;
    const { cores, gpus, nodes } = JobSpec.parse(spec).resources;
    const use = uses.get(engineId) ?? { jobs: 0, cores: 0, gpus: 0 };
    uses.set(engineId, { jobs: use.jobs + 1, cores: use.cores + cores * nodes, gpus: use.gpus + gpus * nodes });
  }
  return uses;
}

/** Places of waiting jobs in the order of admission. */
async function readPlaces(ctx: Context, now: number): Promise<Map<string, number>> {
  const { waiting, ...facts } = await readAdmission(ctx, now);
  const { admissions } = admit(waiting, { ...facts, now });
  return new Map(admissions.map(({ id }, at) => [id, at + 1]));
}

async function readMore(ctx: Context, ids: string[]) {
  const { workspaceId } = ctx.actor;
  const attempts = await ctx.db
    .select({
      jobId: trainingAttempts.jobId,
      number: trainingAttempts.number,
      cause: trainingAttempts.cause,
      startedAt: trainingAttempts.startedAt,
      heartbeatAt: trainingAttempts.heartbeatAt,
      endedAt: trainingAttempts.endedAt,
      machine: trainingAttempts.machine,
      fromStep: trainingAttempts.fromStep,
      lastStep: trainingAttempts.lastStep,
    })
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, workspaceId), inArray(trainingAttempts.jobId, ids)))
    .orderBy(asc(trainingAttempts.jobId), asc(trainingAttempts.number));
  const saved = await ctx.db
    .select({ jobId: trainingCheckpoints.jobId, at: sql<string>`max(${trainingCheckpoints.createdAt})` })
    .from(trainingCheckpoints)
    .where(
      and(
        eq(trainingCheckpoints.workspaceId, workspaceId),
        inArray(trainingCheckpoints.jobId, ids),
        isNull(trainingCheckpoints.tornAt),
      ),
    )
    .groupBy(trainingCheckpoints.jobId);
  return {
    attempts: Map.groupBy(attempts, ({ jobId }) => jobId),
    saved: new Map(saved.map(({ jobId, at }) => [jobId, new Date(at)])),
  };
}
