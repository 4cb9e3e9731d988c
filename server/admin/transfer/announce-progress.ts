import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { publish } from "#server/platform/events/publish.ts";

const quietMs = 1_000;

/** Notifies open pages of a transfer's progress, at most once a second. The change itself notifies them of the end. */
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
