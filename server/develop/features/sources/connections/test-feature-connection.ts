import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { tryConnection } from "./define-feature-connection.ts";
import { connectionUrl } from "./lookups.ts";

/** Tries a stored connection. @returns the problem, or null if it works @throws DomainError "not-found" */
export async function testFeatureConnection(
  ctx: Context,
  name: string,
  rules: NetworkRules,
): Promise<{ problem: string | null }> {
  permit(ctx, "testFeatureConnection");
  const url = await connectionUrl(ctx, name);
  try {
    await tryConnection(url, rules);
    return { problem: null };
  } catch (error) {
    if (error instanceof DomainError) return { problem: error.message };
    throw error;
  }
}
