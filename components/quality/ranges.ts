const day = 86_400_000;

export interface QualityRange {
  /** In the address: "30d". */
  key: string;
  label: string;
  lengthMs: number;
}

/** From narrow to wide. Labels take days, so that a month is usual. */
export const qualityRanges: readonly QualityRange[] = [
  { key: "3d", label: "3 d", lengthMs: 3 * day },
  { key: "30d", label: "30 d", lengthMs: 30 * day },
  { key: "90d", label: "90 d", lengthMs: 90 * day },
  { key: "365d", label: "1 y", lengthMs: 365 * day },
];

/** The range that an address asks for; thirty days when it asks for none or for one that does not exist. */
export function qualityRangeOf(key: string | string[] | undefined): QualityRange {
  return qualityRanges.find((range) => range.key === key) ?? (qualityRanges[1] as QualityRange);
}

/** The span that ends now. */
export function qualitySpan({ lengthMs }: QualityRange, now: number): { from: Date; to: Date } {
  return { from: new Date(now - lengthMs), to: new Date(now) };
}
