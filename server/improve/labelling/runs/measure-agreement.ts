import { alphaInterval, multiLabelAlpha } from "#server/stats/labelling/alpha-interval.ts";
import { gwetAgreement } from "#server/stats/labelling/chance-corrected.ts";
import { krippendorffAlpha, type MeasurementLevel } from "#server/stats/labelling/krippendorff-alpha.ts";
import { classCounts, type Votes } from "#server/stats/labelling/votes.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import type { LabelTaskKind, LabelValue } from "../contract.ts";
import { type ComparedPairs, comparePairs } from "./compare-pairs.ts";
import type { ValueComparison } from "./compare-values.ts";
import type { Agreement } from "./contract.ts";
import type { RunInput } from "./run-input.ts";
import type { Units } from "./units.ts";

/** An answer to a group of alike tasks at once tells less of each. */
const bulkWeight = 0.5;
/** Items that are drawn for an interval, over all resamples. */
const maxDraws = 20_000_000;
const maxCells = 20_000_000;

const levels: Partial<Record<LabelTaskKind, MeasurementLevel>> = {
  class: "nominal",
  ordinal: "ordinal",
  number: "interval",
};

const none = { value: null, low: null, high: null };

/** Measures how far people agree on what they answered, each with those who answered under the same version of the guideline. */
export function measureAgreement(
  input: RunInput,
  units: Units,
  comparison: ValueComparison,
  steps?: number,
): { agreement: Agreement; pairs: ComparedPairs } {
  const pairs = comparePairs(input, units, comparison, steps);
  const random = seededRandom(units.rows.length);
  return {
    pairs,
    agreement: {
      compared: pairs.compared,
      answers: units.rows.length,
      alpha: pairs.compared === 0 ? none : alphaOf(input, units, random),
      ac1: input.kind === "class" || input.kind === "ordinal" ? ac1Of(input, units) : null,
      similarity: pairs.similarity,
    },
  };
}

function alphaOf(input: RunInput, units: Units, random: Random) {
  const options = { random, resamples: Math.max(20, Math.min(500, Math.floor(maxDraws / Math.max(1, units.count)))) };
  if (input.kind === "multilabel") {
    const { values, classes, answers } = input;
    if (classes.length * units.rows.length > maxCells) return none;
    const places = new Map(classes.map((name, place) => [name, place]));
    const chosenOf = values.map((value) =>
      value.kind === "multilabel" ? value.labels.flatMap((name) => places.get(name) ?? []) : [],
    );
    const chosen = Array.from(units.rows, (row) => chosenOf[answers.value[row] as number] ?? []);
    const found = multiLabelAlpha({ item: units.unit, chosen, items: units.count, classes: classes.length }, options);
    return { value: found.alpha, low: found.low, high: found.high };
  }
  const level = levels[input.kind];
  if (!level) return none;
  const { alpha, low, high } = alphaInterval(ratingsOf(input, units, numberOf(input)), level, options);
  return { value: alpha, low, high };
}

function ratingsOf(
  { answers, values }: RunInput,
  { rows, unit, count }: Units,
  ofValue: (value: LabelValue) => number,
) {
  const numbers = Float64Array.from(values, ofValue);
  const isBulk = rows.some((row) => answers.isBulk[row] === 1);
  return {
    item: unit,
    value: Float64Array.from(rows, (row) => numbers[answers.value[row] as number] as number),
    items: count,
    ...(isBulk && { weight: Float64Array.from(rows, (row) => (answers.isBulk[row] === 1 ? bulkWeight : 1)) }),
  };
}

/** Returns what numbers values: place of a class, rating or number. */
export function numberOf({ classes }: Pick<RunInput, "classes">): (value: LabelValue) => number {
  const places = new Map(classes.map((name, place) => [name, place]));
  return (value) => {
    if (value.kind === "class") return places.get(value.label) ?? classes.length;
    if (value.kind === "ordinal") return value.rating - 1;
    return value.kind === "number" ? value.number : 0;
  };
}

/** Returns answers as votes for classes, or undefined where tables of so many classes do not fit into memory. */
export function votesOf(
  input: RunInput,
  { rows, unit, count }: Pick<Units, "rows" | "unit" | "count">,
): Votes | undefined {
  const { answers, classes, values, people } = input;
  if (classes.length === 0 || count * classes.length > maxCells) return undefined;
  const places = Int32Array.from(values, numberOf(input));
  return {
    item: unit,
    annotator: Int32Array.from(rows, (row) => answers.person[row] as number),
    given: Int32Array.from(rows, (row) => places[answers.value[row] as number] as number),
    items: count,
    annotators: people.length,
    classes: classes.length,
  };
}

function ac1Of(input: RunInput, units: Units): Agreement["ac1"] {
  const votes = votesOf(input, units);
  if (!votes || votes.classes < 2) return none;
  const found = gwetAgreement({ counts: classCounts(votes), items: votes.items, classes: votes.classes });
  return found ? { value: found.value, low: found.low, high: found.high } : none;
}

/** Computes alpha of one class against all others. @returns null where it is undefined */
export function alphaOfClass(input: RunInput, units: Units, name: string): number | null {
  const isOf = (value: LabelValue) => {
    if (value.kind === "class") return value.label === name ? 1 : 0;
    if (value.kind === "multilabel") return value.labels.includes(name) ? 1 : 0;
    return value.kind === "ordinal" && String(value.rating) === name ? 1 : 0;
  };
  return krippendorffAlpha(ratingsOf(input, units, isOf), "nominal");
}
