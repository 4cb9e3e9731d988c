import { isDeepStrictEqual } from "node:util";
import { and, eq } from "drizzle-orm";
import { evaluationRuns, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { robustnessMetrics } from "#server/stats/evaluation/robustness.ts";
import {
  CompareRobustness,
  ListEvaluations,
  type RobustnessComparison,
  RobustnessResult,
  type RobustnessRun,
  RobustnessSettings,
} from "../contract.ts";
import { type FoundRun, findRun, readRuns, runFields } from "../runs/run-queries.ts";
import { errorsOf } from "./robustness-result.ts";

/** Lists robustness runs of versions, newest first. */
export async function listRobustness(ctx: Context, input: ListEvaluations = {}): Promise<RobustnessRun[]> {
  permit(ctx, "listRobustness");
  const { setId, name, version, limit } = ListEvaluations.parse(input);
  const found = await readRuns(
    ctx,
    and(
      eq(evaluationRuns.kind, "robustness"),
      setId === undefined ? undefined : eq(evaluationRuns.setId, setId),
      name === undefined ? undefined : eq(registeredModels.name, name),
      version === undefined ? undefined : eq(modelVersions.version, version),
    ),
    limit,
  );
  return found.map(toRobustness);
}

/** Returns one robustness run with its progress or result. @throws DomainError "not-found" */
export async function getRobustness(ctx: Context, id: string): Promise<RobustnessRun> {
  permit(ctx, "getRobustness");
  return loadRobustness(ctx, id);
}

/** Returns a robustness run inside a command. @throws DomainError "not-found" */
export async function loadRobustness(ctx: Context, id: string): Promise<RobustnessRun> {
  return toRobustness(await findRun(ctx, id, "robustness"));
}

/**
 * Compares two finished robustness runs on the same rows and corruptions.
 * @throws DomainError "not-found"; "conflict" unless both are finished and have the same set and settings
 */
export async function compareRobustness(ctx: Context, input: CompareRobustness): Promise<RobustnessComparison> {
  permit(ctx, "compareRobustness");
  const { id, base } = CompareRobustness.parse(input);
  const [first, second] = [await loadRobustness(ctx, id), await loadRobustness(ctx, base)];
  if (!first.result || !second.result) throw new DomainError("conflict", "Both robustness runs must be finished.");
  if (first.set.id !== second.set.id || !isDeepStrictEqual(first.settings, second.settings)) {
    throw new DomainError("conflict", "Both robustness runs must have the same set, rows, corruptions and seed.");
  }
  const found = robustnessMetrics(errorsOf(first.result), errorsOf(second.result));
  const others = second.result.byKind;
  return {
    mce: found.mce,
    relativeMce: found.relativeMce,
    retained: { first: first.result.retained, second: second.result.retained },
    byKind: first.result.byKind.map(({ kind, title, mean }) => ({
      kind,
      title,
      ce: found.ce[kind] ?? null,
      relativeCe: found.relative[kind] ?? null,
      difference: mean - (others.find((other) => other.kind === kind)?.mean ?? 0),
    })),
  };
}

function toRobustness(found: FoundRun): RobustnessRun {
  const { settings, result } = found.run;
  return {
    ...runFields(found),
    settings: RobustnessSettings.parse(settings),
    result: result === null ? null : RobustnessResult.parse(result),
  };
}
