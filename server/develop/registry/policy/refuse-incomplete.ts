import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { loadVersionFacts } from "../gates/version-facts.ts";
import type { VersionKey } from "../versions/contract.ts";
import { loadVersionDetails } from "../versions/lineage-queries.ts";
import { checkMetadata } from "./check-metadata.ts";
import type { Policy } from "./contract.ts";

/** Refuses a version that lacks what the policy requires. @throws DomainError "conflict" with what is missing and what to do. */
export async function refuseIncomplete(ctx: Context, key: VersionKey, policy: Policy): Promise<void> {
  const [facts] = await loadVersionFacts(ctx, [await loadVersionDetails(ctx, key)]);
  const missing = facts ? checkMetadata(policy.required, facts.metadata).filter(({ isPresent }) => !isPresent) : [];
  if (missing.length === 0) return;
  throw new DomainError(
    "conflict",
    `${key.name} v${key.version} is missing required metadata. ${missing.map(({ words }) => words).join(" ")}`,
  );
}
