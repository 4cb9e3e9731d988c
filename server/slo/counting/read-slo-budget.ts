import { inArray } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { hourMs } from "#server/durations.ts";
import { activeAdjustments } from "../adjustments/adjustment-rows.ts";
import type { BudgetReading } from "../contract.ts";
import { combine } from "../engine/combine.ts";
import { knownUntil } from "../engine/events.ts";
import { periodAt } from "../engine/periods.ts";
import { readBudget } from "../engine/read-budget.ts";
import { type StoredSlo, selectSlos } from "../objectives/slo-rows.ts";
import { countSlo } from "./count-slo.ts";

/** How an SLO stands at this moment, by what is counted now. For who was let in already. @param now milliseconds since 1970 */
export async function readSloBudget(ctx: Context, slo: StoredSlo, now = Date.now()): Promise<BudgetReading> {
  const { composite } = slo.definition;
  if (!composite) return readBudget({ ...(await countedOf(ctx, slo, now)), now });
  const parts = await selectSlos(
    ctx,
    inArray(
      slos.id,
      composite.parts.map(({ sloId }) => sloId),
    ),
  );
  const counted = [];
  for (const part of parts) counted.push({ ...(await countedOf(ctx, part, now)), sloId: part.id });
  return combine(slo.definition, counted, now).budget;
}

/** Minutes of its period, and of a while before for rates that look back over the border of a calendar. */
async function countedOf(ctx: Context, slo: StoredSlo, now: number) {
  const { definition } = slo;
  const { start } = periodAt(definition.period, knownUntil(definition, now));
  const counts = await countSlo(ctx, slo, { from: start - 4 * hourMs, to: now });
  return { counts, definition, adjustments: await activeAdjustments(ctx, slo.id) };
}
