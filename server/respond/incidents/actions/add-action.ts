import { eq } from "drizzle-orm";
import { incidentActions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findIncident } from "../incident-rows.ts";
import { refuseUnknown } from "../refuse-unknown.ts";
import { AddAction, type IncidentAction } from "./contract.ts";
import { selectActions } from "./queries.ts";

/** Adds an action that prevents a recurrence of an incident, with its owner. @throws DomainError "not-found" */
export async function addAction(ctx: Context, input: AddAction, idempotencyKey?: string): Promise<IncidentAction> {
  permit(ctx, "addAction");
  const { number, ...values } = AddAction.parse(input);
  const { id: incidentId } = await findIncident(ctx, number);
  await refuseUnknown(ctx, { ownerId: values.ownerId });
  const { id } = await once(ctx, "addAction", idempotencyKey, { number, ...values }, (ctx) =>
    transact(ctx, async (ctx) => {
      const { workspaceId, name: createdBy } = ctx.actor;
      const [row] = await ctx.db
        .insert(incidentActions)
        .values({ workspaceId, incidentId, createdBy, ...values })
        .returning({ id: incidentActions.id });
      if (!row) throw new Error("The action was not inserted.");
      await record(ctx, "incident.action-added", { subject: `incident/${number}`, after: values });
      await publish(ctx, "incident", incidentId);
      return row;
    }),
  );
  const [action] = await selectActions(ctx, eq(incidentActions.id, id), 1);
  if (!action) throw new Error("The action no longer exists.");
  return action;
}
