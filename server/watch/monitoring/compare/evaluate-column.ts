import type { CalibratedTest } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { countsTest } from "#server/stats/drift/calibrated/counts-test.ts";
import { histogramTest } from "#server/stats/drift/calibrated/histogram-test.ts";
import { quantileEdges, tally } from "#server/stats/drift/calibrated/quantile-edges.ts";
import { outOfRangeTest, shareTest, unseenTest } from "#server/stats/drift/calibrated/share-tests.ts";
import { chooseMethod } from "#server/stats/drift/compatible/choose-method.ts";
import { type LevelColumn, type NumericColumn, rowsOf } from "#server/stats/drift/compatible/column.ts";
import { type CompatibleScore, compatibleScore } from "#server/stats/drift/compatible/compatible-score.ts";
import { nannymlScores } from "#server/stats/drift/compatible/nannyml.ts";
import { budgetShares } from "#server/stats/drift/multiplicity.ts";
import { disagreement, driftWord, type EvaluatedFeature, featureSentence } from "../drift/sentences.ts";
import { barsOf } from "./bars.ts";
import type { ComparedColumn, CompareSettings, StoredTest } from "./contract.ts";
import type { Sides } from "./sides.ts";

/** Bins of a numeric column, as in a profile. */
const bins = 512;

/** Evaluates a column: Evidently's score, the calibrated tests, and a sentence if they disagree. `columns` share the alarm budget. */
export function evaluateColumn(sides: Sides, settings: CompareSettings, columns: number): ComparedColumn {
  const { name, type, reference, current, referenceMissing, missing } = sides;
  const rows = { reference: rowsOf(reference), current: rowsOf(current) };
  const alpha = (share: number) => (settings.falseAlarms * share) / columns;
  const base = { name, type, referenceRows: rows.reference, rows: rows.current, referenceMissing, missing };
  const missingTest = kept(
    shareTest({
      hits: missing,
      rows: missing + rows.current,
      alpha: alpha(budgetShares.missing),
      referenceHits: referenceMissing,
      referenceRows: referenceMissing + rows.reference,
    }),
  );
  const isCompared = (type === "numerical" || type === "categorical") && rows.reference > 0 && rows.current > 0;
  if (!isCompared) return withoutScore(base, missingTest);
  const isNumeric = reference.type === "numerical" && current.type === "numerical";
  // Predictions are ordinary columns here: their share goes to distributions.
  const ofDistribution = alpha(budgetShares.distribution + budgetShares.prediction);
  const tests = isNumeric
    ? numericTests(reference, current, { distribution: ofDistribution, unseen: alpha(budgetShares.unseen), name })
    : levelTests(reference as LevelColumn, current as LevelColumn, {
        distribution: ofDistribution,
        unseen: alpha(budgetShares.unseen),
        name,
      });
  const evaluated: EvaluatedFeature = {
    feature: name,
    referenceRows: rows.reference,
    rows: rows.current,
    test: tests.distribution,
    materialityFloor: settings.materialityFloor,
    weeksPerFalseAlarm: describeBudget(settings.falseAlarms),
  };
  const score = scoreOf(sides);
  return {
    ...base,
    score,
    nannyml: nannymlScores(reference, current).jensenShannon,
    distribution: kept(tests.distribution),
    missingTest,
    unseenTest: tests.unseen ? kept(tests.unseen) : null,
    outOfRangeTest: tests.outOfRange ? kept(tests.outOfRange) : null,
    ...verdict(evaluated, [tests.unseen, tests.outOfRange], missingTest),
    disagreement: (score && disagreement(evaluated, score)) ?? null,
    note: null,
    bars: barsOf(reference, current),
  };
}

interface Alphas {
  distribution: number;
  unseen: number;
  name: string;
}

interface Tests {
  distribution: CalibratedTest;
  unseen?: CalibratedTest;
  outOfRange?: CalibratedTest;
}

