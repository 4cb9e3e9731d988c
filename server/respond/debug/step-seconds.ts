const steps = [10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];
/** A column of the heat map is some six pixels wide then. */
const maxSteps = 150;

/** Returns the width of a step in seconds, such that a range has at most 150 steps; a multiple of the gateways' counting interval. */
export function stepSecondsOf(from: Date, to: Date): number {
  const seconds = (to.getTime() - from.getTime()) / 1000;
  return steps.find((step) => seconds / step <= maxSteps) ?? 86_400;
}
