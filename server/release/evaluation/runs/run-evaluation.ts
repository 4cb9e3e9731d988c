import { Readable } from "node:stream";
import { sql } from "drizzle-orm";
import { evaluationRuns } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { announceUpload, endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { acquireLease, type Lease } from "#server/platform/jobs/lease.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type VersionLeaser, withLeasedVersion } from "#server/serve/model-runs/with-leased-version.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import { EvaluationSetDefinition, RobustnessSettings } from "../contract.ts";
import { evaluateInThread } from "../metrics/evaluate-in-thread.ts";
import { withoutProbabilities } from "../metrics/summarize-probabilities.ts";
import { robustnessResult } from "../robustness/robustness-result.ts";
import { sampleSet } from "../robustness/sample-set.ts";
import { streamRobustness } from "../robustness/stream-robustness.ts";
import { packColumns } from "../rows/pack-columns.ts";
import { readSetRowsOf } from "../rows/read-rows.ts";
import { findReadySet } from "../sets/set-queries.ts";
import { checkTrainingLeakage } from "./check-training-leakage.ts";
import { deleteParts, isRunOf, readParts, setRowsDone, storePart } from "./run-parts.ts";
import { type FoundRun, findRun, runFields } from "./run-queries.ts";
import type { RunRows } from "./score-rows.ts";
import { streamRows } from "./stream-rows.ts";

/** Dependencies of running versions on sets. */
export interface EvaluationDependencies {
  artifacts: ArtifactStore;
  models: VersionLeaser;
  /** Rows after which they are stored, at the latest; a default when it is left out. */
  partRows?: number;
  /** Called in the transaction in which a run ends, for what waits for it. */
  onEnd?: (ctx: Context, runId: string) => Promise<void>;
}

/** A run in the hands of this runner. */
interface Work {
  found: FoundRun;
  lease: Lease;
  deps: EvaluationDependencies;
}

/**
 * Runs an evaluation from where it stopped: rows and the place behind them are stored together, so that after a crash another runner continues and
 * counts no row twice. A version that cannot be evaluated is an outcome.
 */
export async function runEvaluation(ctx: Context, runId: string, deps: EvaluationDependencies): Promise<void> {
  permit(ctx, "runEvaluation");
  const lease = await acquireLease(ctx, "evaluation_runs", runId);
  if (!lease) return;
  try {
    await ctx.db
      .update(evaluationRuns)
      .set({ startedAt: sql`coalesce(${evaluationRuns.startedAt}, now())`, problem: null })
      .where(isRunOf(ctx, runId, lease));
    const found = await findRun(ctx, runId);
    await attempt(ctx, { found, lease, deps });
  } finally {
    lease.stop();
  }
}

async function attempt(ctx: Context, work: Work): Promise<void> {
  const { found, lease } = work;
  try {
    if (runFields(found).isStale) {
      throw new DomainError(
        "conflict",
        "The version's file or pipeline has changed since. Request the evaluation again.",
      );
    }
    await (found.run.kind === "evaluation" ? evaluate(ctx, work) : measureRobustness(ctx, work));
  } catch (cause) {
    // It was cancelled, or belongs to another runner now.
    if (lease.signal.aborted) return;
    // Postgres may restart meanwhile.
    const known = cause instanceof DomainError ? cause : storageRefusal(cause);
    if (known?.code === "unavailable") return giveBack(ctx, work, known.message);
    const message = cause instanceof UnreadableFile ? cause.message : known?.message;
    if (message === undefined) log.error("evaluation.failed", { runId: found.run.id, cause });
    await fail(ctx, work, message ?? "Internal error; see the server log.");
  }
}

async function evaluate(ctx: Context, work: Work): Promise<void> {
  const { found, deps } = work;
  const { run } = found;
  const ready = await findReadySet(ctx, run.setId);
  const { dataset } = ready;
  const definition = EvaluationSetDefinition.parse(ready.definition);
  const set = await readSetRowsOf(ready, deps.artifacts);
  const isComplete = await withVersion(ctx, work, async (version) => {
    const before = await readParts(ctx, run.id);
    let position = before?.rows ?? 0;
    await setRowsDone(ctx, run.id, work.lease, position);
    const { signal } = work.lease;
    const input = { lease: version, definition, set, dataset, from: position, head: before?.head, signal };
    for await (const part of streamRows(input, deps.artifacts, deps.partRows)) {
      if (!(await storePart(ctx, run.id, work.lease, position, part))) return false;
      position += part.rows;
    }
    return !signal.aborted;
  });
  if (!isComplete) return;
  const rows = await readParts(ctx, run.id);
  if (!rows || rows.rows !== set.rows) throw new Error(`Run ${run.id} has ${rows?.rows} rows of ${set.rows}.`);
  const version = { name: found.model, version: found.version };
  const { columns: named } = definition;
  const leakage = await checkTrainingLeakage(ctx, { version, set, named, dataset }, deps.artifacts);
  const result = await evaluateInThread(definition.task, set, rows, work.lease.signal);
  await finish(ctx, work, { rows: withoutProbabilities(set, rows), result, leakage });
}

/** Runs the version on corrupted rows of a sample, and on the clean ones. */
async function measureRobustness(ctx: Context, work: Work): Promise<void> {
  const { found, deps } = work;
  const { run } = found;
  const ready = await findReadySet(ctx, run.setId);
  const definition = EvaluationSetDefinition.parse(ready.definition);
  const settings = RobustnessSettings.parse(run.settings);
  const set = sampleSet(await readSetRowsOf(ready, deps.artifacts), settings);
  const { signal } = work.lease;
  const isComplete = await withVersion(ctx, work, async (version) => {
    const before = await readParts(ctx, run.id);
    let position = before?.rows ?? 0;
    await setRowsDone(ctx, run.id, work.lease, position);
    const input = { lease: version, definition, settings, set, dataset: ready.dataset, head: before?.head, signal };
    for await (const part of streamRobustness({ ...input, from: position }, deps.artifacts)) {
      if (!(await storePart(ctx, run.id, work.lease, position, part))) return false;
      position += part.rows;
    }
    return !signal.aborted;
  });
  if (!isComplete) return;
  const rows = await readParts(ctx, run.id);
  if (!rows || rows.rows !== run.rowsTotal)
    throw new Error(`Run ${run.id} has ${rows?.rows} rows of ${run.rowsTotal}.`);
  await finish(ctx, work, { rows, result: robustnessResult(set, rows, settings), leakage: null });
}

/** Leases the version of a run on its provider. @throws DomainError with why it cannot be run here */
function withVersion<Result>(
  ctx: Context,
  { found: { run }, lease, deps }: Work,
  work: (version: LeasedVersion) => Promise<Result>,
): Promise<Result> {
  const providers =
    run.provider === "" ? [] : ([run.provider] as Parameters<typeof deps.models.leaseVersion>[1]["providers"]);
  return withLeasedVersion(ctx, deps.models, { versionId: run.versionId, providers }, async (version) => {
    if (typeof version === "string") throw new DomainError("conflict", `The version cannot be run here: ${version}`);
    if (run.provider !== "" && version.provider !== run.provider) {
      const why = version.fallbacks.find(({ provider }) => provider === run.provider)?.reason ?? "";
      throw new DomainError("conflict", `Provider "${run.provider}" is not available here. ${why}`.trim());
    }
    await ctx.db
      .update(evaluationRuns)
      .set({ ranOn: version.provider })
      .where(isRunOf(ctx, run.id, lease));
    return work(version);
  });
}

type Stored = typeof evaluationRuns.$inferInsert;

/** Stores the rows of a run, and ends it. */
async function finish(
  ctx: Context,
  { found, lease, deps }: Work,
  { rows, result, leakage }: { rows: RunRows; result: Stored["result"]; leakage: Stored["leakage"] },
): Promise<void> {
  const { run, model, version } = found;
  const key = artifactKey(ctx.actor.workspaceId, ["evaluations", run.id, "rows.columns"]);
  const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
  const stored = await deps.artifacts.put(key, Readable.from([packColumns(rows)]));
  await transact(ctx, async (ctx) => {
    await endUpload(ctx, upload, stored);
    const [done] = await ctx.db
      .update(evaluationRuns)
      .set({ state: "done", result, leakage, rowsKey: key, finishedAt: new Date(), runner: null, leasedUntil: null })
      .where(isRunOf(ctx, run.id, lease))
      .returning({ id: evaluationRuns.id });
    if (!done) return;
    await deleteParts(ctx, run.id);
    await deps.onEnd?.(ctx, run.id);
    await record(ctx, `${run.kind}.finished`, {
      subject: `version/${model}/${version}`,
      after: { runId: run.id, set: found.set.name, digest: found.set.digest },
    });
    await publish(ctx, "evaluation", run.id);
  });
}

async function fail(ctx: Context, { found, lease, deps }: Work, problem: string): Promise<void> {
  const { run, model, version } = found;
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(evaluationRuns)
      .set({ state: "failed", problem, finishedAt: new Date(), runner: null, leasedUntil: null })
      .where(isRunOf(ctx, run.id, lease))
      .returning({ id: evaluationRuns.id });
    if (!failed) return;
    await deps.onEnd?.(ctx, run.id);
    await record(ctx, `${run.kind}.failed`, {
      subject: `version/${model}/${version}`,
      after: { runId: run.id, problem },
    });
    await publish(ctx, "evaluation", run.id);
  });
}

/** Leaves it to the next runner, a minute later, with the reason. This runner did not die, so it does not count as one that did. */
async function giveBack(ctx: Context, { found: { run }, lease }: Work, reason: string): Promise<void> {
  log.warn("evaluation.waits", { runId: run.id, reason });
  await ctx.db
    .update(evaluationRuns)
    .set({
      state: "waiting",
      problem: reason,
      attempts: sql`greatest(${evaluationRuns.attempts} - 1, 0)`,
      runner: null,
      leasedUntil: sql`now() + interval '1 minute'`,
    })
    .where(isRunOf(ctx, run.id, lease));
}
