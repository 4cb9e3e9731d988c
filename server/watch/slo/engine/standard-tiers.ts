import { scaledTiers } from "#server/stats/burn-rate/tiers.ts";
import type { BurnTier, Period } from "../../objectives/contract.ts";
import { nominalMinutes } from "./periods.ts";

/** The workbook's two page and two ticket tiers, windows scaled to the period (slo.md section 2.2). */
export function standardTiers(period: Period): BurnTier[] {
  return scaledTiers(nominalMinutes(period));
}
