import { and, desc, eq, gte, inArray, isNull, lte, or } from "drizzle-orm";
import { endpoints, monitoringFindings } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { Finding } from "../contract.ts";
import { ListFindings } from "./contract.ts";

/** Lists findings, newest first; of every endpoint that the caller may access, or of one. */
export async function listFindings(ctx: Context, input: ListFindings = {}): Promise<Finding[]> {
  permit(ctx, "listFindings");
  return selectFindings(ctx, input);
}

/** Selects findings; the caller has checked permissions. */
export async function selectFindings(ctx: Context, input: ListFindings): Promise<Finding[]> {
  const { endpointId, watchers, feature, state, from, to, limit } = ListFindings.parse(input);
  const of = monitoringFindings;
  const { endpoints: names } = ctx.actor;
  const rows = await ctx.db
    .select({ finding: of, endpoint: endpoints.name })
    .from(of)
    .innerJoin(endpoints, eq(endpoints.id, of.endpointId))
    .where(
      and(
        eq(of.workspaceId, ctx.actor.workspaceId),
        endpointId === undefined ? undefined : eq(of.endpointId, endpointId),
        names === undefined ? undefined : inArray(endpoints.name, [...names]),
        watchers.length === 0 ? undefined : inArray(of.watcher, watchers),
        feature === undefined ? undefined : eq(of.feature, feature),
        state === "open" ? isNull(of.closedAt) : undefined,
        to === undefined ? undefined : lte(of.openedAt, to),
        from === undefined ? undefined : or(isNull(of.closedAt), gte(of.closedAt, from)),
      ),
    )
    .orderBy(desc(of.openedAt), of.id)
    .limit(limit);
  return rows.map(({ finding, endpoint }) => Finding.parse({ ...finding, endpoint }));
}
