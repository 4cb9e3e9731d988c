import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { datasetContracts, predictions, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { ContractRules } from "#server/develop/datasets/rules/contract.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { serveWithReference } from "../../../testing/fixtures/monitoring/integrity/testing.ts";
import { feature, numericProfile } from "../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import { listFindings } from "../findings/queries.ts";
import { getIntegrity } from "./queries.ts";
import { watchIntegrity } from "./watch-integrity.ts";

const features = [feature("x[0]", numericProfile([1, 2, 3, 4, 5, 6, 7, 8, 9]))];
const now = Date.now();

async function promise(ctx: Context, revision: number, columns: object[]) {
  const { workspaceId } = ctx.actor;
  const rules = ContractRules.parse({ columns });
  await ctx.db
    .insert(datasetContracts)
    .values({ workspaceId, name: "train", revision, rules, reason: "as agreed", createdBy: "test" });
}

async function logRows(ctx: Context, { rows, ...of }: { endpointId: string; versionId: string; rows: number[][] }) {
  await ctx.db.insert(predictions).values(
    rows.map((data) => ({
      id: crypto.randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      ...of,
      arm: "stable" as const,
      at: new Date(now - 60_000),
      requestId: crypto.randomUUID(),
      status: 200,
      provider: "cpu",
      latencyMs: 1,
      inputs: [{ name: "x", datatype: "FP32", shape: [1, 4], data }],
    })),
  );
}

test(
  "checks traffic against the active contract of the reference dataset, and closes the finding once it is corrected",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId, profileId } = await serveWithReference(ctx, features);
    const of = { labelColumn: null, where: null, columns: { "x[1]": "width" } };
    const source = { kind: "dataset" as const, name: "train", digest: "d", ...of };
    await ctx.db.update(referenceProfiles).set({ source }).where(eq(referenceProfiles.id, profileId));
    await logRows(ctx, { endpointId, versionId, rows: Array.from({ length: 120 }, (_, at) => [at, -1, at, 0]) });
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    expect(await listFindings(ctx)).toEqual([]);
    await promise(ctx, 1, [
      { column: "x[0]", max: 59, type: "text" },
      { column: "width", min: 0, levels: ["0", "1"] },
      { column: "label", nullable: false },
    ]);
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    const found = await listFindings(ctx);
    expect(found.map(({ kind, feature, severity }) => [kind, feature, severity]).toSorted()).toEqual(
      Array.from(["x[0]", "x[1]", "x[1]"], (name) => ["dataset contract", name, "ticket"]),
    );
    expect(found.map(({ evidence }) => evidence.rule).toSorted()).toEqual(["levels", "range", "range"]);
    const { checks } = await getIntegrity(ctx, { endpointId });
    const words = checks.filter(({ check, state }) => check === "dataset contract" && state === "broken");
    expect(words.find(({ feature }) => feature === "x[0]")?.words).toBe(
      '50% of `x[0]` violates the contract of dataset "train" (revision 1): at most 59. 60 of 120 logged rows, 1% allowed.',
    );
    await promise(ctx, 2, [{ column: "x[0]", max: 200 }]);
    await watchIntegrity(ctx, endpointId, { now: now + hourMs }, notifyAfterChange);
    expect(await listFindings(ctx)).toEqual([]);
  }),
);
