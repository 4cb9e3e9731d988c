import { sql } from "drizzle-orm";
import { z } from "zod";
import { numbersOf, prepared } from "#db/prepared.ts";
import { labelAnnotators } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { QueueCursor } from "../queue/contract.ts";
import type { Annotator } from "./annotator-of.ts";

const LockedAnnotator = z.object({
  given: z.number(),
  cursors: z.record(z.string(), QueueCursor),
  isPaused: z.boolean(),
  pauseReason: z.string().nullable(),
});
type LockedAnnotator = z.infer<typeof LockedAnnotator>;

const statementOf = (waitsForDisk: boolean) => sql`
  select given, cursors, paused_at is not null as "isPaused", pause_reason as "pauseReason"
    ${waitsForDisk ? sql`` : sql`, set_config('synchronous_commit', 'off', true)`}
  from label_annotators
  where project_id = ${sql.placeholder("projectId")} and person = ${sql.placeholder("person")}
  for no key update`;

const lock = {
  durably: prepared("label-lock-annotator", statementOf(true)),
  lightly: prepared("label-lock-annotator-lightly", statementOf(false)),
};

/**
 * Locks what a project knows of a person, so that of several calls of one person each sees what the ones before it leased; created at the
 * first call. Tasks are locked before annotators (server/base/lock-order.ts): whoever holds an annotator waits for no task.
 * @param waitsForDisk whether the commit of this transaction waits until it is on disk, as it does by default
 */
export async function lockAnnotator(
  ctx: Context,
  projectId: number,
  { person, name }: Annotator,
  { waitsForDisk = true } = {},
): Promise<LockedAnnotator> {
  const { actor, db } = ctx;
  noteLock(ctx, "label annotator");
  const find = async () =>
    rowsOf(LockedAnnotator, { rows: await lock[waitsForDisk ? "durably" : "lightly"](db, { projectId, person }) })[0];
  const found = await find();
  if (found) return found;
  const { workspaceId } = actor;
  await db.insert(labelAnnotators).values({ workspaceId, projectId, person, name }).onConflictDoNothing();
  const created = await find();
  if (!created) throw new Error("The annotator was not stored.");
  return created;
}

/**
 * Locks all who answered tasks in the order of persons, for what changes counters of some of them in several statements. The caller holds the
 * tasks.
 * @param person someone else who is locked with them
 */
export async function lockAnnotatorsOf(
  ctx: Context,
  projectId: number,
  { taskIds, person = null }: { taskIds: readonly number[]; person?: string | null },
): Promise<void> {
  noteLock(ctx, "label annotator");
  await ctx.db.execute(sql`
    select from label_annotators
    where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and (person = ${person} or person in (
      select person from label_answers where task_id = any(${numbersOf(taskIds)}::bigint[])
    ))
    order by person for no key update`);
}
