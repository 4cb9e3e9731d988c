import { found } from "#app/_lib/found.ts";
import type { Context } from "#server/base/context.ts";
import { listLinkedViews } from "#server/develop/lineage/queries.ts";
import { getModelSummary } from "#server/develop/registry/models/queries.ts";
import { getMetadata } from "#server/develop/registry/policy/metadata-queries.ts";
import { getPolicy } from "#server/develop/registry/policy/queries.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { getVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { listVersions } from "#server/develop/registry/versions/queries.ts";
import { getChecklist } from "#server/release/gates/queries.ts";
import { listPromotionRequests } from "#server/release/promotion/queries.ts";

/** Reads all data of a version's page. A missing version leads to the not-found page. */
export async function readVersionPage(ctx: Context, key: VersionKey) {
  const version = await found(getVersionDetails(ctx, key));
  const [model, others, checklist, metadata, { policy }, requests, views] = await Promise.all([
    getModelSummary(ctx, key.name),
    listVersions(ctx, { name: key.name, limit: 30 }),
    getChecklist(ctx, key),
    getMetadata(ctx, key),
    getPolicy(ctx, key.name),
    listPromotionRequests(ctx, { ...key, limit: 10 }),
    listLinkedViews(ctx, { kind: "model-version", id: version.id }),
  ]);
  return { version, model, others, checklist, metadata, policy, requests, views };
}

export type VersionPageData = Awaited<ReturnType<typeof readVersionPage>>;
