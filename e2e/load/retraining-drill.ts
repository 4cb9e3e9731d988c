import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { sql } from "drizzle-orm";
import { type Database, openDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { seededRandom } from "#server/stats/random.ts";
import { startStack } from "../suite/stack.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { Combinations, targets } from "./retraining-drill/combinations.ts";
import { type DrivenCycle, driveCycle } from "./retraining-drill/drive-cycle.ts";
import { Faults, type Outage } from "./retraining-drill/faults.ts";
import { endpoint, setUp, uploadRows } from "./retraining-drill/set-up.ts";
import { type Answered, sendSteadily } from "./retraining-drill/traffic.ts";
import { verify } from "./retraining-drill/verify.ts";

/** Time after the gateway answers again in which a request that was sent before may still fail. */
const afterOutageMs = 2_000;

/**
 * Retraining cycles of a real endpoint with traffic and labels, while what they depend on is killed by SIGKILL at each of their states: worker, web,
 * gateway, Postgres, the wrapper of the job, and all processes of the job at once. Each cycle trains a small network, is compared, gated, approved by
 * another person, and rolled out; some are ended by a person while they train. Then compares what the cycles have made. `--cycles 20 --minutes 30
 * --seed 23 --stuck 240`: it ends with the cycles or with the minutes, whichever comes first. A cycle without progress for `--stuck` seconds is stuck.
 * The pause before another attempt of a job is cut short to 2 s. `--break` makes things double before the comparison, so that the drill fails.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      cycles: { type: "string", default: "20" },
      minutes: { type: "string", default: "30" },
      seed: { type: "string", default: "23" },
      stuck: { type: "string", default: "240" },
      break: { type: "boolean", default: false },
    },
  });
  const [cycles, seed] = [Number(values.cycles), Number(values.seed)];
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "leeway-drill-"));
  await chmod(folder, 0o755);
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  // Outside Leeway's supervision, so that the drill decides when it returns.
  const place = { dataFolder: join(folder, "postgres"), logFile: join(folder, "postgres.log") };
  const postgres = { ...place, running: await startEmbeddedPostgres(place) };
  opened.defer(() => postgres.running.stop());
  const { db, close } = openDatabase(postgres.running.url, { max: 4, name: "drill" });
  opened.defer(close);
  const stack = await startStack({ DATABASE_URL: postgres.running.url, GATEWAY_PROCESSES: "1", LOG_LEVEL: "error" });
  opened.defer(() => stack[Symbol.asyncDispose]());
  const { url, gatewayUrl, workerUrl, environment } = stack;
  const target: DemoTarget = { url, gatewayUrl, token: environment.LEEWAY_TOKEN ?? "" };
  const fixture = await setUp(target, db);

  const ready = (base: string) => `${base}/health/ready`;
  const faults = new Faults({
    supervisor: stack.process.pid ?? 0,
    healthUrls: { web: ready(url), worker: ready(workerUrl), gateway: ready(gatewayUrl) },
    postgres,
    db,
    random: seededRandom(seed + 1),
  });
  const over = new AbortController();
  const doubled: string[] = [];
  const watching = watch(db, doubled, over.signal);
  const sending = sendSteadily(target, { endpoint, samples: fixture.samples }, over.signal);
  const combinations = new Combinations(seededRandom(seed));
  const durations = new Map<string, number>();
  const driven: DrivenCycle[] = [];
  const until = Date.now() + Number(values.minutes) * minuteMs;
  const stuckMs = Number(values.stuck) * 1_000;
  const random = seededRandom(seed + 2);
  for (let turn = 1; turn <= cycles && Date.now() < until; turn += 1) {
    await uploadRows(target, fixture, turn);
    // The first shows how long states take.
    const planned = turn === 1 ? [] : combinations.next();
    const cycle = await driveCycle(
      { target, approver: fixture.approver, db, faults, random, stuckMs, durations },
      planned,
    );
    for (const fault of cycle.faults) combinations.note(fault, fault.killedAt !== undefined);
    driven.push(cycle);
    console.log(`cycle ${cycle.number}: ${cycle.end ?? "STUCK"} after ${cycle.seconds.toFixed(0)} s. ${cycle.words}`);
    console.log(`  ${cycle.steps.map(({ state, seconds }) => `${state} ${seconds.toFixed(1)}`).join(", ")}`);
  }
  over.abort();
  const [answered] = await Promise.all([sending, watching]);

  if (values.break) await breakIt(db);
  const found = await verify(db, driven.length);
  const failed = failedOutside(answered, faults.outages);
  const isLost = ({ end, isCancelled }: DrivenCycle) =>
    end !== undefined && end !== (isCancelled ? "cancelled" : "adopted");
  const lost = [...found.lost, ...driven.filter(isLost).map(({ number, end }) => `Cycle ${number} is ${end}.`)];
  const twice = [...new Set([...doubled, ...found.doubled])];
  const stuck = driven.filter(({ isStuck }) => isStuck);
  console.table(combinations.table());
  console.table(recoveries(driven));
  console.table(Object.fromEntries(found.attempts));
  print(driven, answered, failed);
  for (const words of combinations.left()) console.log(`not hit: ${words}`);
  for (const words of [...lost, ...twice, ...stuck.map(({ words }) => words)].slice(0, 60)) console.log(words);
  const none = (name: string, leeway: number, unit: string) => atMost(0, { name, unit, leeway });
  return [
    atLeast(1, { name: "cycles-ended", unit: "cycles", leeway: driven.length - stuck.length }),
    none("cycles-stuck", stuck.length, "cycles"),
    none("cycles-or-parts-doubled", twice.length, ""),
    none("cycles-or-parts-lost", lost.length, ""),
    none("requests-failed-beside-gateway-kills", failed.length, "requests"),
    atLeast(1, { name: "faults-hit", unit: `of ${combinations.size}`, leeway: combinations.hit }),
  ];
}

/** Looks for policies with two open cycles and jobs with two attempts that may write; and cuts pauses between attempts short. */
async function watch(db: Database, doubled: string[], over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await pause(500);
    // Postgres is killed as well.
    await look(db, doubled).catch(() => undefined);
  }
}

