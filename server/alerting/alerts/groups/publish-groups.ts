import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";

/** Maximum number of groups published individually: pages that display one group reload with the list. */
const maxPublished = 50;

/** Notifies open pages that groups and their list changed. */
export async function publishGroups(ctx: Context, groupIds: readonly string[]): Promise<void> {
  if (groupIds.length === 0) return;
  for (const id of groupIds.slice(0, maxPublished)) await publish(ctx, "alert", id);
  await publish(ctx, "alert", "list");
}
