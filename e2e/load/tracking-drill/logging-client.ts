import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import type { Random } from "#server/stats/random.ts";
import { type Answers, exchange } from "./exchange.ts";
import { isInTrash, type Ledger, type LoggedRun, mayBeInTrash, pointOf } from "./ledger.ts";

const paceMs = 60;
/** Pause of a client whose run is in the trash. */
const refusedMs = 300;
/** Rejections in a row after which a client begins another run. */
const maxRefusals = 12;
const batchesPerFile = 12;
/** Points of a batch: the first two stay points until the worker packs them, the last becomes a chunk of each key. */
const batchSizes = [5, 30, 120] as const;

export interface LoggingOptions {
  target: DemoTarget;
  ledger: Ledger;
  answers: Answers;
  random: Random;
  signal: AbortSignal;
  /** Called for points that were accepted while their run was certainly in the trash. */
  onWrong: (words: string) => void;
}

/**
 * Logs runs one after the other, each in batches of numbered points and now and then a file, until `signal` is aborted. Some batches come
 * twice, and some two at a time in the wrong order. A rejected batch is sent again.
 */
export async function logRuns(options: LoggingOptions): Promise<void> {
  const { random, signal } = options;
  while (!signal.aborted) {
    const run = await createRun(options);
    if (run) await logRun(options, run, 20 + Math.floor(random() * 160));
    await pause(paceMs);
  }
}

async function createRun({ target, ledger, answers, random }: LoggingOptions): Promise<LoggedRun | undefined> {
  const active = ledger.experiments.filter((one) => !mayBeInTrash(one, Date.now(), Date.now()));
  const experiment = active[Math.floor(random() * active.length)];
  if (!experiment) return undefined;
  const createdAt = Date.now();
  const body = { experiment_id: experiment.id, start_time: createdAt, tags: [{ key: "drill", value: "logged" }] };
  const answer = await exchange(target, "POST", "/api/2.0/mlflow/runs/create", body);
  answers.note("create run", answer, mayBeInTrash(experiment, answer.sentAt, answer.answeredAt));
  if (answer.status !== 200) return undefined;
  const { info } = answer.body.run as { info: { run_id: string } };
  const number = ledger.runs.length;
  const run = { number, id: info.run_id, experiment, createdAt, trash: [], sent: 0, batches: [], files: new Map() };
  ledger.runs.push(run);
  return run;
}

async function logRun(options: LoggingOptions, run: LoggedRun, batches: number): Promise<void> {
  const { random, signal } = options;
  let refusals = 0;
  let pending: { first: number; count: number }[] = [];
  for (let batch = 0; batch < batches && !signal.aborted; batch += 1) {
    if (pending.length === 0) {
      pending = [nextBatch(run, random)];
      if (random() < 0.15) pending.unshift(nextBatch(run, random));
    }
    const stored = await Promise.all(pending.map((one) => sendBatch(options, run, one)));
    pending = pending.filter((_, index) => !stored[index]);
    refusals = stored.every(Boolean) ? 0 : refusals + 1;
    const again = run.batches[Math.floor(random() * run.batches.length)];
    if (again && random() < 0.08) await sendBatch(options, run, again);
    if (batch % batchesPerFile === 0) await sendFile(options, run, `checkpoints/${batch}.bin`);
    if (refusals > maxRefusals) return;
    await pause(refusals > 0 ? refusedMs : paceMs * (0.5 + random()));
  }
}

function nextBatch(run: LoggedRun, random: Random): { first: number; count: number } {
  const count = batchSizes[Math.floor(random() * batchSizes.length)] ?? batchSizes[0];
  const first = run.sent;
  run.sent += count;
  return { first, count };
}

async function sendBatch(
  { target, answers, onWrong }: LoggingOptions,
  run: LoggedRun,
  { first, count }: { first: number; count: number },
): Promise<boolean> {
  const metrics = Array.from({ length: count }, (_, index) => pointOf(run, first + index));
  const answer = await exchange(target, "POST", "/api/2.0/mlflow/runs/log-batch", { run_id: run.id, metrics });
  const { sentAt, answeredAt } = answer;
  answers.note("log batch", answer, mayBeInTrash(run, sentAt, answeredAt));
  if (answer.status !== 200) return false;
  if (isInTrash(run, sentAt, answeredAt)) onWrong(`run ${run.id} accepted points in the trash`);
  if (!run.batches.some((batch) => batch.first === first)) run.batches.push({ first, count, acceptedAt: answeredAt });
  return true;
}

async function sendFile({ target, answers, onWrong }: LoggingOptions, run: LoggedRun, path: string): Promise<void> {
  const file = Buffer.alloc(4 * 1024, `${run.id} ${path} `);
  const answer = await exchange(target, "PUT", `${artifactsOf(run)}/${path}`, file);
  const { sentAt, answeredAt } = answer;
  answers.note("store file", answer, mayBeInTrash(run, sentAt, answeredAt));
  if (answer.status !== 200) return;
  if (isInTrash(run, sentAt, answeredAt)) onWrong(`run ${run.id} accepted a file in the trash`);
  const sha256 = createHash("sha256").update(file).digest("hex");
  run.files.set(path, { sha256, acceptedAt: answeredAt });
}

/** Address of a run's artifacts at the artifact proxy. */
export function artifactsOf({ id, experiment }: LoggedRun): string {
  return `/api/2.0/mlflow-artifacts/artifacts/${experiment.id}/${id}/artifacts`;
}
