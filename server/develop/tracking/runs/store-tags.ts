import { and, eq, sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import { runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isFeastUse } from "#server/platform/feast-use-tags.ts";
import { enqueueUnlessWaiting } from "#server/platform/jobs/queue.ts";
import type { KeyValue } from "../contract.ts";
import { entriesBefore, requireRoom, type StoredEntries } from "./require-room.ts";
import { nameTag, parentTag, storedTags } from "./tags.ts";

const upsertTags = prepared<StoredEntries>(
  "store-tags",
  sql`
  with written as (
    insert into run_tags (workspace_id, run_id, key, value)
    select ${sql.placeholder("workspaceId")}::uuid, ${sql.placeholder("runId")}, key, value
    from unnest(${sql.placeholder("keys")}::text[], ${sql.placeholder("values")}::text[]) as tag (key, value)
    on conflict (run_id, key) do update set value = excluded.value
  )
  select ${entriesBefore("run_tags")}`,
);

/**
 * Stores tags of a run that the caller's transaction has locked. The name and the parent of a run are tags for clients and columns here;
 * both are updated. An empty name is ignored.
 * @throws DomainError "invalid" when the run has too many tags now
 */
export async function storeTags(ctx: Context, runId: string, sent: readonly KeyValue[]): Promise<void> {
  const tags = storedTags(sent);
  if (tags.length === 0) return;
  const { workspaceId } = ctx.actor;
  const columns = { keys: tags.map(({ key }) => key), values: tags.map(({ value }) => value) };
  const [before] = await upsertTags(ctx.db, { workspaceId, runId, ...columns });
  await requireRoom(ctx, "tags", [runId], before, columns.values);
  if (tags.some(({ key }) => isFeastUse(key)))
    await enqueueUnlessWaiting(ctx, "find-feature-uses", { runId }, { runId });
  const name = tags.find(({ key }) => key === nameTag)?.value;
  const parentRunId = tags.find(({ key }) => key === parentTag)?.value;
  if (name === undefined && parentRunId === undefined) return;
  await ctx.db
    .update(runs)
    .set({ name, parentRunId })
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.id, runId)));
}
