import { formatCount, formatNumber, formatPercent, nbsp } from "#components/ui/format.ts";
import { isProbabilities } from "#server/serve/runner/constants.ts";
import type { Element } from "./elements.ts";

/** One output tensor as the Open Inference Protocol writes it. */
export interface OutputTensor {
  name: string;
  datatype: string;
  shape: number[];
  data: Element[];
}

export interface ClassShare {
  label: string;
  /** 0 to 1; null when the model gave NaN. */
  share: number | null;
}

/** View of one row of an output: class probabilities, or plain values. */
export type OutputView =
  | { kind: "classes"; name: string; classes: ClassShare[]; best: ClassShare | undefined; entropyBits: number }
  | { kind: "values"; name: string; shape: number[]; values: Element[]; labels: string[] | undefined };

/** Classes shown one by one; of more than these only the best five. */
const maxClasses = 10;

/** Returns the view of one row of each output. A row of numbers from 0 to 1 with the sum 1 is treated as probabilities. */
export function viewOutputs(
  outputs: readonly OutputTensor[],
  labels: readonly string[] | undefined,
  row = 0,
): OutputView[] {
  return outputs.map((output) => {
    const { name } = output;
    const values = rowOf(output, row);
    const named = labels && values.length === labels.length ? [...labels] : undefined;
    // With fewer values than classes, the output is a selection of them, such as the top three.
    if (!isProbabilities(values) || (labels && !named))
      return { kind: "values", name, shape: output.shape.slice(1), values, labels: named };
    const classes = values.map((value, index) => ({ label: named?.[index] ?? String(index), share: asShare(value) }));
    return { kind: "classes", name, classes, best: bestOf(classes), entropyBits: entropyBits(classes) };
  });
}

/** Returns the number of rows of the outputs; 1 if they differ in it. */
export function rowsOf(outputs: readonly { shape: number[] }[]): number {
  const counts = new Set(outputs.map((output) => output.shape[0] ?? 1));
  const [count = 1] = counts;
  return counts.size === 1 ? count : 1;
}

function rowOf({ shape, data }: OutputTensor, row: number): Element[] {
  const rows = shape[0] ?? 1;
  const width = rows > 0 ? data.length / rows : 0;
  return Number.isInteger(width) ? data.slice(row * width, (row + 1) * width) : data;
}

function asShare(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function bestOf(classes: readonly ClassShare[]): ClassShare | undefined {
  return classes.reduce<ClassShare | undefined>(
    (best, each) => ((each.share ?? -1) > (best?.share ?? -1) ? each : best),
    undefined,
  );
}

/** Computes the Shannon entropy of the prediction: 0 is certain, log2 of the number of classes is a uniform distribution. */
function entropyBits(classes: readonly ClassShare[]): number {
  return classes.reduce((sum, { share }) => (share ? sum - share * Math.log2(share) : sum), 0);
}

/** Returns the classes to draw: all in their order, or above ten the best five and the sum of the rest. */
export function shownClasses(classes: readonly ClassShare[]): { shown: ClassShare[]; others?: ClassShare } {
  if (classes.length <= maxClasses) return { shown: [...classes] };
  const sorted = classes.toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1));
  const rest = sorted.slice(5);
  const share = rest.reduce((sum, each) => sum + (each.share ?? 0), 0);
  return { shown: sorted.slice(0, 5), others: { label: `${formatCount(rest.length)} others`, share } };
}

/** Prediction of a version, for the sentence that compares two. */
export interface Answered {
  /** "v12" */
  version: string;
  views: OutputView[];
  totalMs: number;
}

/** Describes whether two versions agree, and how much they differ: conclusion first, then the difference in confidence and time. */
export function agreement(a: Answered, b: Answered): { conclusion: string; detail: string } {
  const [first, second] = [a.views[0], b.views[0]];
  const faster = speedOf(a, b);
  if (first?.kind === "classes" && second?.kind === "classes" && first.best && second.best) {
    if (first.best.label !== second.best.label) {
      return {
        conclusion: `The versions disagree: ${a.version} predicts ${first.best.label}, ${b.version} predicts ${second.best.label}.`,
        detail: `Confidence ${formatPercent(first.best.share)} and ${formatPercent(second.best.share)}; ${b.version} is ${faster}.`,
      };
    }
    const surer = surenessOf((second.best.share ?? 0) - (first.best.share ?? 0));
    return { conclusion: `Both predict ${first.best.label}.`, detail: `${b.version} is ${surer} and ${faster}.` };
  }
  const difference = largestDifference(first, second);
  const conclusion =
    difference === undefined
      ? "The outputs have different shapes."
      : difference === 0
        ? "The outputs are identical."
        : `The outputs differ by at most ${formatNumber(difference)}.`;
  return { conclusion, detail: `${b.version} is ${faster}.` };
}

function surenessOf(difference: number): string {
  if (Math.abs(difference) < 0.0005) return "equally confident";
  return `${difference > 0 ? "more confident" : "less confident"} by ${formatNumber(Math.abs(difference) * 100, { decimals: 1 })} points`;
}

function speedOf(a: Answered, b: Answered): string {
  const difference = b.totalMs - a.totalMs;
  // Based on one prediction each, differences below a millisecond are noise.
  if (Math.abs(difference) < 1) return "equally fast";
  return `${formatNumber(Math.abs(difference))}${nbsp}ms ${difference < 0 ? "faster" : "slower"}`;
}

function largestDifference(a: OutputView | undefined, b: OutputView | undefined): number | undefined {
  if (a?.kind !== "values" || b?.kind !== "values" || a.values.length !== b.values.length) return undefined;
  return a.values.reduce<number>((most, value, index) => {
    const other = b.values[index];
    if (typeof value === "number" && typeof other === "number") return Math.max(most, Math.abs(value - other));
    return value === other ? most : Number.POSITIVE_INFINITY;
  }, 0);
}
