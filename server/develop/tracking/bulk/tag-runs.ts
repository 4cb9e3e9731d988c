import { inArray, sql } from "drizzle-orm";
import { runs, runTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkKey, cut } from "../keys.ts";
import { requireRoom } from "../runs/require-room.ts";
import { maxTagLength, nameTag, parentTag } from "../runs/tags.ts";
import { chooseRuns } from "./choose-runs.ts";
import { type BulkStep, TagRuns } from "./contract.ts";

/** Sets a tag of many runs, one step of them. @throws DomainError "invalid", also for tags that name a run or its parent. */
export async function tagRuns(ctx: Context, input: TagRuns): Promise<BulkStep> {
  permit(ctx, "tagRuns");
  const { key, value, ...chosen } = TagRuns.parse(input);
  checkKey(key, "key");
  if (key === nameTag || key === parentTag) throw notForMany(key);
  return transact(ctx, async (ctx) => {
    const { ids, left, next } = await chooseRuns(ctx, chosen, "ACTIVE_ONLY");
    if (ids.length === 0) return { changed: [], left: 0 };
    const { workspaceId } = ctx.actor;
    const rows = ids.map((runId) => ({ workspaceId, runId, key, value: cut(value, maxTagLength) }));
    await ctx.db
      .insert(runTags)
      .values(rows)
      .onConflictDoUpdate({ target: [runTags.runId, runTags.key], set: { value: sql`excluded.value` } });
    await requireRoom(ctx, "tags", ids, undefined, []);
    await ctx.db
      .update(runs)
      .set({ updatedAt: sql`greatest(${runs.updatedAt}, ${Date.now()})` })
      .where(inArray(runs.id, ids));
    const after = { key, value, runs: ids.length, runIds: ids };
    await record(ctx, "runs.tagged", { subject: `experiment/${chosen.experimentId}`, after });
    await publish(ctx, "experiment", String(chosen.experimentId));
    return { changed: ids, left, ...(next !== undefined && { next }) };
  });
}

function notForMany(key: string): DomainError {
  return new DomainError("invalid", `The tag ${key} is specific to one run. Set it on that run instead.`);
}
