import { collectArtifacts } from "#server/admin/collection/collect-artifacts.ts";
import { requestCollection } from "#server/admin/collection/request-collection.ts";
import { sweepArtifacts } from "#server/admin/collection/sweep-artifacts.ts";
import { abortUpload, completeUpload, startUpload } from "#server/develop/tracking/artifacts/direct-uploads.ts";
import { getDownloadUrl } from "#server/develop/tracking/artifacts/queries.ts";
import { listReleases } from "#server/platform/artifacts/release-queries.ts";
import type { Calls } from "./call.ts";

/** Transfers that do not pass through Leeway, and files that nothing refers to. */
export const artifactCalls = {
  startUpload: (ctx, { store, artifactPath }) => startUpload(ctx, store, { path: artifactPath, parts: 1 }),
  completeUpload: (ctx, { store, artifactPath }) =>
    completeUpload(ctx, store, { path: artifactPath, uploadId: "x", sent: [], maxBytes: 10 }),
  abortUpload: (ctx, { store, artifactPath }) => abortUpload(ctx, store, { path: artifactPath, uploadId: "x" }),
  getDownloadUrl: (ctx, { store, artifactPath }) => getDownloadUrl(ctx, store, artifactPath),
  listReleases: (ctx) => listReleases(ctx),
  requestCollection: (ctx) => requestCollection(ctx, { action: "remove" }),
  collectArtifacts: (ctx, { store }) => collectArtifacts(ctx, store),
  sweepArtifacts: (ctx, { store }) => sweepArtifacts(ctx, store),
} as const satisfies Calls;
