import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "../endpoints/lookups.ts";
import { Protection, SetProtection } from "./contract.ts";

/** Replaces the limits and the input contract of an endpoint. Gateways follow within seconds. @throws DomainError "not-found", "conflict" when archived */
export async function setProtection(ctx: Context, input: SetProtection): Promise<Protection> {
  permit(ctx, "setProtection");
  const { endpointId, protection } = SetProtection.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, protection: before } = await findLiveEndpoint(ctx, endpointId);
    const [changed] = await ctx.db
      .update(endpoints)
      .set({ protection })
      .where(liveEndpoint(ctx, endpointId))
      .returning();
    if (!changed) throw archived(name);
    const change = { before: Protection.parse(before), after: protection };
    await record(ctx, "endpoint.protection-set", { subject: `endpoint/${name}`, ...change });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
  return protection;
}
