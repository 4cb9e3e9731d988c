import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { KeyValue } from "../contract.ts";
import { checkKey } from "../keys.ts";
import { announceRun } from "./announce-run.ts";
import { lockActiveRun } from "./lock-run.ts";
import { storeParams } from "./store-params.ts";

/** Writes one param of a run. @throws DomainError "invalid" when it has another value already. */
export async function logParam(ctx: Context, { runId, key, value }: { runId: string } & KeyValue): Promise<void> {
  permit(ctx, "logParam");
  checkKey(key, "key", "Param key");
  await transact(ctx, async (ctx) => {
    await lockActiveRun(ctx, runId);
    const [conflict] = await storeParams(ctx, runId, [{ key, value }]);
    if (conflict) {
      throw new DomainError(
        "invalid",
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${conflict.old}' for run ID='${runId}'. Attempted logging new value '${conflict.new}'.`,
      );
    }
  });
  announceRun(ctx, runId);
}
