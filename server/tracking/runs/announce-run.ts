import type { Context } from "#server/context.ts";
import { publish } from "#server/events/publish.ts";
import { log } from "#server/log.ts";

/** A run that logs a thousand times a second is announced once a second by this process. */
const quietMs = 1_000;

interface Announced {
  /** Something changed since the last announcement. */
  isDue: boolean;
}

const announced = new Map<string, Announced>();

/**
 * Tells open pages that a run changed: at once, then at most once a second while it goes on changing. Called after the change is
 * committed and outside its transaction, because a commit that notifies waits for all others that do.
 */
export function announceRun(ctx: Context, runId: string): void {
  const before = announced.get(runId);
  if (before) {
    before.isDue = true;
    return;
  }
  announced.set(runId, { isDue: false });
  tell(ctx, runId);
  setTimeout(() => afterQuiet(ctx, runId), quietMs).unref();
}

function afterQuiet(ctx: Context, runId: string): void {
  const isDue = announced.get(runId)?.isDue;
  announced.delete(runId);
  if (isDue) announceRun(ctx, runId);
}

function tell(ctx: Context, runId: string): void {
  // Whoever misses this sees the change at the next one, or by looking again.
  publish(ctx, "run", runId).catch((cause: unknown) =>
    log.warn("run.announcement-failed", { runId, cause: String(cause) }),
  );
}
