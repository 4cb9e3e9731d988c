import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { sumWindows } from "#server/serve/series/window-sums.ts";
import { ReplayAlertRule, type RuleReplay } from "../contract.ts";
import { metricLabels } from "../describe-rule.ts";
import type { SpecOf } from "../kinds/spec-of.ts";
import { isTrafficMetric, type TrafficMetric, trafficValues } from "../metrics/traffic-values.ts";
import { type ReadValue, replayValues } from "./replay-values.ts";
import { RollingSums } from "./rolling-sums.ts";

const maxEpisodes = 1000;
const maxPoints = 400;

/**
 * Replays a threshold over the last days, before it is saved, minute by minute from the gateways' counts.
 * @throws DomainError "invalid" for a rule without a past to replay, "not-found", "conflict" when the endpoint is archived
 */
export async function replayAlertRule(ctx: Context, input: ReplayAlertRule, now = Date.now()): Promise<RuleReplay> {
  permit(ctx, "replayAlertRule");
  const { endpointId, spec, days } = ReplayAlertRule.parse(input);
  const threshold = replayable(spec);
  await findLiveEndpoint(ctx, endpointId);
  const to = Math.floor(now / minuteMs) * minuteMs;
  const from = to - days * dayMs;
  const values = await readValues(ctx, endpointId, threshold, { from, to });
  const { episodes, firingMinutes, minutes } = replayValues(values, threshold);
  const fired = episodes.length;
  const times = fired === 1 ? "once" : fired === 2 ? "twice" : `${formatCount(fired)} times`;
  const span = days === 1 ? "day" : `${days} days`;
  const words =
    minutes === 0
      ? `No data in the last ${span}, so the replay is inconclusive.`
      : fired === 0
        ? `This rule would not have fired in the last ${span}.`
        : `This rule would have fired ${times} in the last ${span}, for ${formatCount(firingMinutes)} minutes in total.`;
  return {
    from,
    to,
    minutes,
    fired,
    firingMinutes,
    episodes: episodes.slice(-maxEpisodes),
    chart: thinned(values),
    words,
  };
}

type Replayable = SpecOf<"threshold"> & { metric: TrafficMetric };

function replayable(spec: ReplayAlertRule["spec"]): Replayable {
  if (spec.kind !== "threshold") {
    throw new DomainError("invalid", "Only threshold rules can be replayed.", { field: "spec.kind" });
  }
  if (!isTrafficMetric(spec.metric)) {
    const words = `${metricLabels[spec.metric]} cannot be replayed: only gateway request metrics are stored per minute.`;
    throw new DomainError("invalid", words, { field: "spec.metric" });
  }
  return { windowMinutes: 5, forMinutes: 0, ...spec, metric: spec.metric };
}

/** Returns the value of each minute with a complete window before it, as the rule would have read it. */
async function readValues(
  ctx: Context,
  endpointId: string,
  { metric, windowMinutes }: Replayable,
  { from, to }: { from: number; to: number },
): Promise<ReadValue[]> {
  const start = from - windowMinutes * minuteMs;
  const where = sql`endpoint_id = ${endpointId} and arm <> 'shadow'
    and window_start >= ${new Date(start)} and window_start < ${new Date(to)}`;
  const minute = sql`to_jsonb(floor(extract(epoch from window_start) / 60)::int)`;
  const sums = new Map((await sumWindows<number>(ctx, where, minute)).map((sum) => [sum.key, sum]));
  const first = Math.min(...sums.keys()) * minuteMs;
  const rolling = new RollingSums(windowMinutes);
  const values: ReadValue[] = [];
  for (let at = start; at < to; at += minuteMs) {
    const sum = rolling.push(sums.get(at / minuteMs));
    // Before the first request there was nothing to watch.
    const isKnown = at >= Math.max(from - minuteMs, first);
    const value = isKnown ? trafficValues[metric](sum, windowMinutes * 60) : null;
    if (at + minuteMs >= from) values.push({ at: at + minuteMs, value });
  }
  return values;
}

/** Reduces the values to the maximum of each interval, so that no peak is lost. */
function thinned(values: readonly ReadValue[]): ReadValue[] {
  const length = Math.max(1, Math.ceil(values.length / maxPoints));
  const points: ReadValue[] = [];
  for (let start = 0; start < values.length; start += length) {
    const stretch = values.slice(start, start + length);
    points.push(stretch.reduce((peak, one) => ((one.value ?? -Infinity) > (peak.value ?? -Infinity) ? one : peak)));
  }
  return points;
}
