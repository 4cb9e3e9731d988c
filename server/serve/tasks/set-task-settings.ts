import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "../endpoints/lookups.ts";
import { SetTaskSettings, TaskSettings } from "./contract.ts";

/**
 * Replaces the asynchronous request settings of an endpoint. Effective immediately, also for queued tasks.
 * @throws DomainError "not-found", "conflict" when archived
 */
export async function setTaskSettings(ctx: Context, input: SetTaskSettings): Promise<TaskSettings> {
  permit(ctx, "setTaskSettings");
  const { endpointId, settings } = SetTaskSettings.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, tasks: before } = await findLiveEndpoint(ctx, endpointId);
    const change = ctx.db.update(endpoints).set({ tasks: settings });
    const [changed] = await change.where(liveEndpoint(ctx, endpointId)).returning();
    if (!changed) throw archived(name);
    const entry = { subject: `endpoint/${name}`, before: TaskSettings.parse(before), after: settings };
    await record(ctx, "endpoint.task-settings-set", entry);
    await publish(ctx, "endpoint", endpointId);
  });
  return settings;
}
