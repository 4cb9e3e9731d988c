import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";

/** Tells open pages that silences changed: they are shown with the alerts. */
export async function publishSilences(ctx: Context): Promise<void> {
  await publish(ctx, "alert", "silences");
  await publish(ctx, "alert", "list");
}
