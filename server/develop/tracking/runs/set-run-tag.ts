import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { KeyValue } from "../contract.ts";
import { announceRun } from "./announce-run.ts";
import { lockActiveRun } from "./lock-run.ts";
import { storeTags } from "./store-tags.ts";
import { checkTag } from "./tags.ts";

/** Sets one tag of a run. */
export async function setRunTag(ctx: Context, { runId, key, value }: { runId: string } & KeyValue): Promise<void> {
  permit(ctx, "setRunTag");
  checkTag({ key, value }, "key");
  await transact(ctx, async (ctx) => {
    await lockActiveRun(ctx, runId);
    await storeTags(ctx, runId, [{ key, value }]);
  });
  announceRun(ctx, runId);
}
