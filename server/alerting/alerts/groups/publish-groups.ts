import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";

/** More than these are not told of one by one: whoever shows one group looks again with the list. */
const maxPublished = 50;

/** Tells open pages that groups changed, and that their list did. */
export async function publishGroups(ctx: Context, groupIds: readonly string[]): Promise<void> {
  if (groupIds.length === 0) return;
  for (const id of groupIds.slice(0, maxPublished)) await publish(ctx, "alert", id);
  await publish(ctx, "alert", "list");
}
