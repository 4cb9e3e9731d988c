import { fitRange } from "#components/serve/endpoints/fit-range.ts";
import type { WindowLength } from "#server/watch/monitoring/contract.ts";

const day = 86_400_000;

export interface QualityRange {
  /** In the address: "30d". */
  key: string;
  label: string;
  lengthMs: number;
}

/** From narrow to wide. */
export const qualityRanges: readonly QualityRange[] = [
  { key: "1h", label: "1 h", lengthMs: day / 24 },
  { key: "12h", label: "12 h", lengthMs: day / 2 },
  { key: "3d", label: "3 d", lengthMs: 3 * day },
  { key: "30d", label: "30 d", lengthMs: 30 * day },
  { key: "90d", label: "90 d", lengthMs: 90 * day },
  { key: "365d", label: "1 y", lengthMs: 365 * day },
];

/** Returns the range for the one in a URL; undefined without a valid one. */
export function qualityRangeOf(search: Record<string, string | string[] | undefined>): QualityRange | undefined {
  return fitRange(search, qualityRanges);
}

/** Returns the default range: a month, because labels take days; an hour for endpoints monitored in windows of five minutes. */
export function usualRange(lengths: readonly WindowLength[] = []): QualityRange {
  const key = lengths.includes("five-minutes") ? "1h" : "30d";
  return qualityRanges.find((range) => range.key === key) as QualityRange;
}

/** Returns the time range that ends now. */
export function qualitySpan({ lengthMs }: QualityRange, now: number): { from: Date; to: Date } {
  return { from: new Date(now - lengthMs), to: new Date(now) };
}
