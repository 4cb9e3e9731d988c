import { and, eq } from "drizzle-orm";
import { incidentActions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseUnknown } from "../refuse-unknown.ts";
import { type IncidentAction, UpdateAction } from "./contract.ts";
import { selectActions } from "./queries.ts";

/** Changes an action, or says that it is done. @throws DomainError "not-found" for the action or its owner */
export async function updateAction(ctx: Context, input: UpdateAction): Promise<IncidentAction> {
  permit(ctx, "updateAction");
  const { actionId, isDone, ...facts } = UpdateAction.parse(input);
  const ofAction = eq(incidentActions.id, actionId);
  return transact(ctx, async (ctx) => {
    const [before] = await selectActions(ctx, ofAction, 1);
    if (!before) throw new DomainError("not-found", "Action not found. See Incidents, Actions for a list.");
    await refuseUnknown(ctx, { ownerId: facts.ownerId });
    const done =
      isDone === undefined || isDone === (before.doneAt !== null)
        ? {}
        : { doneAt: isDone ? new Date() : null, doneBy: isDone ? ctx.actor.name : null };
    const set = { ...facts, ...done };
    if (Object.keys(set).length === 0) return before;
    const [row] = await ctx.db
      .update(incidentActions)
      .set(set)
      .where(and(ofAction, eq(incidentActions.workspaceId, ctx.actor.workspaceId)))
      .returning();
    if (!row) throw new Error("The action no longer exists.");
    const verb = isDone ? "action-done" : "action-changed";
    const { title, kind, dueOn } = before;
    await record(ctx, `incident.${verb}`, {
      subject: `incident/${before.incident.number}`,
      before: { title, kind, dueOn, owner: before.owner?.name ?? null },
      after: set,
    });
    await publish(ctx, "incident", row.incidentId);
    const [after] = await selectActions(ctx, ofAction, 1);
    return after ?? before;
  });
}
