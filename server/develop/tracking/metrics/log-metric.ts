import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Point } from "../log-contract.ts";
import { announceRun } from "../runs/announce-run.ts";
import { lockActiveRun } from "../runs/lock-run.ts";
import { appendPoints } from "./append-points.ts";
import { checkPoint } from "./check-batch.ts";

/** Stores one metric point of a run. The same point again changes nothing. */
export async function logMetric(ctx: Context, { runId, ...point }: Point & { runId: string }): Promise<void> {
  permit(ctx, "logMetric");
  checkPoint(point);
  await transact(ctx, async (ctx) => {
    await lockActiveRun(ctx, runId);
    await appendPoints(ctx, runId, [point]);
  });
  announceRun(ctx, runId);
}
