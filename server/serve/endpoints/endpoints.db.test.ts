import { randomUUID } from "node:crypto";
import { and, desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { ZodError } from "zod";
import { auditEvents, deployments, endpoints, gatewayHeartbeats, modelAliases } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { defaultExecution } from "../../develop/registry/execution/contract.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "./create-endpoint.ts";
import { getEndpoint, listEndpoints } from "./endpoint-queries.ts";
import { updateEndpoint } from "./update-endpoint.ts";

const audited = async (ctx: Context, action: string) => {
  const [entry] = await ctx.db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.workspaceId, ctx.actor.workspaceId), eq(auditEvents.action, action)))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return entry;
};

test(
  "creates an endpoint that serves nothing, and audits it",
  inWorkspace(async (ctx) => {
    const endpoint = await createEndpoint(ctx, { name: "digits", captureShare: 0.5 });
    expect(endpoint).toMatchObject({ name: "digits", captureShare: 0.5, createdBy: ctx.actor.name, current: null });
    expect(await audited(ctx, "endpoint.created")).toMatchObject({ subject: "endpoint/digits" });
    expect(await getEndpoint(ctx, { name: "digits" })).toMatchObject({ current: null, history: [], gateways: [] });
  }),
);

test(
  "rejects an existing name even after the endpoint was archived",
  inWorkspace(async (ctx) => {
    const { id } = await createEndpoint(ctx, { name: "digits" });
    await expect(createEndpoint(ctx, { name: "digits" })).rejects.toMatchObject({ code: "conflict" });
    await archiveEndpoint(ctx, { endpointId: id, reason: "replaced" });
    await expect(createEndpoint(ctx, { name: "digits" })).rejects.toMatchObject({ code: "conflict" });
    expect((await listEndpoints(ctx)).endpoints).toEqual([]);
    expect((await listEndpoints(ctx, { withArchived: true })).endpoints).toHaveLength(1);
    await expect(archiveEndpoint(ctx, { endpointId: id })).rejects.toMatchObject({ code: "conflict" });
    expect(await audited(ctx, "endpoint.archived")).toMatchObject({ reason: "replaced" });
  }),
);

test.each(["stats", "a/b", "", "🦜", ".hidden", "x".repeat(129)])("rejects the endpoint name %s", (name) =>
  inWorkspace(async (ctx) => {
    const refused = createEndpoint(ctx, { name });
    await expect(refused).rejects.toThrow(
      name === "stats" ? "is a reserved name" : "Must start with a letter or digit",
    );
  })(),
);

test(
  "updates only given fields, audits before and after, and rejects an archived endpoint",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits", description: "Reads digits" });
    await updateEndpoint(ctx, { endpointId, captureShare: 1 });
    expect(await getEndpoint(ctx, { name: "digits" })).toMatchObject({ description: "Reads digits", captureShare: 1 });
    expect(await audited(ctx, "endpoint.updated")).toMatchObject({
      before: { captureShare: 0.1 },
      after: { captureShare: 1 },
    });
    await archiveEndpoint(ctx, { endpointId });
    await expect(updateEndpoint(ctx, { endpointId, captureShare: 0 })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "updates execution settings individually, and rejects contradictory ones",
  inWorkspace(async (ctx) => {
    const { id: endpointId, execution } = await createEndpoint(ctx, { name: "digits" });
    expect(execution).toEqual(defaultExecution);
    await updateEndpoint(ctx, { endpointId, execution: { maxBatchSize: 8, preferredBatchSizes: [4] } });
    await updateEndpoint(ctx, { endpointId, execution: { maxQueueDelayMicroseconds: 500 } });
    const requested = {
      ...defaultExecution,
      maxBatchSize: 8,
      preferredBatchSizes: [4],
      maxQueueDelayMicroseconds: 500,
    };
    expect((await getEndpoint(ctx, { name: "digits" })).execution).toEqual(requested);
    const wrong = [
      { maxBatchSize: 2 }, // below a preferred size
      { priorityLevels: 2 }, // without a default among them
      { defaultPriorityLevel: 1 }, // of no levels
      { maxQueueSize: 0 },
      { maxbatchsize: 4 } as object,
    ];
    for (const execution of wrong)
      await expect(updateEndpoint(ctx, { endpointId, execution })).rejects.toThrow(ZodError);
    expect((await getEndpoint(ctx, { name: "digits" })).execution).toEqual(requested);
  }),
);

test(
  "makes the newest deployment current, and keeps user, reason and history",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const [one, two] = [await newVersion(ctx, { version: 1 }), await newVersion(ctx, { version: 2 })];
    await deployVersion(ctx, { endpointId, model: "digits", version: 1, reason: "first" });
    await deployVersion(ctx, { endpointId, model: "digits", alias: "latest", providers: ["webgpu", "cpu"] });
    const { current, history } = await getEndpoint(ctx, { name: "digits" });
    expect(current).toMatchObject({ versionId: two.id, version: 2, providers: ["webgpu", "cpu"] });
    expect(history).toMatchObject([{ versionId: two.id }, { versionId: one.id, reason: "first", providers: [] }]);
    expect(await audited(ctx, "version.deployed")).toMatchObject({
      subject: "endpoint/digits",
      before: { model: "digits", version: 1 },
      after: { model: "digits", version: 2, providers: ["webgpu", "cpu"] },
    });
  }),
);

