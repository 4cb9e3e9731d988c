import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "../endpoints/lookups.ts";
import { captureOf } from "./capture-queries.ts";
import { type CaptureSettings, SetCapture } from "./contract.ts";

/**
 * Replaces the capture settings of an endpoint. Gateways follow within seconds; entries already in the log stay unchanged until their
 * retention ends.
 * @throws DomainError "not-found", "conflict" when archived
 */
export async function setCapture(ctx: Context, input: SetCapture): Promise<CaptureSettings> {
  permit(ctx, "setCapture");
  const { endpointId, capture: after } = SetCapture.parse(input);
  const { share: captureShare, ...capture } = after;
  await transact(ctx, async (ctx) => {
    const { name, ...row } = await findLiveEndpoint(ctx, endpointId);
    const [changed] = await ctx.db
      .update(endpoints)
      .set({ captureShare, capture })
      .where(liveEndpoint(ctx, endpointId))
      .returning();
    if (!changed) throw archived(name);
    const before = captureOf(row.capture, row.captureShare);
    await record(ctx, "endpoint.capture-set", { subject: `endpoint/${name}`, before, after });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
  return after;
}
