import { scaledTiers } from "#server/stats/burn-rate/tiers.ts";
import type { BurnRules, BurnTier, Period } from "../../objectives/contract.ts";
import { type IndicatorKind, ticketOnly } from "../../objectives/indicators/contract.ts";
import { nominalMinutes } from "./periods.ts";

/** Kinds that come with the traffic itself, so that nothing counted means nothing served. */
const ofTraffic: readonly IndicatorKind[] = [
  "availability",
  "latency",
  "freshness",
  "feature-freshness",
  "primary-answered",
];

/**
 * Returns the default rules of an SLO: the standard tiers, gate 1e−3, cap 0.9. Estimates and costs open tickets only; missing counts are
 * a page for availability, a ticket for other kinds of traffic, and ignored for the rest.
 * @param indicatorKind null for composites, whose components notify about absence.
 */
export function standardRules(period: Period, indicatorKind: IndicatorKind | null): BurnRules {
  const tickets = indicatorKind !== null && ticketOnly.includes(indicatorKind);
  const tiers = standardTiers(period).map((tier) => (tickets ? { ...tier, severity: "ticket" as const } : tier));
  const severity = indicatorKind === "availability" ? "page" : "ticket";
  const isOfTraffic = indicatorKind !== null && ofTraffic.includes(indicatorKind);
  return { tiers, gate: 1e-3, cap: 0.9, absent: isOfTraffic ? { severity, minutes: null } : null };
}

/** Returns the workbook's two page and two ticket tiers, with windows scaled to the period (docs/spec/slo.md section 2.2). */
export function standardTiers(period: Period): BurnTier[] {
  return scaledTiers(nominalMinutes(period));
}
