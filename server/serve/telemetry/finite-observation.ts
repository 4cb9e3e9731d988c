import type { Observation } from "./window-counts.ts";

const times = ["latencyMs", "queueMs", "computeMs", "deviceMs", "rows", "featureAgeMs"] as const;

/** Returns an observation without numbers that no sum survives: a time that an engine reports as NaN counts as 0. */
export function finiteObservation(given: Observation): Observation {
  if (times.every((name) => given[name] === undefined || Number.isFinite(given[name]))) return given;
  const finite = { ...given };
  for (const name of times) if (finite[name] !== undefined && !Number.isFinite(finite[name])) finite[name] = 0;
  return finite;
}
