import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { publish } from "#server/platform/events/publish.ts";

const quietMs = 1_000;

/** Tells open pages that a transfer moved on, at most once a second. The end is told with the change itself. */
export function progressReporter(ctx: Context, id: string): () => void {
  let lastAt = -quietMs;
  return () => {
    if (performance.now() - lastAt < quietMs) return;
    lastAt = performance.now();
    publish(ctx, "settings", id).catch((cause: unknown) =>
      log.warn("transfer.progress_update_failed", { id, reason: String(cause) }),
    );
  };
}
