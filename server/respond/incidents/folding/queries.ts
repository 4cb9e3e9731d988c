import { and, asc, desc, eq, inArray, ne } from "drizzle-orm";
import { alertGroups, endpoints, incidents } from "#db/schema/index.ts";
import { GroupSummary } from "#server/alerting/alerts/contract.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { GetIncident } from "../contract.ts";
import { findIncident } from "../incident-rows.ts";
import { chooseSplit } from "./choose-split.ts";
import type { FoldChoices } from "./contract.ts";
import { partsOf } from "./family.ts";

/** Maximum number of incidents to choose from, the newest. */
const maxOthers = 50;

/** Lists what may be split off an incident, and into which it may be merged. @throws DomainError "not-found" */
export async function getFoldChoices(ctx: Context, input: GetIncident): Promise<FoldChoices> {
  permit(ctx, "getIncident");
  return readFoldChoices(ctx, await findIncident(ctx, GetIncident.parse(input).number));
}

/** Does the same for an incident that the caller may see. */
export async function readFoldChoices(
  ctx: Context,
  { id, number }: Pick<typeof incidents.$inferSelect, "id" | "number">,
): Promise<FoldChoices> {
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const parts = await partsOf(ctx, number);
  const groups = await ctx.db
    .select({ id: alertGroups.id, summary: alertGroups.summary })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, workspaceId), eq(alertGroups.incidentId, id)))
    .orderBy(desc(alertGroups.weight), asc(alertGroups.createdAt));
  const others = await ctx.db
    .select({ number: incidents.number, title: incidents.title })
    .from(incidents)
    .leftJoin(endpoints, eq(endpoints.id, incidents.endpointId))
    .where(
      and(
        eq(incidents.workspaceId, workspaceId),
        inArray(incidents.state, ["triage", "active", "mitigated"]),
        ne(incidents.id, id),
        allowed ? inArray(endpoints.name, [...allowed]) : undefined,
      ),
    )
    .orderBy(desc(incidents.number))
    .limit(maxOthers);
  return {
    groups: groups.map(({ id, summary }) => {
      const { title, service, firing } = GroupSummary.parse(summary);
      return { id, title, service, isFiring: firing > 0, from: chooseSplit([id], parts) };
    }),
    others: others.map(({ number, title }) => ({ number, title: shortTitle(title) })),
  };
}
