import { and, eq } from "drizzle-orm";
import { runbooks, runbookTicks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Moment } from "./moments.ts";
import { parseSteps } from "./parse-steps.ts";

/** Ticks the steps of an incident's runbook that wait for what has just happened, in Leeway's name, in the caller's transaction. */
export async function tickWhen(
  ctx: Context,
  { id: subjectId, runbookId }: { id: string; runbookId: string },
  moment: Moment,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const [runbook] = await ctx.db
    .select({ body: runbooks.body })
    .from(runbooks)
    .where(and(eq(runbooks.id, runbookId), eq(runbooks.workspaceId, workspaceId)));
  const steps = parseSteps(runbook?.body ?? "").filter(({ when }) => when === moment);
  if (steps.length === 0) return;
  await ctx.db
    .insert(runbookTicks)
    .values(steps.map(({ step }) => ({ workspaceId, runbookId, subjectId, step, tickedBy: "Leeway" })))
    .onConflictDoNothing();
}
