import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { Indicator, MinuteCounts } from "../../objectives/indicators/contract.ts";
import { readPosted } from "../rollup/read-series.ts";
import { addMinute, emptyMinutes } from "./minute-counts.ts";
import { readSource } from "./read-source.ts";

/**
 * Counts an indicator directly from its source, for an SLO that is not saved yet. The caller has checked permissions.
 * @param span in milliseconds since 1970; complete minutes are counted
 * @returns one number per minute; approximate if latencies come from a histogram
 */
export async function countIndicator(
  ctx: Context,
  indicator: Indicator,
  span: Span,
): Promise<MinuteCounts & { isApproximate: boolean }> {
  if (indicator.kind === "posted") return { ...(await readPosted(ctx, indicator, span)), isApproximate: false };
  const counts = emptyMinutes(span);
  const { workspaceId } = ctx.actor;
  const range = { from: counts.start, to: counts.start + counts.total.length * minuteMs };
  const counted = await readSource(ctx.db, [{ id: "", workspaceId, indicator }], range);
  for (const one of counted) addMinute(counts, one);
  return { ...counts, isApproximate: counted.some(({ isApproximate }) => isApproximate === true) };
}
