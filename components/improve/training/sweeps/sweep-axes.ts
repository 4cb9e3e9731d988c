import type { AxisName, ManyValues } from "#components/charts/parallel.ts";
import type { SweepTrial } from "#server/improve/training/sweeps/contract.ts";

/** So many are coloured; the others are drawn as the crowd. */
const coloured = 3;
/** More are no picture any more. */
const maxAxes = 12;

/** Key of the axis of the metric, which a parameter may be named like. */
const metricAxis = "metric";

/**
 * Lists the axes of a sweep: its parameters, the most important first where there are too many to draw, and its metric at the right.
 * @param importance names of parameters, the most important first; null where that is not known
 */
export function axesOf(
  parameters: readonly string[],
  metric: string,
  importance: readonly string[] | null,
): AxisName[] {
  const kept = new Set((importance ?? parameters).slice(0, maxAxes - 1));
  return [
    ...parameters.filter((name) => kept.has(name)).map((name) => ({ key: `parameter.${name}`, label: name })),
    { key: metricAxis, label: metric },
  ];
}

/** Converts trials to lines; the best finished ones have a colour. @param ordered the best first */
export function linesOfTrials(ordered: readonly SweepTrial[]): ManyValues[] {
  const best = ordered
    .filter(({ state, metric }) => state === "finished" && metric !== null)
    .slice(0, coloured)
    .map(({ trial }) => trial);
  return ordered.map(({ trial, jobId, parameters, metric }) => ({
    id: jobId,
    label: `Trial ${trial}`,
    index: best.includes(trial) ? best.indexOf(trial) : undefined,
    values: {
      ...Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          `parameter.${name}`,
          typeof value === "boolean" ? String(value) : value,
        ]),
      ),
      ...(metric !== null && { [metricAxis]: metric }),
    },
  }));
}
