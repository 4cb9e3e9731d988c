import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";

const steps = [1, 2, 5, 10, 15, 20, 30];
/** Limits that people set, ascending. */
const limits = [
  ...steps.map((count) => count * 1_000),
  ...steps.map((count) => count * minuteMs),
  ...[1, 2, 3, 4, 6, 8, 12, 18].map((count) => count * hourMs),
];

/** Rounds a time in milliseconds up to a limit that people would set: 10 s, 2 min, 6 h, 3 d. From a day on, to whole days. */
export function roundUpLimit(ms: number): number {
  return limits.find((limit) => ms <= limit) ?? Math.ceil(ms / dayMs) * dayMs;
}
