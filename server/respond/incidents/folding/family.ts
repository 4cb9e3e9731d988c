import { and, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { incidentLinks, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { MergedPart } from "./choose-split.ts";

type Merged = Pick<typeof incidents.$inferSelect, "number" | "state" | "merger">;

/** Returns the number of the incident that has the alerts of a merged one, however often that was merged again; its own of all others. */
export async function rootOf(ctx: Context, incident: Merged): Promise<number> {
  let current: Merged = incident;
  while (current.state === "merged" && current.merger) {
    const [next] = await ctx.db
      .select({ number: incidents.number, state: incidents.state, merger: incidents.merger })
      .from(incidents)
      .where(and(eq(incidents.workspaceId, ctx.actor.workspaceId), eq(incidents.number, current.merger.into)));
    // One that is its own part cannot come about; a broken row must not loop.
    if (!next || next.number === incident.number) break;
    current = next;
  }
  return current.number;
}

const Part = z.object({ id: z.string(), number: z.number(), mergedAt: z.number(), into: z.number() });

/** A merged incident in the family of the one that has its alerts. */
export interface FamilyPart extends MergedPart {
  id: string;
  /** Number of the incident into which it was merged. */
  into: number;
}

/** Returns the incidents that were merged into one, directly or through others, with the groups that they had. */
export async function partsOf(ctx: Context, number: number): Promise<FamilyPart[]> {
  const { workspaceId } = ctx.actor;
  const found = await ctx.db.execute(sql`
    with recursive part as (
      select id, number, merger from incidents
      where workspace_id = ${workspaceId} and state = 'merged' and (merger->>'into')::int = ${number}
      union
      select child.id, child.number, child.merger from part join incidents as child
        on child.workspace_id = ${workspaceId} and child.state = 'merged' and (child.merger->>'into')::int = part.number
    )
    select id, number, (merger->>'at')::float8 as "mergedAt", (merger->>'into')::int as into from part`);
  const parts = rowsOf(Part, found);
  if (parts.length === 0) return [];
  const ofParts = inArray(
    incidentLinks.incidentId,
    parts.map(({ id }) => id),
  );
  const links = await ctx.db
    .select({ incidentId: incidentLinks.incidentId, ref: incidentLinks.ref })
    .from(incidentLinks)
    .where(and(eq(incidentLinks.workspaceId, workspaceId), eq(incidentLinks.kind, "alert-group"), ofParts));
  return parts.map((part) => ({
    ...part,
    groupIds: links.filter(({ incidentId }) => incidentId === part.id).map(({ ref }) => ref),
  }));
}
