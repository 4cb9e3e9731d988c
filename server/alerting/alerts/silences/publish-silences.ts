import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";

/** Notifies open pages that silences changed: they are displayed with the alerts. */
export async function publishSilences(ctx: Context): Promise<void> {
  await publish(ctx, "alert", "silences");
  await publish(ctx, "alert", "list");
}
