import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { Turns } from "#server/base/turns.ts";
import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { changedRows } from "#server/stats/evaluation/changed-rows.ts";
import type { PairedComparison } from "#server/stats/evaluation/compare-paired.ts";
import { newcombeInterval } from "#server/stats/proportion.ts";
import { CompareEvaluations, type EvaluationComparison, type PairedMetricResult } from "../contract.ts";
import { oneAtATime } from "../rows/one-at-a-time.ts";
import { runFields } from "../runs/run-queries.ts";
import { loadEvaluationSet } from "../sets/set-queries.ts";
import { evaluatedSegments, gatherSegments, rowsOfSegment } from "../sets/set-rows.ts";
import { comparedMetrics, compareMetric } from "./compare-metric.ts";
import { describeComparison } from "./describe-comparison.ts";
import { type LoadedPair, type LoadedRun, loadPair } from "./load-pair.ts";

/** Milliseconds after which other work has a turn: each step takes some itself. */
const turnMs = 50;

/**
 * Compares any two versions on one set, row by row, from the rows that their evaluations stored.
 * @throws DomainError "not-found" for the set or the segment, "conflict" for a version that was not evaluated on it
 */
export async function compareEvaluations(
  ctx: Context,
  input: CompareEvaluations,
  store: Pick<ArtifactStore, "open">,
): Promise<EvaluationComparison> {
  permit(ctx, "compareEvaluations");
  const { segment = null, metric, confidence, ...versions } = CompareEvaluations.parse(input);
  const { usage, ...set } = await loadEvaluationSet(ctx, versions.setId);
  const pair = await loadPair(ctx, versions, store);
  const computed = { segment, metric, confidence };
  const comparison = await oneAtATime(pair.set.rows, () => compareInTurns(pair, computed));
  return {
    set: { id: set.id, name: set.name, digest: set.digest, taskKind: set.definition.task.kind },
    usage,
    ...comparison,
  };
}

type Computed = Omit<EvaluationComparison, "set" | "usage">;

/** Compares metric by metric and segment by segment, with turns of other work in between. */
async function compareInTurns(
  pair: LoadedPair,
  { segment, metric, confidence }: { segment: string | null; metric: string | undefined; confidence: number },
): Promise<Computed> {
  const turns = new Turns(turnMs);
  const rows = rowsOfSegment(pair.set, segment);
  if (rows === undefined) throw new DomainError("not-found", `The set has no segment "${segment}".`);
  const { first, second } = pair;
  const all = comparedMetrics(first.measured, second.measured);
  const ids = metric === undefined ? all : all.filter((id) => id === metric);
  if (metric !== undefined && ids.length === 0) {
    throw new DomainError("invalid", `Versions are not compared by "${metric}". Choose among ${all.join(", ")}.`);
  }
  const found = [];
  for (const id of ids) {
    found.push({ id, ...compareMetric(first.measured, second.measured, { id, rows, level: confidence }) });
    if (turns.isDue) await turns.next();
  }
  const [headline] = found;
  if (!headline) throw new DomainError("conflict", "These evaluations have no metric in common.");
  const metrics = found.map(({ result }) => result);
  return {
    first: shown(first),
    second: shown(second),
    segment,
    rows: rows?.length ?? pair.set.rows,
    failed: headline.comparison.failed,
    discordant: discordantRows(pair, rows, headline.comparison, confidence),
    metrics,
    segments: segment === null ? await compareSegments(pair, headline.id, confidence) : [],
    words: describeComparison(first.found, second.found, headline.result, confidence),
  };
}

function shown({ found }: LoadedRun): EvaluationComparison["first"] {
  const { id: runId, model, version, isStale, finishedAt } = runFields(found);
  return { runId, model, version, isStale, finishedAt };
}

function discordantRows(
  { first, second }: LoadedPair,
  rows: Uint32Array | null,
  { cells, pValue }: PairedComparison,
  level: number,
): EvaluationComparison["discordant"] {
  if (!cells) return null;
  const { counts } = changedRows(first.measured.pairing.columns, second.measured.pairing.columns, { rows, limit: 0 });
  const { both, onlyFirst, onlySecond, neither } = cells;
  const count = both + onlyFirst + onlySecond + neither;
  const share = (correct: number) => ({ share: correct / count, count });
  return {
    both,
    onlyFirst,
    onlySecond,
    neither,
    neitherDiffer: counts.otherwise,
    pValue,
    unpaired: count > 0 ? newcombeInterval(share(both + onlyFirst), share(both + onlySecond), level) : null,
  };
}

async function compareSegments(
  { set, first, second }: LoadedPair,
  id: EvaluationMetricId,
  level: number,
): Promise<EvaluationComparison["segments"]> {
  const turns = new Turns(turnMs);
  const found: EvaluationComparison["segments"] = [];
  for (const { segment, rows } of gatherSegments(set, evaluatedSegments(set))) {
    const { result, comparison } = compareMetric(first.measured, second.measured, { id, rows, level });
    const { cells } = comparison;
    found.push({
      id: segment.id,
      title: segment.title,
      column: segment.column,
      onlyFirst: cells?.onlyFirst ?? null,
      onlySecond: cells?.onlySecond ?? null,
      result,
    });
    if (turns.isDue) await turns.next();
  }
  return found.toSorted((a, b) => gainOf(a.result) - gainOf(b.result));
}

/** Difference in the better direction; what has none comes last. */
function gainOf({ difference, better, verdict }: PairedMetricResult): number {
  if (difference === null || verdict === "insufficient-data") return Number.POSITIVE_INFINITY;
  return better === "lower" ? -difference : difference;
}
