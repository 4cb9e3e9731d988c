import type { Context } from "#server/base/context.ts";
import { announce } from "#server/platform/events/announce.ts";

/** Tells open pages that a run changed, once its change is committed. */
export function announceRun(ctx: Context, runId: string): void {
  announce(ctx, "run", runId);
}
