import { and, eq } from "drizzle-orm";
import { monitors } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import type { MonitorSettings } from "../contract.ts";
import { checkExpressions } from "../integrity/rules/check-expressions.ts";
import { type Monitor, SetMonitor } from "./contract.ts";
import { findMonitor } from "./queries.ts";

/**
 * Replaces the monitoring settings of an endpoint. Gateways apply them within seconds; verdicts on earlier windows are unchanged.
 * @throws DomainError "invalid"; "not-found"; "conflict" when the endpoint is archived, or someone else changed the settings in the
 * meantime
 */
export async function setMonitor(ctx: Context, input: SetMonitor): Promise<Monitor> {
  permit(ctx, "setMonitor");
  const { endpointId, settings, reason, revision } = SetMonitor.parse(input);
  refuseSettings(settings);
  return transact(ctx, async (ctx) => {
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    const before = await findMonitor(ctx, endpointId);
    if (revision !== undefined && revision !== before.revision) throw wasFaster(before);
    const { workspaceId, name: updatedBy } = ctx.actor;
    const values = { settings, updatedBy, updatedAt: new Date(), revision: before.revision + 1 };
    const isMine = and(eq(monitors.endpointId, endpointId), eq(monitors.revision, before.revision));
    const written =
      before.revision === 0
        ? await ctx.db
            .insert(monitors)
            .values({ endpointId, workspaceId, ...values })
            .onConflictDoNothing()
            .returning()
        : await ctx.db.update(monitors).set(values).where(isMine).returning();
    if (written.length === 0) throw wasFaster(before);
    const subject = `endpoint/${endpoint.name}`;
    await record(ctx, "endpoint.monitor-set", { subject, before: before.settings, after: settings, reason });
    await publish(ctx, "monitoring", endpointId);
    await publish(ctx, "routes", endpointId);
    return findMonitor(ctx, endpointId);
  });
}

function wasFaster({ updatedBy }: Monitor): DomainError {
  const who = updatedBy ?? "Someone";
  return new DomainError("conflict", `${who} changed these settings in the meantime. Reload before saving.`);
}

/** Rejects settings that are valid individually but not in combination. @throws DomainError "invalid" */
function refuseSettings({ lengths, segmentBy, limits, rules }: MonitorSettings): void {
  checkExpressions(rules);
  if (new Set(lengths).size < lengths.length) {
    throw new DomainError("invalid", "Duplicate window length.", { field: "lengths" });
  }
  if (new Set(segmentBy).size < segmentBy.length) {
    throw new DomainError("invalid", "Duplicate input or tag.", { field: "segmentBy" });
  }
  for (const [feature, { min, max }] of Object.entries(limits)) {
    if (min === null || max === null || min < max) continue;
    throw new DomainError("invalid", `The lower limit of "${feature}" must be below the upper limit.`, {
      field: "limits",
    });
  }
}
