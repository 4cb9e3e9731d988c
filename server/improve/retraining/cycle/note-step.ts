import { sql } from "drizzle-orm";
import { retrainingSteps } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/**
 * Writes that a cycle has begun a state. Once for each; of a repeated one only new words are taken, such as those after a wait.
 * @returns whether anything was written
 */
export async function noteStep(
  ctx: Context,
  cycleId: string,
  { state, words }: { state: string; words: string },
): Promise<boolean> {
  const written = await ctx.db
    .insert(retrainingSteps)
    .values({ workspaceId: ctx.actor.workspaceId, cycleId, state, words })
    .onConflictDoUpdate({
      target: [retrainingSteps.cycleId, retrainingSteps.state],
      set: { words },
      setWhere: sql`${words} <> '' and ${retrainingSteps.words} <> ${words}`,
    })
    .returning({ state: retrainingSteps.state });
  return written.length > 0;
}
