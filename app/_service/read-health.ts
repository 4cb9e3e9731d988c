import { orUndefined } from "#app/_lib/or-undefined.ts";
import { qualitySpan, usualRange } from "#components/watch/monitoring/quality/ranges.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import type { ServiceHealth, ServiceIncident } from "#server/respond/service/contract.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import { getDriftRow } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { getQuality } from "#server/watch/monitoring/quality/queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";

const maxChanges = 6;
const changesMs = 7 * dayMs;

/** Reads what the Health tab of an endpoint says besides its traffic. A part that fails is undefined: a page that is opened at night shows the others. */
export async function readHealth(
  ctx: Context,
  endpointId: string,
  incident: Pick<ServiceIncident, "number"> | null,
): Promise<ServiceHealth> {
  const now = Date.now();
  const [slos, drift, quality, cause, changes] = await sideBySide(ctx, [
    () => orUndefined("slos", async () => (await listSlos(ctx, { endpointId })).slos),
    () => orUndefined("drift", () => getDriftRow(ctx, endpointId)),
    () =>
      orUndefined("quality", async () => {
        const { settings } = await getMonitor(ctx, { endpointId });
        return getQuality(ctx, { endpointId, ...qualitySpan(usualRange(settings.lengths), now) });
      }),
    () => orUndefined("cause", async () => incident && (await getTriage(ctx, { incident: incident.number })).cause),
    () =>
      orUndefined("changes", () =>
        listChanges(ctx, { endpointId, from: new Date(now - changesMs), to: new Date(now), limit: maxChanges }),
      ),
  ]);
  return { slos, drift, quality, cause: cause ?? undefined, changes };
}
