import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { sql } from "drizzle-orm";
import { type Database, openDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import { freePort } from "#db/free-port.ts";
import { minuteMs } from "#server/base/durations.ts";
import { seededRandom } from "#server/stats/random.ts";
import { pythonPrograms } from "../suite/python.ts";
import { startStack } from "../suite/stack.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { type Intrusion, intrude, intrudeWithAll } from "./training-drill/intruder.ts";
import { type Leeway, prepare, submit } from "./training-drill/jobs.ts";
import { Kills } from "./training-drill/kills.ts";
import { Ledger } from "./training-drill/ledger.ts";
import { portForRay, RayHead } from "./training-drill/ray-head.ts";
import { openRelay, type Passing } from "./training-drill/relay.ts";
import { verify } from "./training-drill/verify.ts";

/** Jobs that are open at any time. */
const open = 8;
/** Time that jobs have to end once nothing is killed any more. */
const settleMs = 4 * minuteMs;

/**
 * Training jobs on a real Ray while everything that they depend on is killed by SIGKILL: web, worker and Postgres at random moments and at the
 * crash points of docs/spec/training.md section 2, Ray's driver of a job, wrapper, guard and program, the agent of the node, the head, the
 * machine; and copies that hang come back. Wrappers reach web, and the worker Ray, through relays, which see every call. Then compares what is
 * stored with what programs printed and logged; meanwhile an intruder writes with every token that is good for nothing any more.
 * `--minutes 4 --seed 20`. Pauses between attempts, and the silence of copies that are dead for good, are cut short. `--break` deletes a part
 * of a log and lifts a fence before the comparison, so that the drill fails.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: "string", default: "4" },
      seed: { type: "string", default: "20" },
      break: { type: "boolean", default: false },
    },
  });
  const seed = Number(values.seed);
  const requirements = "e2e/clients/requirements-ray.txt";
  const programs = await pythonPrograms("venv-ray", ["-r", requirements], [requirements]);
  if (!programs) throw new Error("Ray could not be installed: this needs Python 3.10 or newer with venv.");
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "leeway-drill-"));
  await chmod(folder, 0o755);
  const witness = join(folder, "printed");
  await mkdir(witness);
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  // Outside Leeway's supervision, so that the drill decides when it returns.
  const place = { dataFolder: join(folder, "postgres"), logFile: join(folder, "postgres.log") };
  const postgres = { ...place, running: await startEmbeddedPostgres(place) };
  opened.defer(() => postgres.running.stop());
  const { db, close } = openDatabase(postgres.running.url, { max: 4, name: "drill" });
  opened.defer(close);

  const ledger = new Ledger();
  const targets = { web: "" };
  const relayPort = await freePort();
  const stack = await startStack({
    DATABASE_URL: postgres.running.url,
    GATEWAY_PROCESSES: "1",
    PUBLIC_URL: `http://127.0.0.1:${relayPort}`,
    LOG_LEVEL: "error",
  });
  opened.defer(() => stack[Symbol.asyncDispose]());
  targets.web = stack.url;
  const ray = new RayHead(programs, await portForRay());
  opened.defer(() => ray.close());
  await ray.start();
  const kills = new Kills({
    supervisor: stack.process.pid ?? 0,
    urls: { web: `${stack.url}/health/ready`, worker: `${stack.workerUrl}/health/ready` },
    postgres,
    db,
    ray,
    ledger,
    random: seededRandom(seed),
    held: new Set(),
  });
  const toWeb = await openRelay(relayPort, () => targets.web, {
    before: kills.hooks.before,
    after: (passing, answer) => {
      ledger.note(passing, answer);
      return kills.hooks.after(passing, answer);
    },
  });
  opened.defer(() => toWeb.close());
  const submitted = new Map<string, number>();
  const toRay = await openRelay(0, () => ray.url, {
    before: kills.hooks.before,
    after: (passing, answer) => {
      if (answer.status === 200) noteSubmit(passing, ray.sessions, submitted);
      return kills.hooks.after(passing, answer);
    },
  });
  opened.defer(() => toRay.close());

  const leeway: Leeway = { url: stack.url, token: stack.environment.LEEWAY_TOKEN ?? "" };
  const packageKey = await prepare(leeway, { folder, address: toRay.url, secret: ray.token });
  const [killed, closed, ended] = [new AbortController(), new AbortController(), new AbortController()];
  const intrusion: Intrusion = { db, url: stack.url, ledger, random: seededRandom(seed + 1), tried: 0, accepted: [] };
  const doubled: string[] = [];
  const beside = [intrude(intrusion, ended.signal), watch(db, ray, { doubled, signal: ended.signal })];
  const jobs: string[] = [];
  const submitting = keepOpen(db, closed.signal, async () => {
    jobs.push(await submit(leeway, { packageKey, witness, number: jobs.length }));
  });
  const killing = [kills.ofLeeway(killed.signal), kills.ofRay(killed.signal)];
  // A failure of one ends the drill.
  await Promise.race([pause(Number(values.minutes) * minuteMs), ...beside, submitting, ...killing]);
  killed.abort();
  // Jobs come until everything was killed once, which takes longer on a busy machine.
  await Promise.race([Promise.all(killing), ...beside, submitting]);
  closed.abort();
  await submitting;
  await settle(db);
  ended.abort();
  await Promise.all(beside);

  if (values.break) await breakIt(db);
  await intrudeWithAll(intrusion);
  const found = await verify(db, leeway, { jobs, witness });
  for (const [launch, times] of submitted) if (times > 1) doubled.push(`${launch} was submitted ${times} times.`);
  console.table(Object.fromEntries([...ledger.outcomes].sort()));
  console.table(Object.fromEntries(found.ends));
  const { finished, logBytes, unsentBytes, points } = found;
  const starts = ledger.given.length;
  console.table({ jobs: jobs.length, finished, starts, logBytes, unsentBytes, points, intrusions: intrusion.tried });
  const late = [...ledger.lateWrites, ...intrusion.accepted];
  const wrong = [found.jobsLost, doubled, found.words, ledger.lostCheckpoints, late, kills.left].flat();
  for (const words of wrong.slice(0, 60)) console.log(words);
  const none = (name: string, leeway: number, unit: string) => atMost(0, { name, unit, leeway });
  return [
    atLeast(open, { name: "jobs-finished", unit: "jobs", leeway: finished }),
    none("jobs-lost", found.jobsLost.length, "jobs"),
    none("jobs-doubled", doubled.length, "jobs"),
    none("log-bytes-lost", found.logBytesLost, "bytes"),
    none("points-lost-or-wrong", found.pointsLost, "points"),
    none("checkpoints-lost", ledger.lostCheckpoints.length, "checkpoints"),
    none("writes-of-fenced-attempts-accepted", late.length + found.intruders, "writes"),
    atLeast(500, { name: "writes-of-fenced-attempts-tried", unit: "writes", leeway: intrusion.tried }),
    none("fenced-copies-that-run-on", kills.left.length, "copies"),
    ...Kills.all.map((name) =>
      atLeast(1, { name: `faults-${name}`, unit: "faults", leeway: kills.counts.get(name) ?? 0 }),
    ),
  ];
}

/** Counts submits that Ray accepted, by launch and session of Ray. */
function noteSubmit({ method, path, body }: Passing, session: number, submitted: Map<string, number>): void {
  if (method !== "POST" || path !== "/api/jobs/") return;
  const { submission_id: launch } = JSON.parse(body.toString()) as { submission_id: string };
  const key = `${launch} (head ${session})`;
  submitted.set(key, (submitted.get(key) ?? 0) + 1);
}

/** Submits another job whenever fewer are open than there should be, until the signal. */
async function keepOpen(db: Database, signal: AbortSignal, submitOne: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const { rows } = await db
      .execute<{ count: number }>(
        sql`select count(*)::int as count from training_jobs where state in ('waiting', 'submitting', 'running', 'resuming')`,
      )
      .catch(() => ({ rows: [] }));
    if ((rows[0]?.count ?? open) < open) await submitOne();
    else await pause(500);
  }
}

