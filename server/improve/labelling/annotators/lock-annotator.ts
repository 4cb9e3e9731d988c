import { and, eq } from "drizzle-orm";
import { labelAnnotators } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Annotator } from "./annotator-of.ts";

type AnnotatorRow = typeof labelAnnotators.$inferSelect;

/**
 * Locks what a project knows of a person, so that of several calls of one person each sees what the ones before it leased; created at the
 * first call. Tasks are locked before annotators: whoever holds an annotator waits for no task.
 */
export async function lockAnnotator(
  ctx: Context,
  projectId: number,
  { person, name }: Annotator,
): Promise<AnnotatorRow> {
  const isAnnotator = and(eq(labelAnnotators.projectId, projectId), eq(labelAnnotators.person, person));
  const [row] = await ctx.db.select().from(labelAnnotators).where(isAnnotator).for("no key update");
  if (row) return row;
  const { workspaceId } = ctx.actor;
  await ctx.db.insert(labelAnnotators).values({ workspaceId, projectId, person, name }).onConflictDoNothing();
  const [created] = await ctx.db.select().from(labelAnnotators).where(isAnnotator).for("no key update");
  if (!created) throw new Error("The annotator was not stored.");
  return created;
}
