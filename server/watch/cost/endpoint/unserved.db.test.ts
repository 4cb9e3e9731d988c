import { expect, test } from "vitest";
import { loadTestSteps, loadTests, machineHours, usageHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { newReference } from "#server/testing/fixtures/monitoring/quality/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { priceCores } from "../../../testing/fixtures/cost/testing.ts";
import { getEndpointCosts } from "./queries.ts";

/** Inserts an hour in which a version kept half of a machine's two cores busy. */
async function use(ctx: Context, of: { endpointId: string; versionId: string }) {
  const hour = new Date(Math.floor(Date.now() / hourMs) * hourMs - dayMs);
  const machine = { machine: "m", hour, cores: 2, gpus: 0, memoryBytes: 1, minutesUp: 2n ** 60n - 1n };
  await ctx.db.insert(machineHours).values({ ...machine, coreBusyMs: hourMs, served: 1 });
  const counts = { requests: 1000, answered: 1000, rows: 1000, cacheHits: 0, coalesced: 0, computeMs: hourMs };
  const used = { workspaceId: ctx.actor.workspaceId, ...of, arm: "stable" as const, provider: "cpu", machine: "m" };
  await ctx.db.insert(usageHours).values({ ...used, hour, ...counts });
}

async function loadTested(ctx: Context, endpointId: string, versionId: string, state: "done" | "failed") {
  const { workspaceId } = ctx.actor;
  const known = { workspaceId, endpointId, versionId, settings: {} as never, isLive: false, startedBy: "test", state };
  const [row] = await ctx.db.insert(loadTests).values(known).returning();
  const measured = { requestsPerSecond: 50, succeeded: 900, computeMsMean: 3.6, latencyMs: { p95: { value: 12 } } };
  await ctx.db
    .insert(loadTestSteps)
    .values({ workspaceId, loadTestId: row?.id as string, position: 0, measured: measured as never });
}

test(
  "compares an unserved version only by its reference and load test",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, nextVersionId } = await newServed(ctx);
    await priceCores(ctx, 1, new Date(Date.now() - 90 * dayMs));
    await use(ctx, { endpointId, versionId });
    const versions = async () => (await getEndpointCosts(ctx, "digits")).versions;
    expect(await versions()).toMatchObject([{ version: 1, measuredBy: null }]);
    await loadTested(ctx, endpointId, nextVersionId, "failed");
    expect(await versions()).toHaveLength(1);
    await loadTested(ctx, endpointId, nextVersionId, "done");
    await newReference(ctx, nextVersionId, {
      quality: { labelled: 500, taskKind: "multiclass", metrics: { accuracy: 0.94 } },
    });
    // Half of what the machine costs is waiting, so that 0.001 of a core-hour costs twice as much.
    expect(await versions()).toMatchObject([
      { version: 1, measuredBy: null, isOnFront: false },
      {
        version: 2,
        spent: 0,
        answered: 0,
        latencyMsP95: 12,
        correctShare: 0.94,
        labelled: 500,
        isOnFront: true,
        perThousand: expect.closeTo(0.002, 10),
        measuredBy: { quality: "its reference", latency: "a load test at 50 requests/s" },
      },
    ]);
  }),
);

test(
  "excludes versions of other models and other workspaces",
  inWorkspace(async (ctx) => {
    const own = await newServed(ctx);
    const other = await newServed(ctx, "other");
    await use(ctx, { endpointId: own.endpointId, versionId: own.versionId });
    await newReference(ctx, other.nextVersionId, {
      quality: { labelled: 500, taskKind: "multiclass", metrics: { accuracy: 0.94 } },
    });
    const { versions } = await getEndpointCosts(ctx, "digits");
    expect(versions.map(({ modelName, version }) => `${modelName} ${version}`)).toEqual(["digits 1"]);
  }),
);
