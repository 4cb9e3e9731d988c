import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { comparedMetrics, compareMetric } from "#server/release/evaluation/comparison/compare-metric.ts";
import { loadPair } from "#server/release/evaluation/comparison/load-pair.ts";
import { oneAtATime } from "#server/release/evaluation/rows/one-at-a-time.ts";
import { evaluatedSegments, gatherSegments } from "#server/release/evaluation/sets/set-rows.ts";
import type { PairedCells } from "#server/stats/evaluation/paired.ts";
import { type Acceptance, acceptCandidate } from "../accept/accept-candidate.ts";
import type { ComparisonPart } from "../contract.ts";
import type { FoundCycle } from "./lock-cycle.ts";
import { type ComparedRun, readComparedRuns } from "./request-comparison.ts";
import type { Compared } from "./write-found.ts";

/**
 * Compares candidate and champion row by row, once all their evaluations are done. It reads files, so it runs outside of the transaction that stores the
 * outcome.
 * @returns undefined while there is nothing to compare. @throws DomainError "unavailable", and errors of the store, which pass
 */
export async function compareCandidate(
  ctx: Context,
  cycle: FoundCycle,
  artifacts: Pick<ArtifactStore, "open">,
): Promise<Compared | undefined> {
  const { comparison, candidateVersion } = cycle;
  if (!comparison || comparison.acceptance || comparison.problem !== null || candidateVersion === null)
    return undefined;
  const { runs, isComplete } = await readComparedRuns(ctx, comparison);
  if (!isComplete || runs.some(({ state }) => state !== "done")) return undefined;
  try {
    const problem = describeLearned(comparison, runs);
    const acceptance = problem === null ? await accept(ctx, cycle, comparison, candidateVersion, artifacts) : null;
    return { of: comparison, outcome: { acceptance, problem } };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === "unavailable") throw error;
    return { of: comparison, outcome: { acceptance: null, problem: error.message } };
  }
}

/** Says that the candidate has learned from rows that it is compared on; null where that is not known of any. */
function describeLearned({ frozen, fresh }: ComparisonPart, runs: readonly ComparedRun[]): string | null {
  const learnedOf = (id: string | undefined) => runs.find((run) => run.id === id)?.leakage?.sharedRows ?? 0;
  const sets = [
    { name: "the frozen set", rows: learnedOf(frozen.candidateRunId) },
    { name: "the fresh set", rows: learnedOf(fresh?.candidateRunId) },
  ];
  const found = sets.find(({ rows }) => rows > 0);
  return found ? `The candidate was trained on ${formatCount(found.rows)} rows of ${found.name}.` : null;
}

async function accept(
  ctx: Context,
  { model: name, championVersion, plan, rules }: FoundCycle,
  { fresh }: ComparisonPart,
  candidateVersion: number,
  artifacts: Pick<ArtifactStore, "open">,
): Promise<Acceptance> {
  const pair = { first: { name, version: candidateVersion }, second: { name, version: championVersion } };
  const onFrozen = await cellsOn(ctx, { setId: plan.compare.frozenSet, ...pair }, artifacts);
  const onFresh = fresh && (await cellsOn(ctx, { setId: fresh.setId, ...pair }, artifacts));
  const evidence = { frozen: onFrozen.all, fresh: onFresh?.all ?? null, segments: onFrozen.segments };
  return acceptCandidate(rules.accept, evidence);
}

/** Counts the rows of a set, and of its segments, on which each version is right. @throws DomainError "invalid" where rows are not right or wrong */
async function cellsOn(
  ctx: Context,
  versions: Parameters<typeof loadPair>[1],
  artifacts: Pick<ArtifactStore, "open">,
): Promise<{ all: PairedCells; segments: { name: string; cells: PairedCells }[] }> {
  const { set, task, ...loaded } = await loadPair(ctx, versions, artifacts);
  const [first, second] = [loaded.first.measured, loaded.second.measured];
  const id = comparedMetrics(first, second).find((one) => first.pairing.metrics[one]?.name === "accuracy");
  const cellsOf = (rows: Uint32Array | null): PairedCells => {
    const cells = id && compareMetric(first, second, { id, rows, level: 0.95 }).comparison.cells;
    if (cells) return cells;
    const words = `Rows of a set for ${task.kind} have no correct or incorrect predictions, so candidates cannot be compared.`;
    throw new DomainError("invalid", `${words} Choose a set of classes in the plan.`);
  };
  return oneAtATime(set.rows, async () => ({
    all: cellsOf(null),
    segments: [...gatherSegments(set, evaluatedSegments(set))].map(({ segment, rows }) => ({
      name: segment.title,
      cells: cellsOf(rows),
    })),
  }));
}
