/** Intervals on offer, in seconds. */
export const intervals = [60, 300, 900, 3600] as const;

/** Formats an interval after "every": "minute", "5 min", "90 s". */
export function intervalText(seconds: number): string {
  if (seconds === 60) return "minute";
  if (seconds === 3600) return "hour";
  return seconds % 60 === 0 ? `${seconds / 60}\u00a0min` : `${seconds}\u00a0s`;
}
