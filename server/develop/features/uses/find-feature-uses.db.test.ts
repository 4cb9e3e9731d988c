import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { featureUses, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { currentWorkspace } from "#server/platform/identity/workspaces/current-workspace.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { setVersionTag } from "../../registry/tags/set-version-tag.ts";
import { setRunTag } from "../../tracking/runs/set-run-tag.ts";
import { defineFeatureService } from "../definitions/define-feature-service.ts";
import { findFeatureUses } from "./find-feature-uses.ts";

const uses = async (ctx: Context, userKind: "run" | "model-version", userId: string) =>
  (
    await ctx.db
      .select({ version: featureUses.version, features: featureUses.features, name: featureUses.userName })
      .from(featureUses)
      .where(and(eq(featureUses.userKind, userKind), eq(featureUses.userId, userId)))
  ).map(({ version, features, name }) => [name, version, ...features]);

async function waitingJobs(ctx: Context, kind: string) {
  const found = await ctx.db.execute(
    `select data from pgboss.job where name = '${kind}' and data->>'workspaceId' = '${ctx.actor.workspaceId}'`,
  );
  return found.rows.map((row) => row.data as Record<string, string>);
}

test(
  "reads what a run and the version that came from it use, from Feast's tags",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    await defineFeatureService(ctx, {
      name: "eta",
      projections: [{ view: "driver_stats", features: ["acc_rate", "conv_rate"] }],
    });
    const { slug } = await currentWorkspace(ctx);
    const { runId } = await newRun(ctx);
    const { id: versionId } = await newVersion(ctx, { model: "eta" });
    await ctx.db.update(modelVersions).set({ runId }).where(eq(modelVersions.id, versionId));
    const tag = (key: string, value: string) => setRunTag(ctx, { runId, key, value });
    await tag("feast.project", slug.replaceAll("-", "_"));
    await tag("feast.retrieval_type", "historical");
    expect(await waitingJobs(ctx, "find-feature-uses")).toEqual([]);
    await tag("feast.feature_views", "driver_stats");
    await tag(
      "feast.feature_refs",
      "driver_stats:conv_rate,driver_stats@v0:avg_daily_trips,gone:x,driver_stats:acc_ra...",
    );
    // One job is enough for both.
    expect(await waitingJobs(ctx, "find-feature-uses")).toMatchObject([{ runId }]);
    await findFeatureUses(ctx, { runId });
    expect((await uses(ctx, "run", runId)).map((use) => use.slice(1))).toEqual([[1, "avg_daily_trips", "conv_rate"]]);
    expect(await uses(ctx, "model-version", versionId)).toEqual([["eta v1", 1, "avg_daily_trips", "conv_rate"]]);

    await tag("feast.feature_service", "eta");
    await findFeatureUses(ctx, { runId });
    expect((await uses(ctx, "run", runId)).map((use) => use.slice(1))).toEqual([[1, "acc_rate", "conv_rate"]]);
    // Of the version it is added to what it used already.
    expect((await uses(ctx, "model-version", versionId))[0]).toHaveLength(5);

    await tag("feast.project", "another");
    await findFeatureUses(ctx, { runId });
    expect(await uses(ctx, "run", runId)).toEqual([]);
  }),
);

test(
  "reads the service that a version is tagged with",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    await defineFeatureService(ctx, { name: "eta", projections: [{ view: "driver_stats", features: ["conv_rate"] }] });
    const { id: versionId } = await newVersion(ctx, { model: "eta" });
    await setVersionTag(ctx, { name: "eta", version: 1, key: "feast.feature_service", value: "eta" });
    expect(await waitingJobs(ctx, "find-feature-uses")).toMatchObject([{ versionId }]);
    await findFeatureUses(ctx, { versionId });
    expect(await uses(ctx, "model-version", versionId)).toEqual([["eta v1", 1, "conv_rate"]]);
  }),
);