test(
  "resolves an alias at the time of the deployment",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const champion = await newVersion(ctx, { version: 1 });
    await newVersion(ctx, { version: 2 });
    const { workspaceId } = ctx.actor;
    const { modelId, id: versionId } = champion;
    await ctx.db.insert(modelAliases).values({ workspaceId, modelId, alias: "champion", versionId });
    const deployed = await deployVersion(ctx, { endpointId, model: "digits", alias: "champion" });
    expect(deployed.versionId).toBe(champion.id);
    await expect(deployVersion(ctx, { endpointId, model: "digits", alias: "other" })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);

test(
  "deploys only a servable version, and stores nothing otherwise",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await newVersion(ctx, { version: 1, inspection: "pending" });
    await newVersion(ctx, { version: 2, inspection: "unservable" });
    const deploy = (version: number) => deployVersion(ctx, { endpointId, model: "digits", version });
    await expect(deploy(1)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("being checked"),
    });
    await expect(deploy(2)).rejects.toMatchObject({
      code: "conflict",
      message: "digits version 2 cannot be served: it holds no tensors.",
    });
    await expect(deploy(3)).rejects.toMatchObject({ code: "not-found" });
    expect(await ctx.db.select().from(deployments).where(eq(deployments.endpointId, endpointId))).toEqual([]);
  }),
);

test(
  "rejects deploying the serving version again and deploying to an archived endpoint",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await newVersion(ctx);
    await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
    await expect(deployVersion(ctx, { endpointId, model: "digits", version: 1 })).rejects.toMatchObject({
      code: "conflict",
    });
    await deployVersion(ctx, { endpointId, model: "digits", version: 1, providers: ["cpu"] });
    await archiveEndpoint(ctx, { endpointId });
    await expect(
      deployVersion(ctx, { endpointId, model: "digits", version: 1, providers: ["webgpu"] }),
    ).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "does not find endpoints and versions of another workspace",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { id: endpointId } = await createEndpoint(other, { name: "digits" });
    await newVersion(other);
    await newVersion(ctx, { model: "ours" });
    await expect(getEndpoint(ctx, { name: "digits" })).rejects.toMatchObject({ code: "not-found" });
    await expect(deployVersion(ctx, { endpointId, model: "ours", version: 1 })).rejects.toMatchObject({
      code: "not-found",
    });
    const own = await createEndpoint(ctx, { name: "digits" });
    await expect(deployVersion(ctx, { endpointId: own.id, model: "digits", version: 1 })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(updateEndpoint(ctx, { endpointId, captureShare: 0 })).rejects.toMatchObject({ code: "not-found" });
    await expect(archiveEndpoint(ctx, { endpointId })).rejects.toMatchObject({ code: "not-found" });
    expect(await ctx.db.select().from(endpoints).where(eq(endpoints.id, endpointId))).toMatchObject([
      { archivedAt: null, captureShare: expect.closeTo(0.1) },
    ]);
  }),
);

test(
  "returns recently seen gateways with the versions of the endpoint only",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const version = { versionId: randomUUID(), state: "ready", isServing: true, provider: "cpu", fallbacks: [] };
    const heartbeat = (gatewayId: string, secondsAgo: number) => ({
      gatewayId,
      startedAt: new Date(0),
      seenAt: new Date(Date.now() - secondsAgo * 1000),
      address: "127.0.0.1:8080",
      state: {
        isDraining: false,
        versions: [
          { ...version, endpointId },
          { ...version, endpointId: randomUUID() },
        ],
      } as never,
    });
    await ctx.db.insert(gatewayHeartbeats).values([heartbeat("here", 1), heartbeat("gone", 60)]);
    const { gateways } = await getEndpoint(ctx, { name: "digits" });
    expect(gateways).toMatchObject([{ gatewayId: "here", versions: [{ endpointId, provider: "cpu" }] }]);
    expect((await listEndpoints(ctx)).endpoints[0]?.gateways.total).toBe(1);
  }),
);

test(
  "lists endpoints by name, page by page",
  inWorkspace(async (ctx) => {
    for (const name of ["c", "a", "b"]) await createEndpoint(ctx, { name });
    const first = await listEndpoints(ctx, { limit: 2 });
    expect(first).toMatchObject({ endpoints: [{ name: "a" }, { name: "b" }], next: "b" });
    const second = await listEndpoints(ctx, { limit: 2, after: first.next });
    expect(second.endpoints.map((endpoint) => endpoint.name)).toEqual(["c"]);
    expect(second.next).toBeUndefined();
  }),
);
