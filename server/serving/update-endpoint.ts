import { endpoints } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { UpdateEndpoint } from "./input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "./lookups.ts";

/** Changes the description or the share of requests that is logged. @throws DomainError "not-found", "conflict" when archived */
export async function updateEndpoint(ctx: Context, input: UpdateEndpoint): Promise<void> {
  permit(ctx, "updateEndpoint");
  const { endpointId, ...wish } = UpdateEndpoint.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, description, captureShare } = await findLiveEndpoint(ctx, endpointId);
    const before = { description, captureShare };
    const after = { ...before, ...wish };
    const [changed] = await ctx.db.update(endpoints).set(after).where(liveEndpoint(ctx, endpointId)).returning();
    if (!changed) throw archived(name);
    await record(ctx, "endpoint.updated", { subject: `endpoint/${name}`, before, after });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
}
