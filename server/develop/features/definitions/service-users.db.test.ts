import { expect, test } from "vitest";
import { datasetVersions, featureUses } from "#db/schema/index.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureService } from "./define-feature-service.ts";
import { listServiceUsers } from "./service-users-queries.ts";

test(
  "lists what uses the versions and features of a service's views",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx);
    const projection = { view: "driver_stats", features: ["conv_rate"] };
    await defineFeatureService(ctx, { name: "following", projections: [projection] });
    await defineFeatureService(ctx, { name: "pinned", projections: [{ ...projection, version: 1 }] });
    const { workspaceId } = ctx.actor;
    const [made] = await ctx.db
      .insert(datasetVersions)
      .values({
        workspaceId,
        name: "trips",
        digest: "4be10508",
        fileName: "trips.csv",
        format: "csv",
        sizeBytes: 1,
        sha256: "a",
        contentHash: "b",
        rows: 1,
        columns: [],
        note: "",
        createdBy: "x",
        artifactKey: "x",
      })
      .returning();
    const use = { workspaceId, viewId: view.id, version: 1, features: ["conv_rate"] };
    await ctx.db.insert(featureUses).values([
      { ...use, userKind: "endpoint", userId: "e", userName: "eta" },
      { ...use, userKind: "endpoint", userId: "f", userName: "other-features", features: ["acc_rate"] },
      { ...use, userKind: "model-version", userId: "m", userName: "eta v3", version: 2 },
      { ...use, userKind: "dataset-version", userId: made?.id ?? "", userName: "trips" },
    ]);
    const users = await listServiceUsers(ctx);
    const named = (service: string) =>
      users.filter((user) => user.service === service).map(({ kind, name, digest }) => [kind, name, digest]);
    expect(named("following").toSorted()).toEqual([
      ["dataset-version", "trips", "4be10508"],
      ["endpoint", "eta", null],
      ["model-version", "eta v3", null],
    ]);
    expect(named("pinned").toSorted()).toEqual([
      ["dataset-version", "trips", "4be10508"],
      ["endpoint", "eta", null],
    ]);
    expect(users[0]?.views).toEqual(["driver_stats"]);
    expect(await listServiceUsers(await newWorkspace(ctx.db))).toEqual([]);
  }),
);
