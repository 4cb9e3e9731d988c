import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { findReporting } from "#server/serve/gateways/find-reporting.ts";
import { countViolations } from "#server/serve/protection/protection-queries.ts";
import type { MonitorSettings } from "../../contract.ts";
import { checkFreshness } from "../checks/freshness-check.ts";
import { checkLateEvents } from "../checks/late-events.ts";
import { checkContract, checkSchema } from "../checks/schema-checks.ts";
import { checkTraffic, checkVolume, notServed, type RecentVolume, uncounted } from "../checks/volume-checks.ts";
import type { CheckResult } from "../contract.ts";
import { readAges } from "./read-ages.ts";
import { readEvents } from "./read-events.ts";
import { readRefused } from "./read-refused.ts";
import { readTraffic, type Traffic } from "./read-traffic.ts";
import { servedSince } from "./served-since.ts";

/** Checks all requests of an endpoint, with or without a reference: schema and contract in a time range, and current traffic. */
export async function checkEndpoint(
  ctx: Context,
  endpointId: string,
  { from, to, now }: { from: Date; to: Date; now: number },
  { lateEvents }: Pick<MonitorSettings, "lateEvents">,
): Promise<CheckResult[]> {
  const [reporting, since, traffic, refused, report, ages, events] = await sideBySide(ctx, [
    () => findReporting(ctx.db, endpointId, now),
    () => servedSince(ctx.db, now),
    () => readTraffic(ctx, endpointId, now),
    () => readRefused(ctx, endpointId, { from, to }),
    () => countViolations(ctx, { endpointId, from, to }),
    () => readAges(ctx, endpointId, { from, to }),
    () => readEvents(ctx, endpointId, { from, to }, lateEvents.afterMs),
  ]);
  const isCounted = reporting === "all";
  const stopped = isCounted ? checkTraffic(servedOnly(traffic.recent, since, now)) : uncounted("no traffic");
  const volume = isCounted ? volumeOf(traffic, since) : uncounted("volume");
  return [
    ...checkSchema(refused, { requests: report.requests }),
    ...checkContract(report),
    stopped,
    // Stopped traffic already explains the low volume.
    checkFreshness(ages),
    checkLateEvents(events, lateEvents),
    ...(stopped.state === "broken" ? [] : [volume]),
  ];
}

/** Leaves out spans in which no gateway ran for a while. */
function servedOnly({ last, hour }: RecentVolume, since: number | null, now: number): RecentVolume {
  const isServed = ([minutes]: [number, number]) => since === null || now - minutes * minuteMs >= since;
  return { last: new Map([...last].filter(isServed)), hour };
}

function volumeOf({ hours }: Traffic, since: number | null): CheckResult {
  return since !== null && hours[1].start < since ? notServed("volume") : checkVolume(hours);
}
