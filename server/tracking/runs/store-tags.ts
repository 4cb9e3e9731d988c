import { and, eq, sql } from "drizzle-orm";
import { runs, runTags } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import type { KeyValue } from "../contract.ts";
import { cut, lastOfEach } from "../keys.ts";
import { mostTagCharacters, nameTag, parentTag } from "./tags.ts";

/**
 * Sets tags of a run that the caller's transaction has locked. The name and the parent of a run are tags to clients and columns here;
 * both are kept. An empty name is ignored.
 */
export async function storeTags(ctx: Context, runId: string, tags: readonly KeyValue[]): Promise<void> {
  const rows = lastOfEach(tags)
    .filter((tag) => tag.key !== nameTag || tag.value !== "")
    .map((tag) => ({
      workspaceId: ctx.actor.workspaceId,
      runId,
      key: tag.key,
      value: cut(tag.value, mostTagCharacters),
    }));
  if (rows.length === 0) return;
  await ctx.db
    .insert(runTags)
    .values(rows)
    .onConflictDoUpdate({ target: [runTags.runId, runTags.key], set: { value: sql`excluded.value` } });
  const name = rows.find((row) => row.key === nameTag)?.value;
  const parentRunId = rows.find((row) => row.key === parentTag)?.value;
  if (name === undefined && parentRunId === undefined) return;
  await ctx.db
    .update(runs)
    .set({ name, parentRunId })
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, runId)));
}
