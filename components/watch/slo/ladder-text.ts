import type { State } from "#components/ui/status-shape.tsx";
import type { TierReading } from "#server/watch/objectives/contract.ts";
import { formatSpan } from "#server/watch/slo/engine/contract.ts";

const minuteMs = 60_000;

/** Formats the windows as "5 min and 1 h". */
export function formatWindows({ longMinutes, shortMinutes }: TierReading["tier"]): string {
  const long = formatSpan(longMinutes * minuteMs);
  return shortMinutes === null ? long : `${formatSpan(shortMinutes * minuteMs)} and ${long}`;
}

/** Returns state and label of a tier: firing, blocked by the gate for low traffic, or not firing. */
export function rungOf(reading: TierReading): { state: State; word: string } {
  const severity = reading.tier.severity === "page" ? "Page" : "Ticket";
  if (reading.isFiring)
    return { state: reading.tier.severity === "page" ? "missed" : "watch", word: `${severity}, fired` };
  if (reading.long === null) return { state: "no-data", word: "no traffic" };
  const burns = reading.long > reading.factor && (reading.short === null || reading.short > reading.factor);
  if (burns && !reading.passesGate) return { state: "paused", word: `${severity}, suppressed` };
  if (burns) return { state: "running", word: `${severity}, waits` };
  return { state: "not-started", word: `${severity}, not firing` };
}
