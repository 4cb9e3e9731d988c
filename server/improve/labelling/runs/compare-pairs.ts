import { wilsonInterval } from "#server/stats/proportion.ts";
import { meanInterval } from "#server/stats/student-t.ts";
import { maxSteps, type ValueComparison } from "./compare-values.ts";
import type { RunInput } from "./run-input.ts";
import type { Units } from "./units.ts";

/** Comparisons of boxes, spans or texts in a run; beyond, every n-th unit is compared. Others cost nothing. */
const maxCostly = 20_000;

interface PairCount {
  shared: number;
  agreed: number;
}

export interface ComparedPairs {
  /** Units with answers of at least two people. */
  compared: number;
  /** Mean over units of the mean similarity of two people, with Student's interval. */
  similarity: { value: number | null; low: number | null; high: number | null };
  /** By the places of both people, the smaller first. */
  pairs: Map<string, PairCount & { a: number; b: number }>;
  /** By person: compared with others, over all pairs. */
  ofPerson: Map<number, PairCount>;
}

/**
 * Compares the answers of each two people to the same task under the same version of the guideline.
 * @param steps steps that all comparisons may take; beyond, every n-th unit is compared
 */
export function comparePairs(
  { answers }: RunInput,
  units: Units,
  comparison: ValueComparison,
  steps = maxSteps,
): ComparedPairs {
  const costly = costlyPairs(answers.value, units, comparison);
  const step = Math.max(1, Math.ceil(costly.pairs / maxCostly), Math.ceil(costly.steps / steps));
  const result: ComparedPairs = {
    compared: 0,
    similarity: { value: null, low: null, high: null },
    pairs: new Map(),
    ofPerson: new Map(),
  };
  let [mean, m2, count] = [0, 0, 0];
  for (let unit = 0; unit < units.count; unit += 1) {
    const [from, to] = [units.start[unit] as number, units.start[unit + 1] as number];
    if (to - from < 2) continue;
    result.compared += 1;
    if (result.compared % step !== 0) continue;
    let [sum, pairs] = [0, 0];
    for (let one = from; one < to; one += 1) {
      for (let other = from; other < one; other += 1) {
        const [x, y] = [rowAt(units, one), rowAt(units, other)];
        const { similarity, agreed } = comparison.compare(answers.value[x] as number, answers.value[y] as number);
        sum += similarity;
        pairs += 1;
        addPair(result, answers.person[x] as number, answers.person[y] as number, agreed);
      }
    }
    count += 1;
    const delta = sum / pairs - mean;
    mean += delta / count;
    m2 += delta * (sum / pairs - mean);
  }
  if (count > 0) {
    const { low, high } = meanInterval({ count, mean, deviation: Math.sqrt(m2 / Math.max(1, count - 1)) }) ?? {};
    result.similarity = {
      value: mean,
      low: low === undefined ? null : Math.max(0, low),
      high: high === undefined ? null : Math.min(1, high),
    };
  }
  return result;
}

/** Returns agreed by shared with Wilson's interval; all null without shared tasks. */
export function shareWithInterval({ shared, agreed }: PairCount) {
  if (shared === 0) return { value: null, low: null, high: null };
  const { low, high } = wilsonInterval({ share: agreed / shared, count: shared });
  return { value: agreed / shared, low, high };
}

function addPair({ pairs, ofPerson }: ComparedPairs, x: number, y: number, agreed: boolean): void {
  const [a, b] = x < y ? [x, y] : [y, x];
  const key = `${a} ${b}`;
  const pair = pairs.get(key) ?? { a, b, shared: 0, agreed: 0 };
  pairs.set(key, pair);
  const both = [ofPerson.get(x) ?? { shared: 0, agreed: 0 }, ofPerson.get(y) ?? { shared: 0, agreed: 0 }] as const;
  ofPerson.set(x, both[0]);
  ofPerson.set(y, both[1]);
  for (const each of [pair, ...both]) {
    each.shared += 1;
    each.agreed += agreed ? 1 : 0;
  }
}

function rowAt({ rows, order }: Units, at: number): number {
  return rows[order[at] as number] as number;
}

/** Counts pairs of boxes, spans or texts, and the steps of their comparisons. */
function costlyPairs(value: Int32Array, units: Units, { stepsOf }: ValueComparison): { pairs: number; steps: number } {
  const all = { pairs: 0, steps: 0 };
  for (let unit = 0; unit < units.count; unit += 1) {
    const [from, to] = [units.start[unit] as number, units.start[unit + 1] as number];
    for (let one = from; one < to; one += 1) {
      for (let other = from; other < one; other += 1) {
        const steps = stepsOf(value[rowAt(units, one)] as number, value[rowAt(units, other)] as number);
        if (steps === 0) continue;
        all.pairs += 1;
        all.steps += steps;
      }
    }
  }
  return all;
}
