import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { trainingCheckpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { getJobHistory } from "#server/improve/training/history/queries.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { downloadLog } from "#server/improve/training/log/queries.ts";
import type { Random } from "#server/stats/random.ts";
import { besideThis, type Framework } from "./frameworks.ts";
import { filesOf, type KeptEntry } from "./keep-entries.ts";
import { type Killed, killOnce } from "./kill-once.ts";
import { type KillKind, killKinds } from "./processes.ts";
import { bytesNotIn, stepsIn, weightsIn } from "./read-output.ts";

/** What the drill of a script works with. */
export interface Drill {
  ctx: Context;
  url: string;
  token: string;
  python: string;
  random: Random;
  /** Folder of what the script prints, by attempt. */
  witness: string;
  /** Folder of the engine's launches. */
  launches: string;
  /** Whether checkpoints are removed before each resume. */
  breaks: boolean;
}

interface Kill {
  kind: KillKind;
  moment: "at random" | "while it saved";
  /** Last step before it. */
  step: number;
  /** Step that the next attempt went on from, by what it printed. */
  resumedAt: number;
  stepsLost: number;
  /** The same as Leeway shows it, by what the scripts logged: each fifth step. */
  shownLost: number | null;
  /** Steps of the last seconds, in which nothing could have been sent yet. */
  lateSteps: number;
  logBytesLost: number;
  /** Entries of the checkpoint folder that were left, and are in no checkpoint. */
  skipped: string[];
}

export interface Drilled {
  kills: Kill[];
  /** Whether the final weights are those of a run that nobody killed. */
  isEqual: boolean;
  torn: number;
  openCheckpoints: number;
}

const seed = 7;

/** Trains a script once without and once with kills, and compares both. @throws Error when a job does not finish */
export async function drillScript(drill: Drill, framework: Framework): Promise<Drilled> {
  const { ctx } = drill;
  const straight = await submit(drill, framework, "straight");
  const job = await submit(drill, framework, "killed");
  const done = new AbortController();
  const sent = new Set<string>();
  const hurrying = hurry(drill, job, { sent, signal: done.signal });
  const kinds = shuffle(killKinds, drill.random);
  const killed: Killed[] = [];
  for (const [at, kind] of kinds.entries()) {
    const one = await killOnce(drill, { framework, job, attempt: at + 1, kind, savesFirst: at % 2 === 0 });
    if (!one) break;
    killed.push(one);
    console.log(`${framework.name}: kill -9 ${kind} ${one.moment}, step ${one.step}`);
  }
  const [, expected] = await Promise.all([untilFinished(drill, job), untilFinished(drill, straight)]);
  done.abort();
  await hurrying;
  const { attempts } = await getJob(ctx, job);
  const { losses } = await getJobHistory(ctx, job);
  const stored = await ctx.db.select().from(trainingCheckpoints).where(eq(trainingCheckpoints.jobId, job));
  const kills: Kill[] = [];
  for (const [at, { kept, ...kill }] of killed.entries()) {
    const printed = await readFile(join(drill.witness, `killed-attempt-${at + 1}`));
    const resumedAt = (stepsIn(await readFile(join(drill.witness, `killed-attempt-${at + 2}`)))[0] ?? 1) - 1;
    const step = stepsIn(printed).at(-1) ?? 0;
    kills.push({
      ...kill,
      step,
      resumedAt,
      stepsLost: step - resumedAt,
      shownLost: losses.find(({ attempt }) => attempt === at + 1)?.steps ?? null,
      logBytesLost: bytesNotIn(printed, await logOf(ctx, job, at + 1)),
      skipped: (await Promise.all(kept.map((entry) => wasSent(entry, sent)))).flatMap((is, index) =>
        is ? [] : [kept[index]?.name ?? ""],
      ),
    });
  }
  const weights = weightsIn(await logOf(ctx, job, attempts.length));
  return {
    kills,
    isEqual: weights !== undefined && weights === weightsIn(await logOf(ctx, expected, 1)),
    torn: attempts.reduce((sum, { tornCheckpoints }) => sum + tornCheckpoints, 0),
    openCheckpoints: stored.length,
  };
}

async function submit({ url, token, python, witness }: Drill, framework: Framework, name: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/training/jobs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      name: `${framework.name} ${name}`,
      engine: "local",
      spec: {
        command: [python, besideThis(framework.script)],
        seed,
        environment: { PYTHONPATH: besideThis("witness"), DRILL_WITNESS: join(witness, name) },
        limits: { maxLosses: 100, maxFailures: 0 },
      },
    }),
  });
  if (response.status !== 201) throw new Error(`The job was refused: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

interface Hurry {
  /** Files of checkpoints, with their digests, before Leeway removes older ones. */
  sent: Set<string>;
  signal: AbortSignal;
}

/** Nobody waits for the delays between attempts, or for heartbeats of a machine that is gone. */
async function hurry({ ctx, launches, breaks }: Drill, job: string, { sent, signal }: Hurry): Promise<void> {
  while (!signal.aborted) {
    const stored = await ctx.db
      .select({ files: trainingCheckpoints.files })
      .from(trainingCheckpoints)
      .where(eq(trainingCheckpoints.jobId, job));
    for (const { path, sha256 } of stored.flatMap(({ files }) => files)) sent.add(`${path} ${sha256}`);
    const { rows } = await ctx.db.execute<{ at: number }>(sql`
      update training_jobs set not_before = now() where id = ${job} and state = 'resuming' and not_before > now() returning 1 as at`);
    if (breaks && rows.length > 0) {
      await ctx.db.execute(sql`update training_checkpoints set removed_at = now() where job_id = ${job}`);
    }
    const { rows: running } = await ctx.db.execute<{ launch: number }>(sql`
      select launch from training_attempts where job_id = ${job} and ended_at is null and report is null and started_at is not null`);
    for (const { launch } of running) {
      const shell = Number(
        await readFile(join(launches, `launch-${job}-${launch}`, "run", "pid"), "utf8").catch(() => ""),
      );
      const tree = await readFile(`/proc/${shell}/stat`, "utf8").catch(() => "");
      const isReported = await readFile(join(launches, `launch-${job}-${launch}`, "run", "code"), "utf8").catch(
        () => "",
      );
      if (shell > 0 && tree === "" && isReported === "") {
        await ctx.db.execute(sql`
          update training_attempts set heartbeat_at = heartbeat_at - interval '90 seconds'
          where job_id = ${job} and launch = ${launch} and ended_at is null and heartbeat_at > now() - interval '60 seconds'`);
      }
    }
    await pause(500);
  }
}

/** @returns the job @throws Error when it ends otherwise, with its last lines */
async function untilFinished({ ctx }: Drill, job: string): Promise<string> {
  for (;;) {
    const { state, message, attempts } = await getJob(ctx, job);
    if (state === "finished") return job;
    if (state === "failed" || state === "lost" || state === "stopped") {
      const log = await logOf(ctx, job, attempts.length);
      throw new Error(`The job is ${state}: ${message}\n${log.toString().slice(-3_000)}`);
    }
    await pause(500);
  }
}

async function logOf(ctx: Context, job: string, attempt: number): Promise<Buffer> {
  const { content } = await downloadLog(ctx, job, attempt);
  return buffer(Readable.from(content));
}

async function wasSent(entry: KeptEntry, sent: ReadonlySet<string>): Promise<boolean> {
  const files = await filesOf(entry);
  return files.length > 0 && files.every(({ path, sha256 }) => sent.has(`${path} ${sha256}`));
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
