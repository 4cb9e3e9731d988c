const monthMinutes = 30 * 1440;

/** Google, "The Site Reliability Workbook", chapter "Alerting on SLOs", and Sloth's google-30d.yaml: for 30 days. */
const workbook = [
  { severity: "page", longMinutes: 60, shortMinutes: 5, factor: 14.4 },
  { severity: "page", longMinutes: 360, shortMinutes: 30, factor: 6 },
  { severity: "ticket", longMinutes: 1440, shortMinutes: 120, factor: 3 },
  { severity: "ticket", longMinutes: 4320, shortMinutes: 360, factor: 1 },
] as const;

/** Scales the windows of the workbook's table to a period, to the minute and at least one; factors stay. */
export function scaledTiers(periodMinutes: number) {
  const scaled = (minutes: number) => Math.max(1, Math.round((minutes * periodMinutes) / monthMinutes));
  return workbook.map(({ severity, longMinutes, shortMinutes, factor }) => ({
    severity,
    longMinutes: scaled(longMinutes),
    shortMinutes: scaled(shortMinutes),
    factor,
    forMinutes: 0,
  }));
}

/** Computes the burn-rate factor that consumes a share of the budget within the window: x · P / w. */
export function factorFor(share: number, windowMinutes: number, periodMinutes: number): number {
  return (share * periodMinutes) / windowMinutes;
}

/** Lowers a factor that even total failure, which burns at 1/b, could not exceed: min(F, c/b). */
export function cappedFactor(factor: number, budget: number, cap: number): number {
  return Math.min(factor, Number((cap / budget).toPrecision(12)));
}

/**
 * Computes the minutes until a tier fires when a clean service starts to fail at a constant rate, F · b · long / e. Null if it never
 * does.
 * @param errorRate from 0 to 1, of steady traffic.
 */
export function detectionMinutes(tier: { longMinutes: number; factor: number }, budget: number, errorRate: number) {
  if (errorRate <= tier.factor * budget * (1 + 1e-12)) return null;
  return (tier.factor * budget * tier.longMinutes) / errorRate;
}
