import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { alertGroups, deployments, predictions, slos } from "#db/schema/index.ts";
import { linkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findRollout } from "#server/release/rollouts/rollout-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { Incident } from "../contract.ts";
import { findIncident, lockIncident } from "../incident-rows.ts";
import { loadIncident } from "../load-incident.ts";
import { addLink } from "./add-link.ts";
import { LinkIncident } from "./contract.ts";
import { lockGroup } from "./lock-group.ts";

type Input = ReturnType<typeof LinkIncident.parse>;

/**
 * Links something to an incident: alerts, an objective, a rollout, a deployment, a prediction, a change, an issue elsewhere.
 * @throws DomainError "not-found" for the incident or what is linked; "invalid" for an issue without an address
 */
export async function linkIncident(ctx: Context, input: LinkIncident): Promise<Incident> {
  permit(ctx, "linkIncident");
  const values = LinkIncident.parse(input);
  const { number, kind, ref } = values;
  await findIncident(ctx, number);
  const title = values.title || (await titleOf(ctx, values));
  await transact(ctx, async (ctx) => {
    if (kind === "alert-group") await lockGroup(ctx, ref);
    const { id, state } = await lockIncident(ctx, number);
    if (kind === "alert-group" && state === "merged") {
      throw new DomainError("conflict", "The incident is a part of another one. Link the alerts to that one.");
    }
    if (!(await addLink(ctx, id, { kind, ref, title }))) return;
    if (kind === "alert-group") await linkGroup(ctx, ref, id);
    await record(ctx, "incident.linked", { subject: `incident/${number}`, after: { kind, ref, title } });
    await publish(ctx, "incident", id);
  });
  return loadIncident(ctx, await findIncident(ctx, number));
}

/** Returns the title of the linked object, after checking that it belongs to this workspace. */
async function titleOf(ctx: Context, { kind, ref }: Input): Promise<string> {
  const { workspaceId } = ctx.actor;
  if (kind === "issue") {
    if (/^https?:\/\//.test(ref)) return ref;
    throw new DomainError("invalid", "Enter the issue URL, including https://.", { field: "ref" });
  }
  if (kind === "change") return ref;
  if (kind === "deployment") {
    const row = /^\d{1,15}$/.test(ref)
      ? (
          await ctx.db
            .select()
            .from(deployments)
            .where(and(eq(deployments.id, Number(ref)), eq(deployments.workspaceId, workspaceId)))
        )[0]
      : undefined;
    if (!row) throw unknown();
    return `Deployment to ${(await findEndpointById(ctx, row.endpointId)).name}`;
  }
  if (!z.uuid().safeParse(ref).success) throw unknown();
  if (kind === "rollout") {
    const { canary, endpoint } = await findRollout(ctx, ref);
    return `Rollout of ${canary.model} version ${canary.version} at ${endpoint}`;
  }
  const table = { "alert-group": alertGroups, slo: slos, prediction: predictions }[kind];
  const [row] = await ctx.db
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.id, ref), eq(table.workspaceId, workspaceId)))
    .limit(1);
  if (!row) throw unknown();
  if (kind === "prediction") return `Prediction ${ref.slice(0, 8)}`;
  if (kind === "alert-group") {
    const [group] = await ctx.db
      .select({ summary: alertGroups.summary })
      .from(alertGroups)
      .where(eq(alertGroups.id, ref));
    return group?.summary.title ?? "Alerts";
  }
  const [slo] = await ctx.db.select({ name: slos.name }).from(slos).where(eq(slos.id, ref));
  return slo?.name ?? "Objective";
}

function unknown(): DomainError {
  return new DomainError("not-found", "Item not found. Copy the ID from its page.", {
    field: "ref",
  });
}
