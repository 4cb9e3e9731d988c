import { and, eq } from "drizzle-orm";
import { evaluationRuns, evaluationSets, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { EvaluationSetDefinition, type EvaluationTask } from "../contract.ts";
import { measureTask } from "../metrics/measure-task.ts";
import type { TaskMetrics } from "../metrics/task-metrics.ts";
import { readRunRows, readSetRowsOf } from "../rows/read-rows.ts";
import { type FoundRun, readRuns, runFields } from "../runs/run-queries.ts";
import type { RunRows } from "../runs/score-rows.ts";
import { findReadySet } from "../sets/set-queries.ts";
import type { SetRows } from "../sets/set-rows.ts";

interface VersionKey {
  name: string;
  version: number;
}

/** A finished run with its rows. */
export interface LoadedRun {
  found: FoundRun;
  rows: RunRows;
  measured: TaskMetrics;
}

/** Two finished runs of one set. */
export interface LoadedPair {
  task: EvaluationTask;
  set: SetRows;
  first: LoadedRun;
  second: LoadedRun;
}

/**
 * Loads the newest results of two versions on one set, with the same names of classes. No version is run for it.
 * @throws DomainError "not-found" for the set, "conflict" for a version that was not evaluated on it
 */
export async function loadPair(
  ctx: Context,
  { setId, first, second }: { setId: string; first: VersionKey; second: VersionKey },
  store: Pick<ArtifactStore, "open">,
): Promise<LoadedPair> {
  const ready = await findReadySet(ctx, setId);
  const { task } = EvaluationSetDefinition.parse(ready.definition);
  const found = [await findDone(ctx, setId, first), await findDone(ctx, setId, second)] as const;
  const [set, a, b] = await Promise.all([
    readSetRowsOf(ready, store),
    readRunRows(found[0].run, store),
    readRunRows(found[1].run, store),
  ]);
  const aligned = withClassesOf(set, a, b);
  return {
    task,
    set,
    first: { found: found[0], rows: a, measured: measureTask(task, set, a) },
    second: { found: found[1], rows: aligned, measured: measureTask(task, set, aligned) },
  };
}

/** Loads the newest result of one version on a set. @throws as loadPair */
export async function loadSingle(
  ctx: Context,
  { setId, version }: { setId: string; version: VersionKey },
  store: Pick<ArtifactStore, "open">,
): Promise<Omit<LoadedPair, "second">> {
  const ready = await findReadySet(ctx, setId);
  const { task } = EvaluationSetDefinition.parse(ready.definition);
  const found = await findDone(ctx, setId, version);
  const [set, rows] = await Promise.all([readSetRowsOf(ready, store), readRunRows(found.run, store)]);
  return { task, set, first: { found, rows, measured: measureTask(task, set, rows) } };
}

/** Finds the newest finished evaluation of a version on a set, one of its present file first. @throws DomainError "conflict" */
async function findDone(ctx: Context, setId: string, { name, version }: VersionKey): Promise<FoundRun> {
  const isOfVersion = and(eq(registeredModels.name, name), eq(modelVersions.version, version));
  const isDone = and(eq(evaluationRuns.kind, "evaluation"), eq(evaluationRuns.state, "done"));
  const runs = await readRuns(ctx, and(eq(evaluationSets.id, setId), isOfVersion, isDone), 20, "none");
  const chosen = runs.find((one) => !runFields(one).isStale) ?? runs[0];
  if (chosen) return chosen;
  throw new DomainError("conflict", `${name} v${version} has not been evaluated on this set. Request its evaluation.`);
}

/** Numbers the classes of a run that are no class of the set as another run does. */
function withClassesOf(set: SetRows, first: RunRows, second: RunRows): RunRows {
  const count = set.head.classes.length;
  const own = second.head.classes.slice(count);
  if (own.length === 0) return second;
  const names = [...first.head.classes];
  const numbers = own.map((name) => {
    const known = names.indexOf(name, count);
    if (known >= 0) return known;
    names.push(name);
    return names.length - 1;
  });
  const answer = (second.columns.answer as Uint16Array).map((value) => numbers[value - count] ?? value);
  const classes = [...second.head.classes.slice(0, count), ...names.slice(count)];
  return { ...second, head: { ...second.head, classes }, columns: { ...second.columns, answer } };
}
