import { and, eq, isNull } from "drizzle-orm";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { lookupsOf } from "#server/platform/identity/lookup-cache.ts";
import { listSummaries } from "#server/watch/monitoring/quality/read/summaries.ts";
import type { FleetQuality } from "./contract.ts";

/** As long as the list of endpoints by quality shows by default. */
const rangeMs = 30 * dayMs;

/** Labels take days, so that a minute is new enough; a list never waits long for newer ones. */
const ages = { freshMs: minuteMs, staleMs: hourMs, timeoutMs: 100, most: 1_000 };

/**
 * Returns the quality of each endpoint of the workspace over 30 days, by its id: of labels where those are complete, otherwise estimated. At most
 * a minute old as a rule; none where it cannot be read, since the states beside it are needed at night. The caller has checked permissions, and
 * shows what the reader may see.
 */
export async function recentQuality(ctx: Context): Promise<Map<string, FleetQuality>> {
  const { workspaceId } = ctx.actor;
  try {
    return await lookupsOf<Map<string, FleetQuality>>(ctx.db, "fleet quality", ages).get(workspaceId, () => read(ctx));
  } catch (cause) {
    log.error("fleet.quality_unread", { workspaceId, cause });
    return new Map();
  }
}

async function read(ctx: Context): Promise<Map<string, FleetQuality>> {
  const live = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), isNull(endpoints.archivedAt)));
  const now = Date.now();
  const summaries = await listSummaries(ctx, live, { from: new Date(now - rangeMs), to: new Date(now) });
  return new Map(
    summaries.map(({ endpointId, metric, state, realised, estimated }) => {
      const measured = realised ?? estimated;
      const quality = { metric, state, value: measured?.value ?? null, isEstimated: realised === null };
      return [endpointId, quality];
    }),
  );
}
