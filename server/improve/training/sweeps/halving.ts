import type { Comparison, Halving, RungValue } from "./contract.ts";

/** Lists the steps at which trials are compared: first · factor^k, below the last. */
export function rungSteps({ first, factor, last }: Halving): number[] {
  const steps: number[] = [];
  for (let step = first; step < last; step *= factor) steps.push(Math.round(step));
  return steps;
}

/**
 * Decides by asynchronous successive halving whether a trial goes on at a rung: it is among the best 1/factor of all that reached the rung so
 * far, itself included (Li et al. 2018, "Massively Parallel Hyperparameter Tuning"). A value that is no finite number is the worst. With fewer
 * than `factor` trials at the rung, the best one goes on.
 */
export function goesOn(
  { trial, rung }: { trial: number; rung: number },
  values: readonly RungValue[],
  halving: Halving,
): boolean {
  const compared = compareAt({ trial, rung }, values, halving);
  return !compared || (compared.value !== null && compared.place <= compared.kept);
}

/** Says how a trial stands at a rung among all of `values` there; null for one that has not come to it. */
function compareAt(
  { trial, rung }: { trial: number; rung: number },
  values: readonly RungValue[],
  halving: Halving,
): Omit<Comparison, "step"> | null {
  const sign = halving.goal === "max" ? 1 : -1;
  const worth = (value: number | null) => (value === null ? Number.NEGATIVE_INFINITY : sign * value);
  const here = values.filter((one) => one.rung === rung);
  const own = here.find((one) => one.trial === trial);
  if (!own) return null;
  return {
    value: own.value,
    place: 1 + here.filter((one) => worth(one.value) > worth(own.value)).length,
    among: here.length,
    kept: Math.max(1, Math.floor(here.length / halving.factor)),
  };
}

/**
 * Lists the trials that do not go on, by the rung at which each of them ends. Each is compared with those that had come to the rung before it,
 * so what was decided once stays decided, however often it is asked. @param values in the order of their arrival
 */
export function endedTrials(values: readonly RungValue[], halving: Halving): Map<number, number> {
  const ended = new Map<number, number>();
  const rungs = [...Map.groupBy(values, ({ rung }) => rung)].toSorted(([a], [b]) => a - b);
  for (const [rung, arrived] of rungs) {
    for (const [at, { trial }] of arrived.entries()) {
      if (!ended.has(trial) && !goesOn({ trial, rung }, arrived.slice(0, at + 1), halving)) ended.set(trial, rung);
    }
  }
  return ended;
}

/** Says of each trial that does not go on how it stood where it was compared. @param values in the order of their arrival */
export function comparisonsOf(values: readonly RungValue[], halving: Halving): Map<number, Comparison> {
  const steps = rungSteps(halving);
  return new Map(
    [...endedTrials(values, halving)].flatMap(([trial, rung]): [number, Comparison][] => {
      const at = values.findIndex((one) => one.trial === trial && one.rung === rung);
      const compared = compareAt({ trial, rung }, values.slice(0, at + 1), halving);
      return compared ? [[trial, { step: steps[rung] ?? 0, ...compared }]] : [];
    }),
  );
}

/**
 * Counts the trials that came to each rung, and those that went on. One that fell behind before, and came there while it was asked to stop, does not
 * count. @param values in the order of their arrival
 */
export function rungCounts(
  values: readonly RungValue[],
  halving: Halving,
): { step: number; came: number; wentOn: number }[] {
  const ended = endedTrials(values, halving);
  return rungSteps(halving).map((step, rung) => {
    const here = values.filter((one) => one.rung === rung && (ended.get(one.trial) ?? rung) >= rung);
    return { step, came: here.length, wentOn: here.filter(({ trial }) => ended.get(trial) !== rung).length };
  });
}
