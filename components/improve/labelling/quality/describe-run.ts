import { formatCount, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import type { Agreement, LabelRunResults } from "#server/improve/labelling/runs/contract.ts";

interface Shown {
  label: string;
  /** What it is, in one sentence. */
  sentence: string;
  value: string | null;
  comparison: string;
}

/** Largest share of one class up to which alpha is read; beyond it, AC1. */
const maxClassShare = 0.8;

/** Returns the number by which people agree: alpha, AC1 where one class dominates, or the similarity of regions and texts. */
export function describeAgreement({ agreement, largestClassShare }: LabelRunResults): Shown {
  const { alpha, ac1, similarity } = agreement;
  if (ac1 && (largestClassShare ?? 0) > maxClassShare) {
    return {
      label: "Agreement, AC1",
      sentence: "Agreement beyond chance, for projects in which one class holds most labels.",
      ...shownInterval(ac1),
    };
  }
  if (alpha.value !== null) {
    return {
      label: "Agreement, α",
      sentence: "Krippendorff’s alpha: 1 is full agreement, 0 is agreement by chance.",
      ...shownInterval(alpha),
    };
  }
  return {
    label: "Agreement",
    sentence: "Mean similarity of two people’s answers to an item, from 0 to 1.",
    ...shownInterval(similarity),
  };
}

function shownInterval({ value, low, high }: Agreement["alpha"]): Pick<Shown, "value" | "comparison"> {
  if (value === null) return { value: null, comparison: "needs items with two answers" };
  const range =
    low === null || high === null
      ? noValue
      : `${formatNumber(low, { decimals: 2 })} to ${formatNumber(high, { decimals: 2 })}`;
  return { value: formatNumber(value, { decimals: 2 }), comparison: range };
}

/** Says what the agreement means for the labels; undefined where it is unknown. */
export function describeGrade({ grade, byClass }: LabelRunResults): string | undefined {
  if (grade === null) return undefined;
  const weakest = byClass
    .filter(({ alpha }) => alpha !== null)
    .toSorted((a, b) => (a.alpha ?? 0) - (b.alpha ?? 0))
    .slice(0, 1)
    .filter(({ alpha }) => (alpha ?? 1) < 0.667);
  const except = weakest.map(({ name }) => `, lowest for ${name}`).join("");
  if (grade === "reliable") return `Agreement is reliable${except}.`;
  if (grade === "tentative") return `Agreement is tentative${except}.`;
  return `Annotators disagree about the classes${except}.`;
}

/** Returns the estimated share of wrong labels. */
export function describeNoise({ noise }: LabelRunResults): Shown {
  const common = {
    label: "Suspected label errors",
    sentence: "Share of settled labels estimated to be incorrect (confident learning).",
  };
  if (!noise) return { ...common, value: null, comparison: "needs classes and probabilities" };
  const { share, suspectedCount } = noise;
  const range =
    share.low === null || share.high === null ? "" : `${formatPercent(share.low)} to ${formatPercent(share.high)}; `;
  return {
    ...common,
    value: formatPercent(share.value),
    comparison: `${range}${formatCount(suspectedCount)} to review`,
  };
}

/** Adds up what people answered, by the label in effect (rows). */
export function sumConfusion({ byPerson, classes }: LabelRunResults): number[][] {
  return classes.map((_, row) =>
    classes.map((_, column) => byPerson.reduce((sum, { confusion }) => sum + (confusion?.[row]?.[column] ?? 0), 0)),
  );
}
