import { and, asc, eq, gt, ilike, inArray, isNotNull, isNull, notInArray, or, type SQL, sql } from "drizzle-orm";
import {
  jobTemplates,
  trainingAttempts,
  trainingCheckpoints,
  trainingEngines,
  trainingJobs,
  trainingSweeps,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import { admit } from "../admission/admit.ts";
import { reachedStep } from "../attempts/contract.ts";
import { EndCause, JobSpec, openJobStates } from "../contract.ts";
import { describeProblem } from "../health/describe-problem.ts";
import { findJobProblems } from "../health/find-job-problems.ts";
import { costOfAttempts } from "../jobs/estimate-cost.ts";
import { selectJobs, shownJobs } from "../jobs/queries.ts";
import { loadSweeps } from "../sweeps/queries.ts";
import { readAdmission } from "../watch/read-admission.ts";
import { readBudgetsLeft } from "../watch/read-budgets-left.ts";
import {
  type EngineUse,
  type JobCounts,
  type JobListRow,
  type JobsOverview,
  ListJobsOverview,
  type OverviewRow,
  type SweepListRow,
} from "./contract.ts";

const maxOpen = 500;
const runningStates = ["submitting", "running", "resuming"] as const;
const open = inArray(trainingJobs.state, [...openJobStates]);

/**
 * Lists open jobs, waiting ones in the order in which they start, and a page of those that ended. A sweep is one row for all of its trials;
 * where jobs need attention, and where only a trial has the text that is searched for, trials have rows of their own. Counts are of the whole
 * workspace. @param now milliseconds since 1970
 */
export async function listJobsOverview(
  ctx: Context,
  input: ListJobsOverview = {},
  now = Date.now(),
): Promise<JobsOverview> {
  permit(ctx, "listJobs");
  const { show, search, limit, before } = ListJobsOverview.parse(input);
  const problems = Map.groupBy(await findJobProblems(ctx, now), ({ jobId }) => jobId);
  const jobWhere =
    show === "attention"
      ? and(inArray(trainingJobs.id, [...problems.keys()]), jobMatches(search))
      : or(
          and(isNull(trainingJobs.sweepId), jobMatches(search)),
          search.trim() === "" ? undefined : and(isNotNull(trainingJobs.sweepId), trialMatches(search)),
        );
  const sweepWhere = show === "attention" ? sql`false` : sweepMatches(search);
  const isFirst = before === undefined && show !== "ended";
  const openJobs = isFirst
    ? await selectJobs(ctx, and(open, jobWhere, show === "queued" || show === "running" ? stateWhere(show) : undefined))
        .orderBy(asc(trainingJobs.id))
        .limit(maxOpen)
    : [];
  const openSweeps = isFirst ? await findOpenSweeps(ctx, sweepWhere) : [];
  const hasEnded = show !== "queued" && show !== "running";
  const ended = hasEnded
    ? await readEnded(ctx, { jobWhere, sweepWhere, limit, before })
    : { page: [], count: 0, next: null };
  const endedJobs = await selectJobs(ctx, inArray(trainingJobs.id, idsOf(ended.page, "job")));
  const book = await readBook(ctx);
  const places = await readPlaces(ctx, now, book);
  const facts = { places, problems, book, now };
  const jobs = new Map((await jobRows(ctx, [...openJobs, ...endedJobs], facts)).map((row) => [row.id, row]));
  const sweeps = await sweepRows(ctx, [...openSweeps, ...idsOf(ended.page, "sweep")], facts);
  const rows = [
    ...openJobs.map(({ job }) => jobs.get(job.id)),
    ...openSweeps.map((id) => sweeps.get(id)).filter((row) => show === "all" || row?.group === show),
    ...ended.page.map(({ kind, id }) => (kind === "job" ? jobs : sweeps).get(id)),
  ];
  return {
    // What ended between both reads is there once.
    rows: [...new Set(rows)].filter((row) => row !== undefined),
    ended: ended.count,
    next: ended.next,
    counts: await countJobs(ctx),
    rowCounts: { ...(await countRows(ctx)), attention: problems.size },
    uses: await listEngineUses(ctx),
  };
}

type Kind = OverviewRow["kind"];

const idsOf = (page: readonly { kind: Kind; id: string }[], kind: Kind) =>
  page.flatMap((each) => (each.kind === kind ? [each.id] : []));

interface Facts {
  places: ReadonlyMap<string, number>;
  problems: ReadonlyMap<string, Parameters<typeof describeProblem>[0][]>;
  book: Awaited<ReturnType<typeof readBook>>;
  now: number;
}

async function jobRows(
  ctx: Context,
  jobs: Awaited<ReturnType<typeof selectJobs>>,
  { places, problems, book, now }: Facts,
): Promise<JobListRow[]> {
  const more = await readMore(
    ctx,
    jobs.map(({ job }) => job.id),
  );
  return shownJobs(jobs).map((job, at): JobListRow => {
    const spec = JobSpec.parse(jobs[at]?.job.spec);
    const attempts = more.attempts.get(job.id) ?? [];
    const { currency: costCurrency, ...spent } = costOfAttempts(spec.resources, attempts, book);
    const problem = problems.get(job.id)?.[0];
    return {
      kind: "job",
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
}

async function sweepRows(
  ctx: Context,
  ids: readonly string[],
  { places, problems, book }: Facts,
): Promise<Map<string, SweepListRow>> {
  const sweeps = await loadSweeps(ctx, ids);
  const attempts = await readTrialAttempts(ctx, [...sweeps.keys()]);
  const rows = [...sweeps.values()].map(({ sweep, resources, list }): SweepListRow => {
    const own = attempts.get(sweep.id) ?? [];
    const { currency: costCurrency, ...spent } = costOfAttempts(resources, own, book);
    const waiting = list.flatMap(({ jobId }) => places.get(jobId) ?? []);
    const isOpen = sweep.state === "running" || sweep.counts.open > 0;
    const isRunning = list.some(({ state }) => runningStates.some((each) => each === state));
    const ill = list.filter(({ jobId }) => problems.has(jobId)).length;
    return {
      kind: "sweep",
      ...sweep,
      group: isRunning ? "running" : isOpen ? "queued" : "ended",
      place: waiting.length > 0 ? Math.min(...waiting) : null,
      attempts: own.length,
      ...spent,
      costCurrency,
      attention: ill === 0 ? null : `${ill} ${ill === 1 ? "trial needs" : "trials need"} attention.`,
    };
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Attempts of all trials of sweeps, as their cost needs them. */
async function readTrialAttempts(ctx: Context, sweepIds: readonly string[]) {
  const rows = await ctx.db
    .select({
      sweepId: trainingJobs.sweepId,
      startedAt: trainingAttempts.startedAt,
      heartbeatAt: trainingAttempts.heartbeatAt,
      endedAt: trainingAttempts.endedAt,
      machine: trainingAttempts.machine,
    })
    .from(trainingAttempts)
    .innerJoin(trainingJobs, eq(trainingJobs.id, trainingAttempts.jobId))
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), inArray(trainingJobs.sweepId, [...sweepIds])));
  return Map.groupBy(rows, ({ sweepId }) => sweepId ?? "");
}

const trialIn = (states: readonly string[]) => sql`exists (select 1 from training_jobs as trial
  where trial.sweep_id = ${trainingSweeps.id} and trial.state in (${sql.join(
    states.map((state) => sql`${state}`),
    sql`, `,
  )}))`;

/** A sweep that was stopped stays open until its last trial has ended. */
const isOpenSweep = sql`(${trainingSweeps.state} = 'running' or ${trialIn(openJobStates)})`;

async function findOpenSweeps(ctx: Context, where: SQL | undefined): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: trainingSweeps.id })
    .from(trainingSweeps)
    .where(and(eq(trainingSweeps.workspaceId, ctx.actor.workspaceId), isOpenSweep, where))
    .orderBy(asc(trainingSweeps.createdAt), asc(trainingSweeps.id))
    .limit(maxOpen);
  return rows.map(({ id }) => id);
}

interface EndedRow extends Record<string, unknown> {
  kind: Kind;
  id: string;
  at: string;
  count: number;
}

/** Reads a page of the jobs and sweeps that ended, newest first, and how many there are on all pages. */
async function readEnded(
  ctx: Context,
  {
    jobWhere,
    sweepWhere,
    limit,
    before,
  }: { jobWhere: SQL | undefined; sweepWhere: SQL | undefined; limit: number; before: string | undefined },
): Promise<{ page: { kind: Kind; id: string }[]; count: number; next: string | null }> {
  const { workspaceId } = ctx.actor;
  const jobs = ctx.db
    .select({
      kind: sql<Kind>`'job'`.as("kind"),
      id: sql<string>`${trainingJobs.id}`.as("id"),
      at: sql`coalesce(${trainingJobs.endedAt}, ${trainingJobs.submittedAt})`.as("at"),
    })
    .from(trainingJobs)
    .leftJoin(trainingEngines, eq(trainingEngines.id, trainingJobs.engineId))
    .leftJoin(jobTemplates, eq(jobTemplates.id, trainingJobs.templateId))
    .where(and(eq(trainingJobs.workspaceId, workspaceId), stateWhere("ended"), jobWhere));
  const sweeps = ctx.db
    .select({
      kind: sql<Kind>`'sweep'`.as("kind"),
      id: sql<string>`${trainingSweeps.id}::text`.as("id"),
      at: sql`coalesce(${trainingSweeps.endedAt}, ${trainingSweeps.createdAt})`.as("at"),
    })
    .from(trainingSweeps)
    .where(and(eq(trainingSweeps.workspaceId, workspaceId), sql`not ${isOpenSweep}`, sweepWhere));
  const [at = "", id = ""] = before?.split("~") ?? [];
  const { rows } = await ctx.db.execute<EndedRow>(sql`
    with ended as (${jobs} union all ${sweeps})
    select kind, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      (select count(*)::int from ended) as count
    from ended
    where ${before === undefined ? sql`true` : sql`(at, id) < (${at}::timestamptz, ${id})`}
    order by ended.at desc, id desc
    limit ${limit + 1}`);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    page: rows.slice(0, limit),
    count: rows[0]?.count ?? 0,
    next: last ? `${last.at}~${last.id}` : null,
  };
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

const patternOf = (search: string) => `%${search.trim().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

function jobMatches(search: string): SQL | undefined {
  if (search.trim() === "") return undefined;
  const columns = [trainingJobs.name, trainingJobs.id, trainingEngines.name, jobTemplates.name];
  return or(...columns.map((column) => ilike(column, patternOf(search))));
}

/** Finds trials by what their sweep does not have. */
function trialMatches(search: string): SQL | undefined {
  const pattern = patternOf(search);
  return and(
    or(ilike(trainingJobs.name, pattern), ilike(trainingJobs.id, pattern)),
    sql`not exists (select 1 from training_sweeps as own where own.id = ${trainingJobs.sweepId} and own.name ilike ${pattern})`,
  );
}

function sweepMatches(search: string): SQL | undefined {
  if (search.trim() === "") return undefined;
  const pattern = patternOf(search);
  return or(
    ilike(trainingSweeps.name, pattern),
    sql`${trainingSweeps.id}::text ilike ${pattern}`,
    sql`${trainingSweeps.job} -> 'template' ->> 'name' ilike ${pattern}`,
    sql`exists (select 1 from training_engines as engine
      where engine.id::text = ${trainingSweeps.job} ->> 'engineId' and engine.workspace_id = ${trainingSweeps.workspaceId}
        and engine.name ilike ${pattern})`,
  );
}

function stateWhere(show: "queued" | "running" | "ended"): SQL | undefined {
  if (show === "queued") return eq(trainingJobs.state, "waiting");
  return show === "running"
    ? inArray(trainingJobs.state, [...runningStates])
    : notInArray(trainingJobs.state, [...openJobStates]);
}

const countWhere = (where: SQL) => sql<number>`count(*) filter (where ${where})::int`;

async function countJobs(ctx: Context): Promise<JobCounts> {
  const [counts] = await ctx.db
    .select({
      queued: countWhere(eq(trainingJobs.state, "waiting")),
      running: countWhere(inArray(trainingJobs.state, [...runningStates])),
      ended: countWhere(gt(trainingJobs.endedAt, sql`now() - interval '1 day'`)),
    })
    .from(trainingJobs)
    .where(eq(trainingJobs.workspaceId, ctx.actor.workspaceId));
  return counts ?? { queued: 0, running: 0, ended: 0 };
}

/** Counts rows of the list, in which a sweep stands for its trials. */
async function countRows(ctx: Context): Promise<{ all: number; queued: number; running: number }> {
  const { workspaceId } = ctx.actor;
  const [jobs] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      queued: countWhere(eq(trainingJobs.state, "waiting")),
      running: countWhere(inArray(trainingJobs.state, [...runningStates])),
    })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, workspaceId), isNull(trainingJobs.sweepId)));
  const isRunning = trialIn(runningStates);
  const [sweeps] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      queued: countWhere(sql`${isOpenSweep} and not ${isRunning}`),
      running: countWhere(isRunning),
    })
    .from(trainingSweeps)
    .where(eq(trainingSweeps.workspaceId, workspaceId));
  const sum = (key: "all" | "queued" | "running") => (jobs?.[key] ?? 0) + (sweeps?.[key] ?? 0);
  return { all: sum("all"), queued: sum("queued"), running: sum("running") };
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
async function readPlaces(ctx: Context, now: number, book: readonly BookRow[]): Promise<Map<string, number>> {
  const { waiting, ...facts } = await readAdmission(ctx, now, book);
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
