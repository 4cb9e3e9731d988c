import { expect, test } from "vitest";
import { versionBlocks } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { rollBackEndpoint } from "#server/respond/triage/actions/roll-back-endpoint.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import {
  beat,
  countArms,
  createRolloutFixture,
  quickPlan,
  recheck,
} from "#server/testing/fixtures/rollouts/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { deployVersion } from "../deploy-version.ts";
import { listVersionBlocks } from "./queries.ts";
import { unblockVersion } from "./unblock-version.ts";

const reason = "It rejects a third of the requests";
const blocksOf = async (ctx: Context, endpointId: string) =>
  (await listVersionBlocks(ctx, { endpointId })).map(({ version }) => version);
const serving = async (ctx: Context, endpointId: string) =>
  (await currentDeployments(ctx, [endpointId])).get(endpointId)?.version;

test(
  "blocks the version that a rollback leaves, and refuses it until someone unblocks it with a reason",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createRolloutFixture(ctx);
    const deploy = (version: number, more: object = {}) =>
      deployVersion(ctx, { endpointId, model: "digits", version, ...more });
    await deploy(2);
    await rollBackEndpoint(ctx, { endpointId, reason });
    expect(await listVersionBlocks(ctx, { endpointId })).toMatchObject([
      { model: "digits", version: 2, reason, blockedBy: ctx.actor.name },
    ]);
    const who = `${ctx.actor.name} rolled back from it (${reason}).`;
    await expect(deploy(2)).rejects.toMatchObject({
      code: "conflict",
      field: "version",
      message: expect.stringContaining(`digits version 2 is blocked on "digits": ${who}`),
    });
    await expect(deploy(2, { purpose: "rollback", reason })).rejects.toThrow("is blocked on");
    await expect(startRollout(ctx, { endpointId, version: 2, plan: quickPlan, reason })).rejects.toThrow("is blocked");
    // A second rollback skips it; the first of both versions is the only one left.
    await expect(rollBackEndpoint(ctx, { endpointId, reason })).rejects.toThrow("No earlier version");
    const unblock = { endpointId, model: "digits", version: 2, reason: "Fixed upstream" };
    await expect(unblockVersion(as(ctx, "member"), unblock)).rejects.toMatchObject({ code: "forbidden" });
    await expect(unblockVersion(ctx, { ...unblock, reason: " " })).rejects.toThrow("Give a reason");
    await unblockVersion(ctx, unblock);
    await expect(unblockVersion(ctx, unblock)).rejects.toMatchObject({ code: "conflict" });
    expect(await ctx.db.select().from(versionBlocks)).toMatchObject([
      { unblockedBy: ctx.actor.name, unblockReason: "Fixed upstream" },
    ]);
    await deploy(2);
    expect(await serving(ctx, endpointId)).toBe(2);
    const { events } = await readAuditLog(ctx, { limit: 20 });
    expect(events.map(({ action }) => action).filter((action) => /blocked/.test(action))).toEqual([
      "endpoint.version-unblocked",
      "endpoint.version-blocked",
    ]);
  }),
);

test(
  "unblocks with an override that has a reason, blocks again at the next rollback, and blocks at one endpoint only",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createRolloutFixture(ctx);
    await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
    await deployVersion(ctx, { endpointId, model: "digits", version: 1, purpose: "rollback", reason });
    expect(await blocksOf(ctx, endpointId)).toEqual([2]);
    const again = { endpointId, model: "digits", version: 2, overridesBlock: true };
    await expect(deployVersion(ctx, again)).rejects.toMatchObject({ code: "invalid", field: "reason" });
    expect(await blocksOf(ctx, endpointId)).toEqual([2]);
    await deployVersion(ctx, { ...again, reason: "The client was fixed" });
    expect(await blocksOf(ctx, endpointId)).toEqual([]);
    await rollBackEndpoint(ctx, { endpointId, reason });
    expect(await blocksOf(ctx, endpointId)).toEqual([2]);
    const input = { endpointId, version: 2, plan: quickPlan, reason, overridesBlock: true };
    expect((await startRollout(ctx, input)).phase).toBe("starting");
    expect(await blocksOf(ctx, endpointId)).toEqual([]);
  }),
);

test(
  "blocks a canary that was rolled back after it had traffic, and not one that never had any",
  inWorkspace(async (ctx) => {
    const { endpointId, canary } = await createRolloutFixture(ctx);
    const start = () => startRollout(ctx, { endpointId, version: 2, plan: quickPlan, reason });
    const { id } = await start();
    await abortRollout(ctx, { rolloutId: id, reason });
    expect(await blocksOf(ctx, endpointId)).toEqual([]);
    const { id: second } = await start();
    await beat(ctx, { endpointId, versionId: canary.id });
    await recheck(ctx, second);
    await countArms(ctx, second, { step: 0, weight: 0.1 }, { canary: [500, 250], stable: [4500, 0] });
    await recheck(ctx, second, 5);
    const [block] = await listVersionBlocks(ctx, { endpointId });
    expect(block).toMatchObject({ version: 2, reason: expect.stringContaining("Rolled back to") });
    await expect(start()).rejects.toThrow("is blocked on");
  }),
);

test(
  "skips blocked versions when the endpoint is rolled back once more",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createRolloutFixture(ctx);
    await newVersion(ctx, { version: 3 });
    for (const version of [2, 3]) await deployVersion(ctx, { endpointId, model: "digits", version });
    expect(await rollBackEndpoint(ctx, { endpointId, reason })).toEqual({ model: "digits", version: 2 });
    expect(await rollBackEndpoint(ctx, { endpointId, reason })).toEqual({ model: "digits", version: 1 });
    expect((await blocksOf(ctx, endpointId)).toSorted()).toEqual([2, 3]);
  }),
);
