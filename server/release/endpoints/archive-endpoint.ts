import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { refuseWhileRollingOut } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { archiveSlosOf } from "#server/watch/slo/objectives/archive-slos-of.ts";
import { ArchiveEndpoint } from "../../serve/endpoints/input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "../../serve/endpoints/lookups.ts";
import { noteEndpointFeatures } from "./note-endpoint-features.ts";

/**
 * Archives an endpoint permanently, together with its SLOs; its history stays.
 * @throws DomainError "not-found", "conflict" when archived already or while it has a rollout
 */
export async function archiveEndpoint(ctx: Context, input: ArchiveEndpoint): Promise<void> {
  permit(ctx, "archiveEndpoint");
  const { endpointId, reason } = ArchiveEndpoint.parse(input);
  await transact(ctx, async (ctx) => {
    const { name } = await findLiveEndpoint(ctx, endpointId);
    const [changed] = await ctx.db
      .update(endpoints)
      .set({ archivedAt: new Date() })
      .where(liveEndpoint(ctx, endpointId))
      .returning();
    if (!changed) throw archived(name);
    await refuseWhileRollingOut(ctx, endpointId, "archive");
    await noteEndpointFeatures(ctx, endpointId);
    await archiveSlosOf(ctx, endpointId, reason);
    await record(ctx, "endpoint.archived", { subject: `endpoint/${name}`, reason });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
}
