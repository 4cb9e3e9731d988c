import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import type { BudgetReading } from "../../objectives/contract.ts";
import type { StoredSlo } from "../../objectives/stored-slos.ts";
import { activeAdjustments } from "../adjustments/adjustment-rows.ts";
import { combine } from "../engine/combine.ts";
import { knownUntil } from "../engine/events.ts";
import { periodAt } from "../engine/periods.ts";
import { readBudget } from "../engine/read-budget.ts";
import { countParts } from "./count-parts.ts";
import { countSlo } from "./count-slo.ts";

/** Rates look back over the border of a calendar's period, by the longest hour that there is: of 90 days it is three. */
const backMs = 4 * hourMs;

/** Reads an SLO's current budget from current counts. The caller has checked permissions. @param now milliseconds since 1970 */
export async function readSloBudget(ctx: Context, slo: StoredSlo, now = Date.now()): Promise<BudgetReading> {
  const { composite } = slo.definition;
  if (!composite) return readBudget({ ...(await countedOf(ctx, slo, now)), now });
  const { start } = periodAt(slo.definition.period, now);
  return combine(slo.definition, await countParts(ctx, slo, { from: start - backMs, to: now }), now).budget;
}

/** Counts the minutes of the SLO's period, and of some time before it. */
async function countedOf(ctx: Context, slo: StoredSlo, now: number) {
  const { definition } = slo;
  const { start } = periodAt(definition.period, knownUntil(definition, now));
  const counts = await countSlo(ctx, slo, { from: start - backMs, to: now });
  return { counts, definition, adjustments: await activeAdjustments(ctx, slo.id) };
}
