import { and, eq, inArray, not, sql } from "drizzle-orm";
import { endpoints, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { isActive } from "../../develop/registry/versions/refuse-while-rolling-out.ts";
import { GetRollout, ListRollouts, type Rollout, type RolloutSummary } from "../../serve/rollout/contract.ts";
import { loadRollout } from "./load-rollout.ts";
import { findRollout, selectRollouts, summaryOf } from "./rollout-rows.ts";

/**
 * Rollouts, newest first, of one endpoint or of all that the caller may use.
 * @returns `next`, the `cursor` of the following page; undefined at the end. @throws DomainError "not-found" for the endpoint
 */
export async function listRollouts(
  ctx: Context,
  input: ListRollouts = {},
): Promise<{ rollouts: RolloutSummary[]; next?: string }> {
  permit(ctx, "listRollouts");
  const { endpointId, active, limit, cursor } = ListRollouts.parse(input);
  if (endpointId !== undefined) await findEndpointById(ctx, endpointId);
  const where = and(
    endpointId === undefined ? undefined : eq(rollouts.endpointId, endpointId),
    ctx.actor.endpoints ? inArray(endpoints.name, [...ctx.actor.endpoints]) : undefined,
    active === undefined ? undefined : active ? isActive : not(isActive),
    cursor === undefined ? undefined : after(cursor),
  );
  const rows = await selectRollouts(ctx, where, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last ? `${last.createdAt.toISOString()}_${last.id}` : undefined;
  return { rollouts: page.map(summaryOf), ...(next !== undefined && { next }) };
}

/** Returns the condition for rows after a cursor. Database times are more precise, so they are truncated to the cursor's precision. */
function after(cursor: string) {
  const [at = "", id = ""] = cursor.split("_");
  if (Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/.test(id))
    throw new DomainError("invalid", "Invalid cursor for this list. Omit it to start with the newest.");
  const createdAt = sql`date_trunc('milliseconds', ${rollouts.createdAt})`;
  return sql`(${createdAt}, ${rollouts.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

/** Returns a rollout with evidence from the current counts. @throws DomainError "not-found" */
export async function getRollout(ctx: Context, input: GetRollout): Promise<Rollout> {
  permit(ctx, "getRollout");
  return loadRollout(ctx, await findRollout(ctx, GetRollout.parse(input).rolloutId));
}
