import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, loadTestSteps, loadTests } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { getChecklist } from "#server/release/gates/queries.ts";
import { runGates } from "#server/release/gates/run-gates.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { noFiles, noModels } from "#server/testing/fixtures/registry/requests/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { unloadEndpoint } from "../endpoints/unload-endpoint.ts";
import { readTrials } from "../router/read-served.ts";
import { cancelLoadTest } from "./cancel-load-test.ts";
import { LoadTestSettings, type StepMeasurement } from "./contract.ts";
import { getLoadTest, listLoadTests } from "./queries.ts";
import { resumeLoadTests } from "./resume-load-tests.ts";
import { runLoadTest } from "./run-load-test.ts";
import { startLoadTest } from "./start-load-test.ts";

const settings = LoadTestSettings.parse({ rates: [5, 10], stepSeconds: 5 });
const nowhere = { gatewayUrl: "http://127.0.0.1:1" };

/** Creates an endpoint that serves version 1 of digits, with version 2 available. */
async function fixture(ctx: Context) {
  await newVersion(ctx);
  const { id: versionId } = await newVersion(ctx, { version: 2 });
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  return { endpointId, versionId };
}

async function jobs(ctx: Context): Promise<number> {
  const { rows } = await ctx.db.execute<{ count: number }>(
    sql`select count(*)::int as count from pgboss.job where name = 'run-load-test' and data->>'workspaceId' = ${ctx.actor.workspaceId}`,
  );
  return rows[0]?.count ?? 0;
}

const quantile = { value: 8, low: 7, high: 9 };
const measured: StepMeasurement = {
  requestsPerSecond: 5,
  measuredSeconds: 4,
  due: 20,
  notSent: 0,
  succeeded: 20,
  failures: {},
  achievedPerSecond: 5,
  queueMsMean: 1,
  computeMsMean: 2,
  lagMsP99: 1,
  latencyMs: { mean: 5, p50: quantile, p95: quantile, p99: quantile },
};

test(
  "starts a test of an undeployed version with a row, a job, a trial and an audit event",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await fixture(ctx);
    const started = await startLoadTest(ctx, { endpointId, version: 2, settings, reason: "gate" });
    expect(started).toMatchObject({ state: "waiting", isLive: false, endpoint: "digits", version: 2, steps: [] });
    expect(await jobs(ctx)).toBe(1);
    expect((await readTrials(ctx.db)).get(endpointId)).toMatchObject([{ versionId, version: 2 }]);
    const events = await ctx.db.select().from(auditEvents).where(eq(auditEvents.action, "load-test.started"));
    expect(events).toMatchObject([
      { subject: "endpoint/digits", reason: "gate", after: { version: 2, isLive: false } },
    ]);
    expect(await listLoadTests(ctx, { endpointId })).toEqual([started]);
  }),
);

test(
  "allows one test at a time, and frees the slot when it is cancelled",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
    await expect(startLoadTest(ctx, { endpointId, version: 2, settings })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is in progress"),
    });
    expect(await cancelLoadTest(ctx, { endpointId, id })).toMatchObject({ state: "cancelled" });
    await expect(cancelLoadTest(ctx, { endpointId, id })).rejects.toMatchObject({ code: "conflict" });
    expect((await readTrials(ctx.db)).get(endpointId)).toBeUndefined();
    await runLoadTest(ctx, id, nowhere);
    expect(await getLoadTest(ctx, { endpointId, id })).toMatchObject({ state: "cancelled" });
    expect(await startLoadTest(ctx, { endpointId, version: 2, settings })).toMatchObject({ state: "waiting" });
  }),
);

test(
  "requires confirmation for a version that serves live traffic on any endpoint",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    await expect(startLoadTest(ctx, { endpointId, version: 1, settings })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("serves live traffic"),
    });
    const { id: otherId } = await createEndpoint(ctx, { name: "other" });
    await deployVersion(ctx, { endpointId: otherId, model: "digits", version: 2 });
    await expect(startLoadTest(ctx, { endpointId, version: 2, settings })).rejects.toMatchObject({ code: "conflict" });
    expect(await startLoadTest(ctx, { endpointId, version: 1, settings, confirmsLive: true })).toMatchObject({
      isLive: true,
    });
  }),
);

