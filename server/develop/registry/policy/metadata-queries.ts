import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadVersionFacts } from "../gates/version-facts.ts";
import { VersionKey } from "../versions/contract.ts";
import { loadVersionDetails } from "../versions/lineage-queries.ts";
import { checkMetadata } from "./check-metadata.ts";
import type { MetadataItem } from "./contract.ts";
import { loadPolicy } from "./queries.ts";

/** Returns what the policy of a model requires, item by item, with its value or how to add it. @throws DomainError "not-found" */
export async function getMetadata(ctx: Context, input: VersionKey): Promise<MetadataItem[]> {
  permit(ctx, "getMetadata");
  const version = await loadVersionDetails(ctx, VersionKey.parse(input));
  const [facts] = await loadVersionFacts(ctx, [version]);
  const { policy } = await loadPolicy(ctx, version.modelId);
  return facts ? checkMetadata(policy.required, facts.metadata) : [];
}