/** Waits until all jobs have ended. */
async function settle(db: Database): Promise<void> {
  for (const giveUpAt = Date.now() + settleMs; Date.now() < giveUpAt; await pause(1_000)) {
    const { rows } = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from training_jobs where state in ('waiting', 'submitting', 'running', 'resuming')`,
    );
    if (rows[0]?.count === 0) return;
  }
}

/**
 * Looks for jobs with two attempts that may write; and cuts short what takes minutes: pauses between attempts, and the silence of attempts of
 * which no process is left.
 */
async function watch(
  db: Database,
  ray: RayHead,
  { doubled, signal }: { doubled: string[]; signal: AbortSignal },
): Promise<void> {
  const aged = new Set<string>();
  while (!signal.aborted) {
    await pause(500);
    // Postgres is killed as well.
    await look(db, ray, { doubled, aged }).catch(() => undefined);
  }
}

async function look(db: Database, ray: RayHead, { doubled, aged }: { doubled: string[]; aged: Set<string> }) {
  const { rows: twice } = await db.execute<{ job: string }>(sql`
    select job_id as job from training_attempts where fenced_at is null and state <> 'ended' group by 1 having count(*) > 1`);
  for (const { job } of twice) doubled.push(`${job} had two attempts that might write.`);
  await db.execute(
    sql`update training_jobs set not_before = now() + interval '2 seconds' where not_before > now() + interval '2 seconds'`,
  );
  const { rows: open } = await db.execute<{ id: string; launch: string }>(sql`
    select id, job_id || '-' || launch as launch from training_attempts
    where fenced_at is null and report is null and state <> 'ended' and heartbeat_at > started_at + interval '1 second'`);
  const alive = new Set((await ray.copies()).map(({ launch }) => launch));
  for (const { id, launch } of open) {
    if (alive.has(launch) || aged.has(id)) continue;
    aged.add(id);
    await db.execute(
      sql`update training_attempts set heartbeat_at = heartbeat_at - interval '6 minutes' where id = ${id} and report is null`,
    );
  }
}

/** Deletes a part of a log, and lifts the fence of an attempt, which the comparison has to find. */
async function breakIt(db: Database): Promise<void> {
  const { rows: cut } = await db.execute<{ attempt: string }>(sql`
    delete from training_log_chunks where (attempt_id, start) in (
      select attempt_id, start from training_log_chunks join training_attempts on training_attempts.id = attempt_id
      where report is not null order by bytes desc limit 1)
    returning attempt_id as attempt`);
  const { rows } = await db.execute<{ token: string }>(sql`
    update training_attempts set fenced_at = null, report = null, state = 'running', ended_at = null
    where id in (
      select id from training_attempts where fenced_at is not null and id <> ${cut[0]?.attempt ?? ""} order by id limit 1)
    returning api_token_id as token`);
  for (const { token } of rows) await db.execute(sql`update api_tokens set revoked_at = null where id = ${token}`);
}
