import type { Context } from "#server/base/context.ts";
import { announce } from "#server/platform/events/announce.ts";

/** Notifies open pages that a run changed, after the change is committed. */
export function announceRun(ctx: Context, runId: string): void {
  announce(ctx, "run", runId);
}
