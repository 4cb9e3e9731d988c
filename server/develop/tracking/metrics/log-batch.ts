import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { LogBatch } from "../log-contract.ts";
import { announceRun } from "../runs/announce-run.ts";
import { lockActiveRun } from "../runs/lock-run.ts";
import { storeParams } from "../runs/store-params.ts";
import { storeTags } from "../runs/store-tags.ts";
import { appendPoints } from "./append-points.ts";
import { checkBatch } from "./check-batch.ts";

/** Stores metrics, params and tags of a run, all or nothing. Sending the same batch again changes nothing. */
export async function logBatch(ctx: Context, batch: LogBatch): Promise<void> {
  permit(ctx, "logBatch");
  checkBatch(batch);
  const { runId, metrics, params, tags } = batch;
  await transact(ctx, async (ctx) => {
    await lockActiveRun(ctx, runId);
    const conflicts = await storeParams(ctx, runId, params);
    if (conflicts.length > 0) {
      const list = conflicts
        .map((one) => `{'key': '${one.key}', 'old_value': '${one.old}', 'new_value': '${one.new}'}`)
        .join(", ");
      throw new DomainError(
        "invalid",
        `Changing param values is not allowed. Params were already logged='[${list}]' for run ID='${runId}'.`,
      );
    }
    await appendPoints(ctx, runId, metrics);
    await storeTags(ctx, runId, tags);
  });
  announceRun(ctx, runId);
}