async function look(db: Database, doubled: string[]): Promise<void> {
  const { rows } = await db.execute<{ words: string }>(sql`
    select 'Two cycles were open: ' || policy_id as words from retraining_cycles where ended_at is null group by policy_id having count(*) > 1
    union all select 'A job had two attempts that might write: ' || job_id from training_attempts
    where fenced_at is null and state <> 'ended' group by job_id having count(*) > 1`);
  doubled.push(...rows.map(({ words }) => words));
  await db.execute(
    sql`update training_jobs set not_before = now() + interval '2 seconds' where not_before > now() + interval '2 seconds'`,
  );
}

/** Requests that failed, but for those that a kill of the gateway explains. */
function failedOutside(answered: readonly Answered[], outages: readonly Outage[]): Answered[] {
  const ofGateway = outages.filter(({ target }) => target === "gateway");
  const isExplained = ({ sentAt, endedAt }: Answered) =>
    ofGateway.some(({ from, until }) => endedAt >= from && sentAt <= (until ?? Date.now()) + afterOutageMs);
  return answered.filter((one) => one.status !== 200 && !isExplained(one));
}

/** Times by target, in seconds. */
function recoveries(driven: readonly DrivenCycle[]): Record<string, object> {
  const hits = driven.flatMap(({ faults }) => faults).filter(({ killedAt }) => killedAt !== undefined);
  return Object.fromEntries(
    targets.map((target) => {
      const own = hits.filter((hit) => hit.target === target);
      const ready = own.map(({ recoverySeconds }) => recoverySeconds);
      const steps = own.flatMap(({ stateSeconds }) => stateSeconds ?? []);
      return [
        target,
        {
          kills: own.length,
          "all ready, median": median(ready),
          "all ready, longest": longest(ready),
          "state took, median": median(steps),
          "state took, longest": longest(steps),
        },
      ];
    }),
  );
}

function print(driven: readonly DrivenCycle[], answered: readonly Answered[], failed: readonly Answered[]): void {
  const ends = Map.groupBy(driven, ({ end }) => end ?? "stuck");
  console.table(Object.fromEntries([...ends].map(([end, cycles]) => [end, cycles.length])));
  const seconds = driven.map((cycle) => cycle.seconds);
  const statuses = Object.fromEntries(
    [...Map.groupBy(failed, ({ status }) => status)].map(([s, all]) => [s, all.length]),
  );
  console.log(`A cycle took ${median(seconds)} s (median), ${longest(seconds)} s at most.`);
  console.log(
    `${answered.length} requests; failed beside kills of the gateway, by status: ${JSON.stringify(statuses)}`,
  );
  console.log("Not drilled: ends as rejected, expired or superseded; they are one transaction from the states above.");
}

const round = (value: number | undefined) => (value === undefined ? "" : Number(value.toFixed(1)));
const median = (values: readonly number[]) => round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]);
const longest = (values: readonly number[]) => round(values.length > 0 ? Math.max(...values) : undefined);

/** Makes a job look as if a cycle had submitted it twice, and takes a rollout away, which the comparison has to find. */
async function breakIt(db: Database): Promise<void> {
  await db.execute(sql`
    update training_jobs set name = (select name from training_jobs order by id limit 1)
    where id = (select id from training_jobs order by id desc limit 1)`);
  await db.execute(sql`
    update rollouts set phase = 'rolled-back' where id = (select id from rollouts where phase = 'promoted' order by id limit 1)`);
}
