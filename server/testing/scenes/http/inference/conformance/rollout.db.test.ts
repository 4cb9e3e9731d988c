import { and, eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { modelVersions, rolloutCounts } from "#db/schema/index.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { newRollout } from "#server/testing/scenes/serving/rollout/testing.ts";
import { expectError } from "./ask.ts";
import { row } from "./bodies.ts";
import { openScene } from "./scene.ts";

// Version 2 serves, 1 is kept, and 3 is rolled out at 50%.
const { ask, ctx, gateway, infer } = await openScene(["mlp"]);
const { id: endpointId } = await findEndpoint(ctx, "mlp");
const [third] = await ctx.db.select().from(modelVersions).where(eq(modelVersions.version, 3));
const { id: rolloutId } = await newRollout(ctx, { endpointId, canaryVersionId: third?.id as string, weight: 0.5 });
gateway.tell("missed");
const served = () => gateway.core.table.find(ctx.actor.workspaceId, "mlp");
await vi.waitFor(() => expect(served()?.other?.state).toBe("ready"), { timeout: 20_000 });

/** Units of an arm in Postgres. */
async function unitsOf(arm: "stable" | "canary"): Promise<number> {
  await gateway.core.evidence.flush();
  const rows = await ctx.db
    .select()
    .from(rolloutCounts)
    .where(and(eq(rolloutCounts.rolloutId, rolloutId), eq(rolloutCounts.arm, arm), eq(rolloutCounts.metric, "errors")));
  return rows.reduce((sum, { units }) => sum + units, 0);
}

test("rollout_model_version", async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => infer("mlp", { inputs: [row] })));
  expect(new Set(answers.map(({ json }) => json.model_version))).toEqual(new Set(["2", "3"]));
  for (const { headers, json } of answers) {
    const arm = json.model_version === "3" ? "canary" : "stable";
    expect(headers).toMatchObject({ "leeway-arm": arm, "leeway-model-version": json.model_version });
  }
  const canary = answers.filter(({ json }) => json.model_version === "3").length;
  await expect.poll(() => unitsOf("canary"), { timeout: 10_000 }).toBe(canary);
  await expect.poll(() => unitsOf("stable"), { timeout: 10_000 }).toBe(40 - canary);
});

test("rollout_pinned_not_counted", async () => {
  const before = [await unitsOf("stable"), await unitsOf("canary")];
  for (const version of [1, 2, 3, 3, 3]) {
    const { json } = await infer(`mlp/versions/${version}`, { inputs: [row] });
    expect(json.model_version).toBe(String(version));
  }
  const chosen = await infer("mlp", { inputs: [row] }, { "leeway-arm": "canary" });
  expect([chosen.json.model_version, chosen.headers["leeway-arm"]]).toEqual(["3", "canary"]);
  // One that counts, behind those that do not.
  await infer("mlp", { inputs: [row] });
  const sum = async () => (await unitsOf("stable")) + (await unitsOf("canary"));
  await expect.poll(sum, { timeout: 10_000 }).toBe((before[0] as number) + (before[1] as number) + 1);
});

test("repo_unload_during_rollout", async () => {
  const unload = await ask({ method: "POST", path: "/v2/repository/models/mlp/unload" });
  expectError(unload, 409, /A rollout of .* is in progress/);
  await infer("mlp", { inputs: [row] });
});
