import { and, asc, eq, gte, isNull, lte, notInArray, or, sql } from "drizzle-orm";
import { incidentLinks, incidents } from "#db/schema/index.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Context } from "#server/base/context.ts";
import type { Span } from "#server/base/span.ts";
import type { StoredSlo } from "../../objectives/stored-slos.ts";

const most = 200;

interface KnownIncident {
  id: string;
  number: number;
  title: string;
  severity: string;
  from: Date;
  /** Null while the incident is ongoing. */
  to: Date | null;
  href: string;
}

/**
 * Returns incidents in a time range that concern the endpoint of an SLO or are linked with it, without cancelled and merged ones. The caller has
 * checked permissions.
 */
export async function knownIncidents(
  ctx: Context,
  { id, endpointId }: Pick<StoredSlo, "id" | "endpointId">,
  { from, to }: Span,
): Promise<KnownIncident[]> {
  const isLinked = sql`exists (select 1 from ${incidentLinks} where ${incidentLinks.incidentId} = ${incidents.id}
    and ${incidentLinks.kind} = 'slo' and ${incidentLinks.ref} = ${id})`;
  const end = sql<Date | null>`coalesce(${incidents.mitigatedAt}, ${incidents.resolvedAt}, ${incidents.closedAt})`;
  const rows = await ctx.db
    .select({
      id: incidents.id,
      number: incidents.number,
      title: incidents.title,
      severity: incidents.severity,
      from: incidents.startedAt,
      mitigatedAt: incidents.mitigatedAt,
      resolvedAt: incidents.resolvedAt,
      closedAt: incidents.closedAt,
    })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        notInArray(incidents.state, ["cancelled", "merged"]),
        endpointId ? or(eq(incidents.endpointId, endpointId), isLinked) : isLinked,
        lte(incidents.startedAt, new Date(to)),
        or(isNull(end), gte(end, new Date(from))),
      ),
    )
    .orderBy(asc(incidents.startedAt))
    .limit(most);
  return rows.map(({ mitigatedAt, resolvedAt, closedAt, ...row }) => {
    return {
      ...row,
      title: shortTitle(row.title),
      to: mitigatedAt ?? resolvedAt ?? closedAt,
      href: `/incidents/${row.number}`,
    };
  });
}
