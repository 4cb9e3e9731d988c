import { and, eq, sql } from "drizzle-orm";
import { trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { setQuota } from "#server/improve/training/quotas/set-quota.ts";
import { admitWaiting } from "#server/improve/training/watch/admit-waiting.ts";
import { readBudgetsLeft } from "#server/improve/training/watch/read-budgets-left.ts";
import { readMachineTime } from "#server/improve/training/watch/read-machine-time.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { seededRandom } from "#server/stats/random.ts";
import { startTrainingJob } from "#server/testing/fixtures/training/wrapper-testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { setCostBudget } from "#server/watch/cost/budgets/set-cost-budget.ts";
import { setPrices } from "#server/watch/cost/prices/set-prices.ts";
import { openGatewayFixture } from "../../gateway-fixture.ts";
import { quantile } from "../../raw-clients.ts";
import { atMost, type Row } from "../../report.ts";

const [waiting, running, ended] = [500, 50, 1_500];
const looks = 150;
/** The watcher looks every 5 s, and at each change. */
const everyMs = 5_000;
const engines = ["east", "west"];
const teams = ["vision", "speech", "ranking", "forecast", "platform"];
const priorities = ["normal", "normal", "normal", "low", "urgent"] as const;
const gpus = [0, 0, 1, 1, 2, 4, 8];

/**
 * Measures a look at admission with 500 waiting and 50 running jobs of five teams with quotas and weights, two engines, prices, a budget,
 * and the machine time of a week: it reads, decides, and stores what changed. In every second look a place is free and one job starts, so that
 * the reasons of those behind it change; a new job takes its place in the queue. Between looks, once a minute, the watcher reads the month's costs and
 * the machine time of teams again, which is not part of a look.
 */
export async function measure(): Promise<Row[]> {
  const { ctx: leeway, close } = await openGatewayFixture();
  try {
    const ctx = await newWorkspace(leeway.db);
    const submit = await fill(ctx);
    await ctx.db.execute("vacuum analyze");
    const times = { still: [] as number[], starts: [] as number[] };
    let now = Date.now();
    for (let look = 0; look < looks; look += 1) {
      const starts = look % 2 === 1;
      if (starts) {
        await endOne(ctx);
        await submit();
      }
      now += everyMs;
      const before = await countOf(ctx, "submitting");
      const startedAt = performance.now();
      await admitWaiting(ctx, now);
      const ms = performance.now() - startedAt;
      await readBudgetsLeft(ctx, now);
      await readMachineTime(ctx, now);
      const started = (await countOf(ctx, "submitting")) - before;
      // The first looks give each job its first reason.
      if (look >= 10) times[starts ? "starts" : "still"].push(ms);
      if (look >= 10 && started !== (starts ? 1 : 0)) throw new Error(`${started} jobs started in look ${look}.`);
    }
    const all = [...times.still, ...times.starts];
    const at = (of: number[], share: number) => quantile(of, share).toFixed(1);
    for (const [name, of] of Object.entries({ "nothing starts": times.still, "one job starts": times.starts })) {
      console.log(`Admission, ${name}: p50 ${at(of, 0.5)} ms, p95 ${at(of, 0.95)} ms, at most ${at(of, 1)} ms.`);
    }
    return [atMost(50, { name: "admission-look-p95-ms", unit: "ms", leeway: quantile(all, 0.95) })];
  } finally {
    await close();
  }
}

/** Fills a workspace. @returns a function that submits one more job */
async function fill(ctx: Context): Promise<() => Promise<string>> {
  const random = seededRandom(20);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const currency = "EUR";
  const prices = [
    { item: "core-hour" as const, variant: "", amount: 0.05 },
    { item: "gpu-hour" as const, variant: "", amount: 2 },
  ];
  await setPrices(ctx, { currency, prices, reason: "load" });
  await setCostBudget(ctx, { amount: 1_000_000, currency, reason: "load" });
  for (const name of engines) {
    const settings = { kind: "ray" as const, address: `http://${name}.test`, maxJobs: running / engines.length };
    await createEngine(ctx, { name, settings }, { allowsLocal: false });
  }
  const teamIds: string[] = [];
  for (const [index, name] of teams.entries()) {
    const { id } = await createTeam(ctx, { name });
    await setQuota(ctx, { teamId: id, gpus: 100 + 10 * index, cores: 1_000, weight: 1 + index });
    teamIds.push(id);
  }
  await setQuota(ctx, { teamId: null, maxJobs: 200, gpus: 600 });
  const submit = async () => {
    const resources = { cores: pick([1, 2, 4, 8]), gpus: pick(gpus), nodes: pick([1, 1, 1, 2]) };
    const spec = { command: ["python3", "train.py"], resources, limits: { hours: 1 + Math.floor(40 * random()) } };
    const job = { engine: pick(engines), spec, teamId: pick(teamIds), priority: pick(priorities) };
    const { id } = await submitJob(ctx, job, { artifacts: noPackages });
    return id;
  };
  const ids = await inTurns(waiting + running, submit);
  for (const engine of engines) {
    const { rows } = await ctx.db.execute<{ id: string }>(sql`
      select job.id from training_jobs as job join training_engines as engine on engine.id = job.engine_id
      where engine.name = ${engine} order by job.id limit ${running / engines.length}`);
    for (const { id } of rows) {
      await startTrainingJob(ctx, id);
      await ctx.db.update(trainingJobs).set({ state: "running" }).where(eq(trainingJobs.id, id));
    }
  }
  await addPast(ctx, ids[0] ?? "");
  return submit;
}

/** Jobs of the last week that have ended, as copies of one, with an attempt each. */
async function addPast(ctx: Context, like: string): Promise<void> {
  await ctx.db.execute(sql`
    insert into training_jobs (id, workspace_id, name, engine_id, spec, run_id, team_id, state, cause, estimate, currency,
      submitted_by, submitted_by_name, submitted_at, started_at, ended_at)
    select 'tj-past-' || n, workspace_id, name, engine_id, spec, run_id,
      (select id from teams where workspace_id = job.workspace_id order by name offset n % ${teams.length} limit 1), 'finished', 'finished',
      estimate, currency, submitted_by, submitted_by_name, now() - n * interval '6 minutes', now() - n * interval '6 minutes',
      now() - n * interval '6 minutes' + interval '1 hour'
    from training_jobs as job, generate_series(11, ${ended + 10}) as n where job.id = ${like}`);
  await ctx.db.execute(sql`
    insert into training_attempts (workspace_id, job_id, number, launch, state, started_at, heartbeat_at, ended_at)
    select workspace_id, id, 1, 1, 'ended', started_at, ended_at, ended_at from training_jobs where id like 'tj-past-%'`);
}

const noPackages = {
  stat: async () => {
    throw new Error("No job of this benchmark has a package.");
  },
};

/** Does work some times, a few at once. */
async function inTurns<Result>(count: number, work: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      results.push(await work());
    }
  };
  await Promise.all(Array.from({ length: 2 }, worker));
  return results;
}

/** Ends the running job that was submitted first, as the watcher does with one whose wrapper has reported. */
async function endOne(ctx: Context): Promise<void> {
  const { rows } = await ctx.db.execute<{ id: string }>(sql`
    update training_jobs set state = 'finished', cause = 'finished', ended_at = now() where id = (
      select id from training_jobs where workspace_id = ${ctx.actor.workspaceId} and state = 'running' order by id limit 1)
    returning id`);
  const id = rows[0]?.id ?? "";
  await ctx.db
    .update(trainingAttempts)
    .set({ state: "ended", endedAt: sql`now()` })
    .where(eq(trainingAttempts.jobId, id));
  // What was admitted before runs by now.
  await ctx.db
    .update(trainingJobs)
    .set({ state: "running" })
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.state, "submitting")));
}

async function countOf(ctx: Context, state: "submitting"): Promise<number> {
  const ofState = and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.state, state));
  return ctx.db.$count(trainingJobs, ofState);
}
