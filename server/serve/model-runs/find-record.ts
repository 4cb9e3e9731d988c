import { and, eq, isNull } from "drizzle-orm";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import type { VersionDetails } from "../../develop/registry/versions/contract.ts";
import { lastRecorded } from "./recorded-requests.ts";

/** Source of recorded requests, and the version whose predictions count. */
export interface FoundRecord {
  endpoint: { id: string; name: string };
  /** The champion; without one what the endpoint serves. */
  champion: { versionId: string; name: string };
}

interface Input {
  /** Null takes where the champion serves. */
  endpoint: string | null;
  version: VersionDetails;
  /** The champion; null when there is none, or it is the version itself. */
  baseline: VersionDetails | null;
}

/** Finds the endpoint whose requests are replayed, or describes why there is none. */
export async function findRecord(
  ctx: Context,
  { endpoint: name, version, baseline }: Input,
): Promise<FoundRecord | string> {
  const champion = baseline ?? version;
  if (name === null) {
    const endpoint = await requestedLast(ctx, champion.lineage.endpoints);
    if (endpoint) return { endpoint, champion: named(champion) };
    return baseline
      ? `no endpoint serves v${baseline.version}, so there are no requests to replay. Specify an endpoint in the policy`
      : "no deployed champion, so there are no requests to replay. Specify an endpoint in the policy";
  }
  const [endpoint] = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(
      and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.name, name), isNull(endpoints.archivedAt)),
    );
  if (!endpoint) return `endpoint "${name}" does not exist. Specify another one in the policy`;
  if (baseline) return { endpoint, champion: named(baseline) };
  const current = (await currentDeployments(ctx, [endpoint.id])).get(endpoint.id);
  if (!current) return `nothing is deployed to "${name}", and there is no champion to compare with`;
  return { endpoint, champion: { versionId: current.versionId, name: `v${current.version}` } };
}

function named({ id, version }: VersionDetails): FoundRecord["champion"] {
  return { versionId: id, name: `v${version}` };
}

async function requestedLast(ctx: Context, serving: VersionDetails["lineage"]["endpoints"]) {
  let newest: { endpoint: (typeof serving)[number]; at: number } | undefined;
  for (const endpoint of serving) {
    const at = (await lastRecorded(ctx, endpoint.id))?.getTime() ?? 0;
    if (!newest || at > newest.at) newest = { endpoint, at };
  }
  return newest?.endpoint;
}
