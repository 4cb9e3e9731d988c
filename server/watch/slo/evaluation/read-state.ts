import { minuteMs } from "#server/base/durations.ts";
import type { SloDefinition, SloState, TierReading } from "../../objectives/contract.ts";
import { type CompositePart, combine } from "../engine/combine.ts";
import { describeSlo } from "../engine/describe-slo.ts";
import { type CountedSlo, knownUntil, type SloEvents, sloEvents } from "../engine/events.ts";
import { formatDay, zoneOf } from "../engine/moments.ts";
import { readAbsence } from "../engine/read-absence.ts";
import { budgetOf } from "../engine/read-budget.ts";
import { tiersOf } from "../engine/read-tiers.ts";
import { describeIndicator } from "../indicators/describe-indicator.ts";

interface Known {
  /** Predictions that wait for their label; null for kinds without maturity. */
  pending: number | null;
  /** Up to when latencies or ages come from histograms; null when none does. */
  approximateUntil: number | null;
  /** Whether the prediction log deletes predictions before they count. */
  isDeleted: boolean;
  /** Time from which missing traffic means something, in milliseconds since 1970; infinite while its endpoint is unloaded. */
  trafficExpectedFrom: number;
  spark: SloState["spark"];
}

/**
 * Minimum number of minutes in a window: a short window of one or two starts nearly empty, and until it has data, the minutes before it
 * still count.
 */
const minComplete = 3;

/** Returns the end of the current minute, so that its events already count. @param now milliseconds since 1970 */
export function endOfMinute(now: number): number {
  return Math.ceil(now / minuteMs) * minuteMs;
}

/** Reads an SLO's state, including the current minute. Its counts reach to the end of that minute. */
export function readState(slo: CountedSlo, known: Known): SloState {
  const { definition, now } = slo;
  const end = endOfMinute(now);
  const events = sloEvents(slo);
  const budget = budgetOf(events, definition, end);
  const tiers = tiersSoFar(events, definition, end);
  const absent = expectedOnly(readAbsence({ ...slo, now: end }), knownUntil(definition, end), known);
  return stateOf({ definition, now, budget, tiers, absent }, known);
}

/** Returns the absence as none while the endpoint is unloaded, and until it has been loaded again for the whole window. */
function expectedOnly(absent: SloState["absent"], at: number, { trafficExpectedFrom }: Known): SloState["absent"] {
  if (!absent?.isAbsent || at - absent.minutes * minuteMs >= trafficExpectedFrom) return absent;
  return { ...absent, isAbsent: false };
}

/** Reads the state of a composite SLO. @throws DomainError "invalid" if its components are no longer compatible */
export function readCompositeState(
  definition: SloDefinition,
  parts: readonly CompositePart[],
  { now, spark }: { now: number; spark: SloState["spark"] },
): SloState {
  const { budget, tiers } = combine(definition, parts, endOfMinute(now));
  const known = { pending: null, approximateUntil: null, isDeleted: false, spark, trafficExpectedFrom: 0 };
  return stateOf({ definition, now, budget, tiers, absent: null }, known);
}

type Read = Pick<SloState, "budget" | "tiers" | "absent"> & { definition: SloDefinition; now: number };

function stateOf(
  { definition, now, budget, tiers, absent }: Read,
  { pending, approximateUntil, isDeleted, spark, trafficExpectedFrom }: Known,
): SloState {
  const until = pending === null ? null : knownUntil(definition, now);
  const words = describeSlo({ definition, budget, tiers, absent, pending, knownUntil: until, now });
  return {
    at: now,
    budget,
    tiers,
    absent,
    pending,
    knownUntil: until,
    spark,
    words: [
      ...notCounted(definition, isDeleted),
      ...(trafficExpectedFrom > now ? ["The endpoint is unloaded, so no traffic is expected."] : []),
      ...words,
      ...approximate(definition, budget.periodStart, approximateUntil),
    ],
  };
}

function tiersSoFar(events: SloEvents, definition: SloDefinition, end: number): TierReading[] {
  const readings = tiersOf(events, definition, end);
  const isShort = ({ tier }: TierReading) => tier.shortMinutes !== null && tier.shortMinutes < minComplete;
  if (!readings.some((reading) => isShort(reading) && !reading.isFiring)) return readings;
  const before = tiersOf(events, definition, end - minuteMs);
  return readings.map((reading, at) => {
    const earlier = before[at];
    return isShort(reading) && !reading.isFiring && earlier?.isFiring ? earlier : reading;
  });
}

function notCounted({ indicator }: SloDefinition, isDeleted: boolean): string[] {
  if (isDeleted) {
    return [
      "The prediction log of this endpoint is deleted before labels are complete. Increase its retention in the settings.",
    ];
  }
  return indicator?.kind === "foreign" ? [describeIndicator(indicator)] : [];
}

function approximate(definition: SloDefinition, periodStart: number, until: number | null): string[] {
  if (until === null || until <= periodStart) return [];
  const day = formatDay(until, zoneOf(definition.period));
  if (definition.indicator?.kind === "feature-freshness")
    return [`Ages up to ${day} come from a histogram and are approximate (19% bucket width).`];
  return [`Latencies up to ${day} come from a histogram and are approximate (2% bucket width).`];
}
