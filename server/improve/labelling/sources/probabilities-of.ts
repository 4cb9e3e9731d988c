import type { LoggedTensor } from "#server/serve/protocol/contract.ts";

/** Probabilities that a request's row got, by what the log has of them. */
interface LoggedPrediction {
  outputs: readonly LoggedTensor[] | null;
  answer: string | null;
  confidence: number | null;
}

/** Rounding of outputs of single precision. */
const tolerance = 0.01;

/**
 * Reads the probabilities of a project's classes from logged outputs: the output whose values add up to 1, in the order of the model's class names.
 * @param classes of the project @param labels the model's class names, in the order of its output; unknown where it has none
 * @returns in the order of the project's classes; null where the log does not have them, or the classes are others
 */
export function probabilitiesOf(
  { outputs, answer, confidence }: LoggedPrediction,
  classes: readonly string[],
  labels: readonly string[] | undefined,
): number[] | null {
  if (classes.length < 2) return null;
  const names = labels ?? classes.map((_, at) => String(at));
  const order = orderOf(classes, names);
  if (!order) return null;
  for (const { data } of outputs ?? []) {
    if (data?.length !== classes.length || !data.every(isShare)) continue;
    const values = data as number[];
    const sum = values.reduce((all, value) => all + value, 0);
    if (Math.abs(sum - 1) <= tolerance) return order.map((at) => Math.min(1, (values[at] as number) / sum));
  }
  // Of two classes, the confidence in one is all there is to know.
  if (classes.length !== 2 || answer === null || confidence === null) return null;
  const at = order.findIndex((place) => names[place] === answer || String(place) === answer);
  if (at < 0) return null;
  return [0, 1].map((place) => (place === at ? confidence : 1 - confidence));
}

/** Places of the project's classes among the model's names; a model without names has its classes in the order of the project. */
function orderOf(classes: readonly string[], names: readonly string[]): number[] | undefined {
  if (names.length !== classes.length) return undefined;
  const places = classes.map((name) => names.indexOf(name));
  if (!places.includes(-1)) return places;
  return names.every((name, at) => name === String(at)) ? classes.map((_, at) => at) : undefined;
}

function isShare(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 1 + tolerance;
}
