import { newcombeInterval } from "#server/stats/proportion.ts";
import type { PreLabelComparison } from "./contract.ts";

/** Answers on each side from which a difference is shown. */
const minAnswers = 30;
/** Difference from which people follow the model. */
const minDifference = 0.05;

/**
 * Compares how often people accept a prediction that they see with how often they say the same unseen. Above 5 points with the interval off zero, they
 * follow the model. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17, 1998, method 10.
 */
export function comparePreLabels({ shown, blind }: Pick<PreLabelComparison, "shown" | "blind">): PreLabelComparison {
  const none = { value: null, low: null, high: null };
  if (shown.answers < minAnswers || blind.answers < minAnswers)
    return { shown, blind, difference: none, sentence: null };
  const [a, b] = [shown.same / shown.answers, blind.same / blind.answers];
  const { low, high } = newcombeInterval({ share: a, count: shown.answers }, { share: b, count: blind.answers });
  const follows = a - b > minDifference && low > 0;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return {
    shown,
    blind,
    difference: { value: a - b, low, high },
    sentence: follows
      ? `People follow the model: ${percent(a)} accepted when shown, ${percent(b)} the same when blind.`
      : `No sign that people follow the model: ${percent(a)} accepted when shown, ${percent(b)} the same when blind.`,
  };
}
