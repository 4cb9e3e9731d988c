import { orUndefined } from "#app/_lib/or-undefined.ts";
import { momentsOf } from "#components/serve/endpoints/fit-range.ts";
import { usualRange } from "#components/watch/monitoring/quality/ranges.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { LikelyCause } from "#server/respond/cause/contract.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import type { ServiceHealth } from "#server/respond/service/contract.ts";
import { getDriftRow } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { getQuality } from "#server/watch/monitoring/quality/queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";

const maxChanges = 6;
const changesMs = 7 * dayMs;

/** Reads what the Health tab of an endpoint says besides its traffic and the cause of its incident. A part that fails is undefined: a page that is opened at night shows the others. */
export async function readHealth(
  ctx: Context,
  endpointId: string,
  cause: LikelyCause | undefined,
): Promise<ServiceHealth> {
  const now = Date.now();
  const [slos, drift, quality, changes] = await sideBySide(ctx, [
    () => orUndefined("slos", async () => (await listSlos(ctx, { endpointId })).slos),
    () => orUndefined("drift", () => getDriftRow(ctx, endpointId)),
    () =>
      orUndefined("quality", async () => {
        const { settings } = await getMonitor(ctx, { endpointId });
        return getQuality(ctx, { endpointId, ...momentsOf(usualRange(settings.lengths), now) });
      }),
    () =>
      orUndefined("changes", () =>
        listChanges(ctx, { endpointId, from: new Date(now - changesMs), to: new Date(now), limit: maxChanges }),
      ),
  ]);
  return { slos, drift, quality, cause, changes };
}
