import { and, eq, isNull } from "drizzle-orm";
import { expectedDrifts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { RevokeExpected } from "./contract.ts";

/** Takes back that a feature's drift is expected: it opens findings again. @throws DomainError "not-found"; "conflict" when it was taken back */
export async function revokeExpected(ctx: Context, input: RevokeExpected): Promise<void> {
  permit(ctx, "revokeExpected");
  const { endpointId, markId, reason } = RevokeExpected.parse(input);
  await transact(ctx, async (ctx) => {
    const endpoint = await findEndpointById(ctx, endpointId);
    const { workspaceId, name: revokedBy } = ctx.actor;
    const isIt = and(
      eq(expectedDrifts.workspaceId, workspaceId),
      eq(expectedDrifts.endpointId, endpointId),
      eq(expectedDrifts.id, markId),
    );
    const [revoked] = await ctx.db
      .update(expectedDrifts)
      .set({ revokedBy, revokedAt: new Date() })
      .where(and(isIt, isNull(expectedDrifts.revokedAt)))
      .returning({ feature: expectedDrifts.feature });
    if (!revoked) {
      const isThere = (await ctx.db.$count(expectedDrifts, isIt)) > 0;
      if (isThere) throw new DomainError("conflict", "This was already undone.");
      throw new DomainError("not-found", "Expected drift not found. See the Drift page of the endpoint.");
    }
    const subject = `endpoint/${endpoint.name}`;
    await record(ctx, "endpoint.drift-expected-revoked", { subject, before: { feature: revoked.feature }, reason });
    await publish(ctx, "monitoring", endpointId);
  });
}
