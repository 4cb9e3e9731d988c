import { and, eq, sql } from "drizzle-orm";
import { labelAnnotators } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { SetAnnotatorPause } from "./contract.ts";
import { noAnnotator } from "./queries.ts";

/**
 * Pauses a person, who is then given no tasks, or lets them continue. Who continues is measured by gold items from the start: otherwise the
 * same answers would pause them again. @throws DomainError "not-found"
 */
export async function setAnnotatorPause(ctx: Context, input: SetAnnotatorPause): Promise<void> {
  permit(ctx, "setAnnotatorPause");
  const { projectId, person, isPaused, reason } = SetAnnotatorPause.parse(input);
  await transact(ctx, async (ctx) => {
    const project = await findLabelProject(ctx, projectId);
    const change = isPaused
      ? { pausedAt: sql`now()`, pauseReason: reason }
      : { pausedAt: null, pauseReason: null, goldSeen: 0, goldCorrect: 0 };
    const [row] = await ctx.db
      .update(labelAnnotators)
      .set(change)
      .where(and(eq(labelAnnotators.projectId, project.id), eq(labelAnnotators.person, person)))
      .returning({ name: labelAnnotators.name });
    if (!row) throw noAnnotator();
    await record(ctx, isPaused ? "label-annotator.paused" : "label-annotator.resumed", {
      subject: `label-project/${project.name}`,
      after: { person, name: row.name },
      reason,
    });
    await publish(ctx, "labels", String(projectId));
  });
}