function numericTests(reference: NumericColumn, current: NumericColumn, alphas: Alphas): Tests {
  const edges = quantileEdges(reference.sorted, bins);
  const counts = { reference: tally(reference.sorted, edges), current: tally(current.sorted, edges) };
  const [min, max] = [reference.sorted[0] as number, reference.sorted.at(-1) as number];
  const outside = current.sorted.filter((value) => value < min || value > max).length;
  return {
    distribution: histogramTest({
      ...counts,
      alpha: alphas.distribution,
      seed: alphas.name,
      isConstant: min === max && current.sorted[0] === min && current.sorted.at(-1) === max,
    }),
    outOfRange: outOfRangeTest({
      outside,
      rows: current.sorted.length,
      referenceRows: reference.sorted.length,
      alpha: alphas.unseen,
    }),
  };
}

function levelTests(reference: LevelColumn, current: LevelColumn, alphas: Alphas): Tests {
  const levels = [...reference.counts.keys()];
  const known = levels.map((level) => current.counts.get(level) ?? 0);
  const added = [...current.counts].flatMap(([level, count]) => (reference.counts.has(level) ? [] : [count]));
  const rows = rowsOf(current);
  const unseen = added.reduce((sum, count) => sum + count, 0);
  const counts = [...reference.counts.values()];
  return {
    distribution: countsTest({
      reference: [...counts, ...added.map(() => 0)],
      current: [...known, ...added],
      hasAllLevels: true,
      alpha: alphas.distribution,
      seed: alphas.name,
    }),
    unseen: unseenTest({
      unseen,
      rows,
      once: counts.filter((count) => count === 1).length,
      twice: counts.filter((count) => count === 2).length,
      reference: counts,
      current: known,
      referenceRows: rowsOf(reference),
      alpha: alphas.unseen,
    }),
  };
}

/**
 * Returns "changed" if the distribution did, or if values are missing, unseen or out of range more often; with the sentence of the
 * first such test.
 */
function verdict(
  evaluated: EvaluatedFeature,
  others: (CalibratedTest | undefined)[],
  missingTest: StoredTest | null,
): Pick<ComparedColumn, "word" | "sentence"> {
  const word = driftWord(evaluated);
  const sentence = featureSentence(evaluated);
  if (word === "changed" || word === "not enough data") return { word, sentence };
  const parts = [sentence];
  if (missingTest?.isDrift) parts.push(`Missing values: ${inPercent(missingTest.statistic)} of rows.`);
  for (const test of others)
    if (test?.isDrift)
      parts.push(
        test.method === "beta-binomial"
          ? `${inPercent(test.statistic)} of values are outside the reference range.`
          : `${inPercent(test.statistic)} of rows have a category that is not in the reference.`,
      );
  return { word: parts.length > 1 ? "changed" : word, sentence: parts.join(" ") };
}

function withoutScore(
  base: Pick<ComparedColumn, "name" | "type" | "referenceRows" | "rows" | "referenceMissing" | "missing">,
  missingTest: StoredTest | null,
): ComparedColumn {
  const isEmpty = base.referenceRows === 0 || base.rows === 0;
  const note = isEmpty ? "One side has no values." : notes[base.type];
  const word = missingTest?.isDrift ? "changed" : isEmpty ? "not enough data" : "about the same";
  const sentence = missingTest?.isDrift
    ? `Missing values of \`${base.name}\`: ${inPercent(missingTest.statistic)} of rows.`
    : `\`${base.name}\`: only missing values were compared.`;
  const none = { score: null, nannyml: null, distribution: null, unseenTest: null, outOfRangeTest: null };
  return { ...base, ...none, missingTest, word, sentence, disagreement: null, note, bars: [] };
}

const notes: Record<ComparedColumn["type"], string> = {
  numerical: "",
  categorical: "",
  text: "Mostly unique text: there is no distribution to compare.",
  datetime: "Timestamps are not compared.",
  unknown: "Values of this type are not compared.",
};

/** Computes Evidently's default method; null when it raises an error. */
function scoreOf({ reference, current }: Sides): CompatibleScore | null {
  try {
    return compatibleScore(chooseMethod(reference, current), reference, current);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function kept({ statistic, line, pValue, isDrift, method }: CalibratedTest): StoredTest {
  return { statistic, line: Number.isFinite(line) ? line : null, pValue, isDrift, method };
}

/** Formats the alarm budget: "at most one false alarm per 20 such comparisons" */
function describeBudget(falseAlarms: number): string {
  return `at most one false alarm per ${Math.round(1 / falseAlarms)} such comparisons`;
}

function inPercent(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}
