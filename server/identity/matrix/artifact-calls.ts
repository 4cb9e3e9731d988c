import { collectArtifacts } from "#server/artifacts/collect-artifacts.ts";
import { listReleases } from "#server/artifacts/release-queries.ts";
import { requestCollection } from "#server/artifacts/request-collection.ts";
import { sweepArtifacts } from "#server/artifacts/sweep-artifacts.ts";
import type { Calls } from "./call.ts";

/** Files that nothing refers to. */
export const artifactCalls = {
  listReleases: (ctx) => listReleases(ctx),
  requestCollection: (ctx) => requestCollection(ctx, { action: "remove" }),
  collectArtifacts: (ctx, { store }) => collectArtifacts(ctx, store),
  sweepArtifacts: (ctx, { store }) => sweepArtifacts(ctx, store),
} as const satisfies Calls;
