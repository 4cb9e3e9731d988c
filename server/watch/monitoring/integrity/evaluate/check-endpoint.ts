import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { findReporting } from "#server/serve/gateways/find-reporting.ts";
import { countViolations } from "#server/serve/protection/protection-queries.ts";
import type { MonitorSettings } from "../../contract.ts";
import { checkFreshness } from "../checks/freshness-check.ts";
import { checkLateEvents } from "../checks/late-events.ts";
import { checkContract, checkSchema } from "../checks/schema-checks.ts";
import { checkTraffic, checkVolume, uncounted } from "../checks/volume-checks.ts";
import type { CheckResult } from "../contract.ts";
import { readAges } from "./read-ages.ts";
import { readEvents } from "./read-events.ts";
import { readRefused } from "./read-refused.ts";
import { readTraffic } from "./read-traffic.ts";

/** Checks all requests of an endpoint, with or without a reference: schema and contract in a time range, and current traffic. */
export async function checkEndpoint(
  ctx: Context,
  endpointId: string,
  { from, to, now }: { from: Date; to: Date; now: number },
  { lateEvents }: Pick<MonitorSettings, "lateEvents">,
): Promise<CheckResult[]> {
  const [reporting, traffic, refused, report, ages, events] = await sideBySide(ctx, [
    () => findReporting(ctx.db, endpointId, now),
    () => readTraffic(ctx, endpointId, now),
    () => readRefused(ctx, endpointId, { from, to }),
    () => countViolations(ctx, { endpointId, from, to }),
    () => readAges(ctx, endpointId, { from, to }),
    () => readEvents(ctx, endpointId, { from, to }, lateEvents.afterMs),
  ]);
  const isCounted = reporting === "all";
  const stopped = isCounted ? checkTraffic(traffic.recent) : uncounted("no traffic");
  const volume = isCounted ? checkVolume(traffic.hours) : uncounted("volume");
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
