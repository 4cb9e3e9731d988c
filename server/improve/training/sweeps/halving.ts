import type { Halving } from "./contract.ts";

/** A trial at a rung: its step and the value of the metric there. */
export interface RungValue {
  trial: number;
  rung: number;
  value: number;
}

/** Lists the steps at which trials are compared: first · factor^k, below the last. */
export function rungSteps({ first, factor, last }: Halving): number[] {
  const steps: number[] = [];
  for (let step = first; step < last; step *= factor) steps.push(Math.round(step));
  return steps;
}

/**
 * Decides by asynchronous successive halving whether a trial goes on at a rung: it is among the best 1/factor of all that reached the rung so
 * far, itself included (Li et al. 2018, "Massively Parallel Hyperparameter Tuning"). A value that is no number is the worst. With fewer
 * than `factor` trials at the rung, the best one goes on.
 */
export function goesOn(
  { trial, rung }: { trial: number; rung: number },
  values: readonly RungValue[],
  halving: Halving,
): boolean {
  const sign = halving.goal === "max" ? 1 : -1;
  const worth = (value: number) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : sign * value);
  const here = values.filter((one) => one.rung === rung);
  const own = here.find((one) => one.trial === trial);
  if (!own) return true;
  const kept = Math.max(1, Math.floor(here.length / halving.factor));
  const better = here.filter((one) => worth(one.value) > worth(own.value)).length;
  return !Number.isNaN(own.value) && better < kept;
}
