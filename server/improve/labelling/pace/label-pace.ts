/** Answers whose times are the pace of a person. */
const recentAnswers = 50;
/** A time counts as at most so many medians: the person was somewhere else. */
const idleMedians = 5;

export interface LabelPace {
  /** Median time of an answer, in milliseconds. */
  medianMs: number;
  /** Mean time with idle time cut, in milliseconds: what an answer takes of someone's day. */
  meanMs: number;
}

/**
 * Computes how fast a person answers, from the times of their last 50 answers, newest first, in milliseconds: idle above five times the
 * median is cut. docs/spec/labelling.md section 3.5.
 * @returns null without a time
 */
export function labelPace(spentMs: readonly number[]): LabelPace | null {
  const recent = spentMs.slice(0, recentAnswers);
  if (recent.length === 0) return null;
  const medianMs = medianOf(recent);
  const cut = recent.map((spent) => Math.min(spent, idleMedians * medianMs));
  return { medianMs, meanMs: cut.reduce((sum, spent) => sum + spent, 0) / cut.length };
}

export interface BacklogForecast {
  /** Answers that the open tasks are expected to take. */
  expectedAnswers: number;
  /** Hours until they are given at the pace of the people who are active; null without anyone. */
  hours: number | null;
  /** The same at the throughput of a good and of a bad hour (quartiles); null before there were hours with answers. */
  hoursLow: number | null;
  hoursHigh: number | null;
}

/**
 * Forecasts how long the open tasks take: their expected answers by what the people who are active now answer per hour; the range comes from
 * the quartiles of the hours in which anyone answered. docs/spec/labelling.md section 3.5.
 * @param answersPerSettled mean answers that a settled task took @param given answers that open tasks have already
 * @param hourly answers of each hour that had any, in any order
 */
export function forecastBacklog({
  open,
  answersPerSettled,
  given,
  paces,
  hourly,
}: {
  open: number;
  answersPerSettled: number;
  given: number;
  paces: readonly LabelPace[];
  hourly: readonly number[];
}): BacklogForecast {
  // Each open task takes one answer at least.
  const expectedAnswers = open === 0 ? 0 : Math.max(open, open * Math.max(1, answersPerSettled) - given);
  const perHour = paces.reduce((sum, { meanMs }) => sum + 3_600_000 / Math.max(1, meanMs), 0);
  const at = (share: number) => {
    const rate = hourly.length === 0 ? 0 : quantileOf(hourly, share);
    return rate > 0 ? expectedAnswers / rate : null;
  };
  return {
    expectedAnswers,
    hours: perHour > 0 ? expectedAnswers / perHour : null,
    hoursLow: at(0.75),
    hoursHigh: at(0.25),
  };
}

/**
 * Adds to each day what was open at its end: from what is open now back, less what was added and plus what was closed since. The last day is
 * now. docs/spec/labelling.md section 3.5. @param days oldest first
 */
export function withBacklog<Day extends { added: number; closed: number }>(
  days: readonly Day[],
  openNow: number,
): (Omit<Day, "added" | "closed"> & { open: number })[] {
  let open = openNow;
  return days
    .toReversed()
    .map(({ added, closed, ...day }) => {
      const atEnd = open;
      // Tasks that were opened again can make it a little less than none.
      open = Math.max(0, open - added + closed);
      return { ...day, open: atEnd };
    })
    .toReversed();
}

const medianOf = (values: readonly number[]) => quantileOf(values, 0.5);

/** Quantile by linear interpolation, as numpy's default. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}
