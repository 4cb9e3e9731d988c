import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { driftRows } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { getQuality } from "#server/watch/monitoring/quality/queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";
import { listChanges } from "../changes/queries.ts";
import { getTriage } from "../triage/triage-queries.ts";
import type { ServiceHealth, ServiceIncident } from "./contract.ts";

const maxChanges = 6;
const changesMs = 7 * dayMs;
const qualityMs = 30 * dayMs;

/**
 * Returns what the Health tab of an endpoint says besides its traffic. A part that fails is undefined and logged: a page that is opened at
 * night shows the others.
 */
export async function getServiceHealth(
  ctx: Context,
  endpoint: { id: string; name: string },
  incident: Pick<ServiceIncident, "number"> | null,
  now = Date.now(),
): Promise<ServiceHealth> {
  permit(ctx, "getTriage");
  const endpointId = endpoint.id;
  const to = new Date(now);
  return {
    slos: await orUndefined("slos", async () => (await listSlos(ctx, { endpointId })).slos),
    drift: await orUndefined("drift", async () => (await driftRows(ctx, [endpoint]))[0]),
    quality: await orUndefined("quality", async () => {
      const { settings } = await getMonitor(ctx, { endpointId });
      const lengthMs = settings.lengths.includes("five-minutes") ? hourMs : qualityMs;
      return getQuality(ctx, { endpointId, from: new Date(now - lengthMs), to });
    }),
    cause: incident
      ? await orUndefined("cause", async () => (await getTriage(ctx, { incident: incident.number })).cause)
      : undefined,
    changes: await orUndefined("changes", () =>
      listChanges(ctx, { endpointId, from: new Date(now - changesMs), to, limit: maxChanges }),
    ),
  };
}

async function orUndefined<Result>(part: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (cause) {
    log.error("health.part_failed", { part, cause });
    return undefined;
  }
}
