import { and, eq, inArray } from "drizzle-orm";
import { loadTests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { type LoadTest, LoadTestKey } from "./contract.ts";
import { loadLoadTest } from "./queries.ts";

/**
 * Ends a load test before its time; its requests stop within seconds, and what was measured stays.
 * @throws DomainError "not-found", "conflict" when it is over already
 */
export async function cancelLoadTest(ctx: Context, input: LoadTestKey): Promise<LoadTest> {
  permit(ctx, "cancelLoadTest");
  const { endpointId, id } = LoadTestKey.parse(input);
  return transact(ctx, async (ctx) => {
    const { name } = await findEndpointById(ctx, endpointId);
    await loadLoadTest(ctx, id, endpointId);
    const [row] = await ctx.db
      .update(loadTests)
      .set({ state: "cancelled", endedAt: new Date(), message: `Cancelled by ${ctx.actor.name}.` })
      .where(
        and(
          eq(loadTests.workspaceId, ctx.actor.workspaceId),
          eq(loadTests.id, id),
          inArray(loadTests.state, ["waiting", "running"]),
        ),
      )
      .returning({ id: loadTests.id });
    if (!row) throw new DomainError("conflict", "The load test has already finished.");
    await record(ctx, "load-test.cancelled", { subject: `endpoint/${name}`, before: { loadTestId: id } });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
    return loadLoadTest(ctx, id);
  });
}
