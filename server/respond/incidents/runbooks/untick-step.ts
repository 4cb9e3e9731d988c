import { and, eq } from "drizzle-orm";
import { runbookTicks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { addTimelineEvent } from "#server/respond/incidents/timeline/add-timeline-event.ts";
import { TickStep } from "./contract.ts";
import { stepOf } from "./step-of.ts";

/** Unticks a step, and records it on the timeline. @throws DomainError "not-found" as tickStep does */
export async function untickStep(ctx: Context, input: TickStep): Promise<void> {
  permit(ctx, "untickStep");
  const values = TickStep.parse(input);
  await transact(ctx, async (ctx) => {
    const { subject, runbook, text } = await stepOf(ctx, values);
    const deleted = await ctx.db
      .delete(runbookTicks)
      .where(
        and(
          eq(runbookTicks.workspaceId, ctx.actor.workspaceId),
          eq(runbookTicks.subjectId, subject.id),
          eq(runbookTicks.runbookId, runbook.id),
          eq(runbookTicks.step, values.step),
        ),
      )
      .returning({ step: runbookTicks.step });
    if (deleted.length === 0) return;
    if (subject.incidentId) {
      await addTimelineEvent(ctx, subject.incidentId, {
        kind: "runbook",
        title: `Reopened: ${text}`,
        links: [{ rel: "runbook", href: `/incidents/runbooks/${runbook.id}`, text: runbook.name }],
      });
    } else await publish(ctx, "incident", subject.id);
  });
}
