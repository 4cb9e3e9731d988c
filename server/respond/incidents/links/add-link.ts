import { incidentLinks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { IncidentLink } from "./contract.ts";

/** Links something to an incident in the caller's transaction; what is linked already stays as it is. @returns whether it is new */
export async function addLink(
  ctx: Context,
  incidentId: string,
  link: Pick<IncidentLink, "kind" | "ref" | "title">,
): Promise<boolean> {
  const { workspaceId, name: addedBy } = ctx.actor;
  const added = await ctx.db
    .insert(incidentLinks)
    .values({ workspaceId, incidentId, ...link, addedBy })
    .onConflictDoNothing()
    .returning({ ref: incidentLinks.ref });
  return added.length > 0;
}
