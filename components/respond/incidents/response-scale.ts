/** Times of the response to an incident, in milliseconds from its start; null for what has not happened. */
export interface ResponseTimes {
  detected: number;
  acknowledged: number | null;
  /** Until the impact was over; for an open incident until now. */
  lasted: number;
  isOpen: boolean;
}

interface Incident {
  startedAt: Date;
  detectedAt: Date;
  acknowledgedAt: Date | null;
  mitigatedAt: Date | null;
  resolvedAt: Date | null;
  closedAt: Date | null;
}

/** Returns the times of an incident, each at least that of the one before. @param now milliseconds since 1970 */
export function responseTimes(incident: Incident, now: number): ResponseTimes {
  const { startedAt, detectedAt, acknowledgedAt } = incident;
  const start = startedAt.getTime();
  const ended = incident.mitigatedAt ?? incident.resolvedAt ?? incident.closedAt;
  const detected = Math.max(0, detectedAt.getTime() - start);
  const acknowledged = acknowledgedAt && Math.max(detected, acknowledgedAt.getTime() - start);
  const lasted = Math.max(acknowledged ?? detected, (ended?.getTime() ?? now) - start);
  return { detected, acknowledged, lasted, isOpen: ended === null };
}

const stepMs = 15 * 60_000;
/** One incident of days must not make all others a line: longer ones are cut and marked. */
const maxOfMedian = 4;

/** Returns the end of the one scale on which all responses are drawn: a multiple of 15 minutes, at most four times the median. */
export function scaleEnd(durations: readonly number[]): number {
  const sorted = durations.toSorted((one, other) => one - other);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const longest = Math.min(sorted.at(-1) ?? 0, median * maxOfMedian);
  return Math.max(stepMs, Math.ceil(longest / stepMs) * stepMs);
}

/** Returns the widths of the three parts of a bar as shares of the scale, and whether it is cut. */
export function barParts({ detected, acknowledged, lasted }: ResponseTimes, end: number) {
  const at = (ms: number) => Math.min(1, ms / end);
  const known = acknowledged ?? detected;
  return {
    detect: at(detected),
    acknowledge: at(known) - at(detected),
    resolve: at(lasted) - at(known),
    isCut: lasted > end,
  };
}
