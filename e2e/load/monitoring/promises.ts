import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { listQueue } from "#server/respond/triage/queue/queries.ts";
import { countAllHistory } from "#server/testing/fixtures/slo/testing.ts";
import { evaluateSlo } from "#server/watch/slo/evaluation/evaluate-slo.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";
import { countSeries, dueSeries } from "#server/watch/slo/rollup/count-series.ts";
import { SeriesMemory } from "#server/watch/slo/rollup/series-memory.ts";

export interface Promised {
  slo: string;
  /** Id of the group of a paging alert about the endpoint. */
  groupId: string;
}

/** Creates SLOs of an endpoint over thirty days with their complete history counted, as by the worker, and a firing alert about it. */
export async function promiseAll(ctx: Context, endpoint: { id: string; name: string }, now: number): Promise<Promised> {
  const period = { kind: "rolling" as const, days: 30 };
  const { id: endpointId, name } = endpoint;
  const indicators = [
    { kind: "availability" as const, endpointId },
    { kind: "latency" as const, endpointId, withinMs: 10 },
    { kind: "estimated-quality" as const, endpointId },
  ];
  const ids: string[] = [];
  for (const indicator of indicators) {
    const definition = { target: 0.9, period, indicator };
    ids.push((await createSlo(ctx, { name: `${name}-${indicator.kind}`, definition })).id);
  }
  await countSeries(ctx.db, await dueSeries(ctx.db, now), now);
  await countAllHistory(ctx, now);
  const memory = new SeriesMemory();
  for (const id of ids) await evaluateSlo(ctx, id, { memory, now, afterChange: notifyAfterChange });
  const labels = { alertname: "Broken", severity: "page", endpoint: name, service: name };
  const alert = { labels, annotations: { summary: `${name} is broken` }, startsAt: new Date(now - hourMs) };
  await receiveAlerts(ctx, [{ ...alert, endsAt: new Date(now + hourMs) }], {
    afterChange: notifyAfterChange,
    source: "api",
    now,
  });
  const { rows } = await listQueue(ctx);
  const groupId = rows.find(({ service }) => service === name)?.groupId;
  if (!groupId) throw new Error("The alert is not on the board.");
  return { slo: `${name}-availability`, groupId };
}
