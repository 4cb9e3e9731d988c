import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { incidents } from "#db/schema/index.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newIncident } from "../../testing/fixtures/incidents/testing.ts";
import { beat, createRolloutFixture, quickPlan } from "../../testing/fixtures/rollouts/testing.ts";
import { startGuard } from "./start-guard.ts";

const reason = "better on the north depots";

test(
  "rejects a new version while an incident of its endpoint is open, and neither repairs nor other endpoints",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createRolloutFixture(ctx);
    const { id: other } = await createEndpoint(ctx, { name: "other" });
    const incidentOf = (id: string, purpose: "change" | "fix" | "rollback" = "change") =>
      startGuard.incidentOf(ctx, { endpointId: id, purpose });
    expect(await incidentOf(endpointId)).toBeNull();
    const { id, number } = await newIncident(ctx, { endpointId });
    expect(await incidentOf(endpointId)).toBe(`INC-${number} is open: churn fails.`);
    expect([await incidentOf(endpointId, "fix"), await incidentOf(endpointId, "rollback")]).toEqual([null, null]);
    expect(await incidentOf(other)).toBeNull();
    const input = { endpointId, version: 2, plan: quickPlan, reason };
    await expect(startRollout(ctx, input, undefined, startGuard)).rejects.toMatchObject({
      code: "conflict",
      field: "purpose",
      message: expect.stringContaining(`INC-${number} is open: churn fails. Resolve it first`),
    });
    await ctx.db.update(incidents).set({ state: "resolved" }).where(eq(incidents.id, id));
    expect((await startRollout(ctx, input, undefined, startGuard)).phase).toBe("starting");
  }),
);

test(
  "names the endpoints that fail, but not to a token that is bound to others",
  inWorkspace(async (ctx) => {
    const { canary } = await createRolloutFixture(ctx);
    const { id } = await createEndpoint(ctx, { name: "returns" });
    await deployVersion(ctx, { endpointId: id, model: "digits", version: 2 });
    const endpoints = [{ id, name: "returns" }];
    // No gateway serves it.
    expect(await startGuard.failingOf(ctx, endpoints)).toMatchObject([{ name: "returns" }]);
    const bound = { ...ctx, actor: { ...ctx.actor, endpoints: ["digits"] } };
    expect(await startGuard.failingOf(bound, endpoints)).toEqual([{ name: "another endpoint", reason: null }]);
    await beat(ctx, { endpointId: id, versionId: canary.id });
    expect(await startGuard.failingOf(ctx, endpoints)).toEqual([]);
  }),
);
