import { expect, test } from "vitest";
import { featureFindings, featureUses } from "#db/schema/index.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { featuresOfEndpoint } from "./features-of-endpoint.ts";

test(
  "says whether an endpoint reads features, and how severe the worst open finding of their views is",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "eta" });
    expect(await featuresOfEndpoint(ctx, endpointId)).toEqual({ isRead: false, worst: null });
    const view = await newDriverStats(ctx);
    const { workspaceId } = ctx.actor;
    const use = { workspaceId, viewId: view.id, version: 1, userId: endpointId, features: ["conv_rate"] };
    await ctx.db.insert(featureUses).values({ ...use, userKind: "endpoint", userName: "eta" });
    expect(await featuresOfEndpoint(ctx, endpointId)).toEqual({ isRead: true, worst: null });
    const finding = { workspaceId, viewId: view.id, kind: "source-late", words: "Its source is late." };
    await ctx.db.insert(featureFindings).values([
      { ...finding, key: "late", severity: "ticket" },
      { ...finding, key: "earlier", severity: "page", closedAt: new Date() },
    ]);
    expect(await featuresOfEndpoint(ctx, endpointId)).toEqual({ isRead: true, worst: "ticket" });
    await ctx.db.insert(featureFindings).values({ ...finding, key: "failed", severity: "page" });
    expect(await featuresOfEndpoint(ctx, endpointId)).toEqual({ isRead: true, worst: "page" });
  }),
);