test(
  "rejects a test that cannot run, with a fix",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    const { id: emptyId } = await createEndpoint(ctx, { name: "empty" });
    await expect(startLoadTest(ctx, { endpointId: emptyId, version: 2, settings })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Nothing is deployed"),
    });
    await expect(startLoadTest(ctx, { endpointId, version: 9, settings })).rejects.toMatchObject({ code: "not-found" });
    await newVersion(ctx, { version: 3, inspection: "unservable" });
    await expect(startLoadTest(ctx, { endpointId, version: 3, settings })).rejects.toMatchObject({ code: "conflict" });
    await unloadEndpoint(ctx, { endpointId });
    await expect(startLoadTest(ctx, { endpointId, version: 2, settings })).rejects.toMatchObject({
      message: expect.stringContaining("Load it first"),
    });
    await archiveEndpoint(ctx, { endpointId });
    await expect(startLoadTest(ctx, { endpointId, version: 2, settings })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "allows viewers to read but not to start or cancel, and hides tests from another workspace",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
    const viewer = as(ctx, "viewer");
    expect(await getLoadTest(viewer, { endpointId, id })).toMatchObject({ id });
    for (const refused of [
      startLoadTest(viewer, { endpointId, version: 2, settings }),
      cancelLoadTest(viewer, { endpointId, id }),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: "forbidden" });
    }
    const outsider = await newWorkspace(ctx.db);
    await expect(getLoadTest(outsider, { endpointId, id })).rejects.toMatchObject({ code: "not-found" });
    await runLoadTest(outsider, id, nowhere);
    expect(await getLoadTest(ctx, { endpointId, id })).toMatchObject({ state: "waiting" });
  }),
);

test(
  "reports the gateway URL that a worker cannot reach",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
    await runLoadTest(ctx, id, nowhere);
    expect(await getLoadTest(ctx, { endpointId, id })).toMatchObject({
      state: "failed",
      message: expect.stringContaining("http://127.0.0.1:1 (GATEWAY_URL)"),
    });
  }),
);

test(
  "enqueues a test again when its runner crashed, and fails one from hours ago",
  inWorkspace(async (ctx) => {
    const { endpointId } = await fixture(ctx);
    const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
    await resumeLoadTests(ctx);
    expect(await jobs(ctx)).toBe(1);
    const past = { state: "running" as const, leasedUntil: new Date(Date.now() - 1000), runner: crypto.randomUUID() };
    await ctx.db.update(loadTests).set(past).where(eq(loadTests.id, id));
    await resumeLoadTests(ctx);
    expect(await jobs(ctx)).toBe(2);
    await ctx.db
      .update(loadTests)
      .set({ createdAt: new Date(Date.now() - 2 * hourMs) })
      .where(eq(loadTests.id, id));
    await resumeLoadTests(ctx);
    expect(await getLoadTest(ctx, { endpointId, id })).toMatchObject({ state: "failed" });
  }),
);

test(
  "evaluates the latency gate with a recent finished load test of the version",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await fixture(ctx);
    const gate = { kind: "latency" as const, requestsPerSecond: 5, limitMs: 10, maxAgeDays: 7 };
    const policy = { gates: [{ ...gate, quantile: "p95" as const, maxErrorRate: 0.01, judge: "interval" as const }] };
    await setPolicy(ctx, { name: "digits", policy, reason: "fast" });
    const line = async () => {
      await runGates(ctx, { versionId, alias: "champion", checkId: crypto.randomUUID() }, noModels, noFiles);
      return (await getChecklist(ctx, { name: "digits", version: 2 })).gates[0];
    };
    expect(await line()).toMatchObject({ gate: "latency:p95:5", standing: "pending" });
    const { id } = await startLoadTest(ctx, { endpointId, version: 2, settings });
    const step = { workspaceId: ctx.actor.workspaceId, loadTestId: id, position: 0, measured };
    await ctx.db.insert(loadTestSteps).values(step);
    expect(await line()).toMatchObject({ standing: "pending" });
    await cancelLoadTest(ctx, { endpointId, id });
    expect(await line()).toMatchObject({ standing: "passed", run: { measured: 8, limit: 10 } });
    await ctx.db
      .update(loadTests)
      .set({ createdAt: new Date(Date.now() - 8 * dayMs) })
      .where(eq(loadTests.id, id));
    expect(await line()).toMatchObject({ standing: "pending" });
  }),
);
