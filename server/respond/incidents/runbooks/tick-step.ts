import { runbookTicks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { addTimelineEvent } from "#server/respond/incidents/timeline/add-timeline-event.ts";
import { TickStep } from "./contract.ts";
import { stepOf } from "./step-of.ts";

/**
 * Ticks a step for an alert group or an incident, and records it on the timeline of the incident. The first user's tick is kept.
 * @throws DomainError "not-found" for the runbook, its subject, or the step
 */
export async function tickStep(ctx: Context, input: TickStep): Promise<void> {
  permit(ctx, "tickStep");
  const values = TickStep.parse(input);
  await transact(ctx, async (ctx) => {
    const { subject, runbook, text } = await stepOf(ctx, values);
    const { workspaceId, name: tickedBy } = ctx.actor;
    const ticked = await ctx.db
      .insert(runbookTicks)
      .values({ workspaceId, runbookId: runbook.id, subjectId: subject.id, step: values.step, tickedBy })
      .onConflictDoNothing()
      .returning({ at: runbookTicks.at });
    if (ticked.length === 0) return;
    if (subject.incidentId) {
      await addTimelineEvent(ctx, subject.incidentId, {
        kind: "runbook",
        title: `Done: ${text}`,
        links: [{ rel: "runbook", href: `/incidents/runbooks/${runbook.id}`, text: runbook.name }],
      });
    } else await publish(ctx, "incident", subject.id);
  });
}
