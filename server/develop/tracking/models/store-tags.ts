import { sql } from "drizzle-orm";
import { loggedModelTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { KeyValue } from "../contract.ts";
import { cut, latestPerKey } from "../keys.ts";
import { maxTagLength } from "../runs/tags.ts";

/** Sets tags of a logged model that the caller's transaction has locked. */
export async function storeLoggedModelTags(ctx: Context, modelId: string, tags: readonly KeyValue[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  const rows = latestPerKey(tags).map(({ key, value }) => ({
    workspaceId,
    modelId,
    key,
    value: cut(value, maxTagLength),
  }));
  if (rows.length === 0) return;
  await ctx.db
    .insert(loggedModelTags)
    .values(rows)
    .onConflictDoUpdate({
      target: [loggedModelTags.modelId, loggedModelTags.key],
      set: { value: sql`excluded.value` },
    });
}
