import { expectedDrifts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { type ExpectedDrift, MarkExpected } from "./contract.ts";

const maxDays = 366;

/**
 * Marks a feature's change as expected: it is still measured and displayed, but opens no findings until an end, or until the next
 * reference. The newest mark of a feature counts.
 * @throws DomainError "invalid" for an end that is past or far off; "not-found"; "conflict" when the endpoint is archived
 */
export async function markExpected(ctx: Context, input: MarkExpected): Promise<ExpectedDrift> {
  permit(ctx, "markExpected");
  const { endpointId, feature, until, reason } = MarkExpected.parse(input);
  const ahead = until === null ? 1 : until.getTime() - Date.now();
  if (ahead <= 0) throw new DomainError("invalid", "The end has passed. Choose a later one.", { field: "until" });
  if (ahead > maxDays * dayMs) {
    const what = `Drift can be marked as expected for at most ${maxDays} days, or until the next reference. Choose an earlier end, or none.`;
    throw new DomainError("invalid", what, { field: "until" });
  }
  return transact(ctx, async (ctx) => {
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    const { workspaceId, name: markedBy } = ctx.actor;
    const values = { workspaceId, endpointId, feature, until, reason, markedBy, at: new Date() };
    const [row] = await ctx.db.insert(expectedDrifts).values(values).returning();
    if (!row) throw new Error("The mark was not inserted.");
    const subject = `endpoint/${endpoint.name}`;
    await record(ctx, "endpoint.drift-expected", { subject, after: { feature, until }, reason });
    await publish(ctx, "monitoring", endpointId);
    const { id, at } = row;
    return { id, endpointId, feature, until, reason, markedBy, at, revokedBy: null, revokedAt: null, isInForce: true };
  });
}
