import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import { settingsOf } from "../execution/settings-of.ts";
import { UpdateEndpoint } from "./input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "./lookups.ts";

/**
 * Changes the description, the sampling rate, the number of retained versions, or how requests run. For new execution settings,
 * gateways load the version again before they switch.
 * @throws DomainError "not-found", "conflict" when archived, "invalid" for settings that contradict each other
 */
export async function updateEndpoint(ctx: Context, input: UpdateEndpoint): Promise<void> {
  permit(ctx, "updateEndpoint");
  const { endpointId, execution: change, ...changes } = UpdateEndpoint.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, description, captureShare, previousVersionsLoaded, execution } = await findLiveEndpoint(
      ctx,
      endpointId,
    );
    const before = { description, captureShare, previousVersionsLoaded, execution: settingsOf(execution) };
    const after = { ...before, ...changes, execution: ExecutionSettings.parse({ ...before.execution, ...change }) };
    const [changed] = await ctx.db.update(endpoints).set(after).where(liveEndpoint(ctx, endpointId)).returning();
    if (!changed) throw archived(name);
    await record(ctx, "endpoint.updated", { subject: `endpoint/${name}`, before, after });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
}
