import { inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { endpoints } from "#db/schema/index.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { featureMinuteDays } from "#server/develop/features/maintenance/maintain-features.ts";
import { CaptureRules } from "#server/serve/capture/contract.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";

/** Kinds that are counted from the prediction log, which is stored only for some days. */
const logged: readonly string[] = ["realised-quality", "label-timeliness", "cost"];

/** Kinds that are counted from minutes of feature views. */
const ofMinutes: readonly string[] = ["feature-freshness", "view-lag"];

/** Days go at night, and not to the minute. */
const marginMs = 2 * hourMs;

/**
 * Returns since when the source of an indicator is complete: earlier counts must not be recounted.
 * @returns milliseconds since 1970, per indicator; 0 for windows of gateways, which are stored permanently
 */
export async function completeSince(db: Database, indicators: readonly Indicator[], now: number): Promise<number[]> {
  const ids = indicators.flatMap((one) => (logged.includes(one.kind) && "endpointId" in one ? [one.endpointId] : []));
  const minutesSince = now - featureMinuteDays * dayMs + marginMs;
  if (ids.length === 0) return indicators.map(({ kind }) => (ofMinutes.includes(kind) ? minutesSince : 0));
  const rows = await db
    .select({ id: endpoints.id, capture: endpoints.capture })
    .from(endpoints)
    .where(inArray(endpoints.id, [...new Set(ids.filter((id) => id !== null))]));
  const kept = new Map(rows.map(({ id, capture }) => [id, CaptureRules.parse(capture).retentionDays]));
  return indicators.map((one) => {
    if (ofMinutes.includes(one.kind)) return minutesSince;
    if (!logged.includes(one.kind) || !("endpointId" in one) || one.endpointId === null) return 0;
    return now - (kept.get(one.endpointId) ?? 0) * dayMs + marginMs;
  });
}
