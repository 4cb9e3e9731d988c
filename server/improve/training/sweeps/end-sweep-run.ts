import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { updateRun } from "#server/develop/tracking/runs/update-run.ts";

/** Ends the run that the runs of the trials are nested in. A sweep does without it where it was deleted. */
export async function endSweepRun(ctx: Context, runId: string | null, status: "FINISHED" | "KILLED"): Promise<void> {
  if (runId === null) return;
  await updateRun(ctx, { runId, status, endedAt: Date.now() }).catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
  });
}
