import { and, eq, isNull } from "drizzle-orm";
import { endpoints, loadTests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { refuseMisfitOf } from "#server/develop/registry/pipeline/refuse-misfit.ts";
import { refuseUnsafe } from "#server/develop/registry/security/refuse-unsafe.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "../endpoints/deployment-rows.ts";
import { findLiveEndpoint } from "../endpoints/lookups.ts";
import { findServable } from "../versions/find-servable.ts";
import { type LoadTest, StartLoadTest } from "./contract.ts";
import { loadLoadTest } from "./queries.ts";

/**
 * Starts a load test of a version through an endpoint. The version need not be deployed: gateways load it for the test, and only the
 * test's own requests reach it. A version that serves live traffic is tested only after confirmation.
 * @throws DomainError "not-found"; "conflict" when the endpoint is archived, unloaded or serves nothing, has an ongoing load test, the
 * version cannot be served, or it is live and that is not confirmed
 */
export async function startLoadTest(ctx: Context, input: StartLoadTest): Promise<LoadTest> {
  permit(ctx, "startLoadTest");
  const { endpointId, model, version, settings, confirmsLive, reason } = StartLoadTest.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: startedBy } = ctx.actor;
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    if (endpoint.unloadedAt) {
      throw new DomainError(
        "conflict",
        `"${endpoint.name}" is unloaded, so gateways hold none of its versions. Load it first.`,
      );
    }
    const deployed = await deployedNow(ctx);
    const current = deployed.get(endpointId);
    if (!current) {
      const what = `Nothing is deployed to "${endpoint.name}" yet.`;
      throw new DomainError(
        "conflict",
        `${what} Test the version through an endpoint that is serving; the evidence counts for the version.`,
      );
    }
    const servable = await findServable(ctx, { model: model ?? current.modelName, version, engine: null });
    const key = { name: servable.modelName, version: servable.version };
    await refuseUnsafe(ctx, servable.id, key);
    await refuseMisfitOf(ctx, servable.id);
    const isLive = [...deployed.values()].some(({ versionId }) => versionId === servable.id);
    if (isLive && !confirmsLive) {
      const what = `${key.name} v${key.version} serves live traffic, which a load test would slow down.`;
      throw new DomainError("conflict", `${what} Set "confirmsLive" to proceed, or test another version.`, {
        field: "confirmsLive",
      });
    }
    const [row] = await ctx.db
      .insert(loadTests)
      .values({ workspaceId, endpointId, versionId: servable.id, settings, isLive, reason, startedBy })
      .onConflictDoNothing()
      .returning({ id: loadTests.id });
    if (!row) {
      throw new DomainError(
        "conflict",
        `A load test of "${endpoint.name}" is in progress. Wait until it finishes, or cancel it.`,
      );
    }
    await enqueue(ctx, "run-load-test", { loadTestId: row.id });
    const { rates, stepSeconds } = settings;
    await record(ctx, "load-test.started", {
      subject: `endpoint/${endpoint.name}`,
      after: { model: key.name, version: key.version, rates, stepSeconds, isLive },
      reason,
    });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
    return loadLoadTest(ctx, row.id);
  });
}

/** Returns the current deployment of each endpoint of the workspace that is not archived. */
async function deployedNow(ctx: Context) {
  const rows = await ctx.db
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), isNull(endpoints.archivedAt)));
  return currentDeployments(
    ctx,
    rows.map(({ id }) => id),
  );
}
