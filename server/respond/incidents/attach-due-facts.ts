import { and, eq, isNotNull } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { attachFacts } from "./attach-facts.ts";
import { thisIncident } from "./incident-rows.ts";

/**
 * Attaches the facts that are due of an incident, in a transaction of its own: they may be many, and people are paged without them. Of two
 * workers one does.
 * @returns whether they were due
 */
export async function attachDueFacts(ctx: Context, incidentId: string): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const [due] = await ctx.db
      .select({ factsDue: incidents.factsDue })
      .from(incidents)
      .where(and(thisIncident(ctx, incidentId), isNotNull(incidents.factsDue)))
      .for("no key update", { skipLocked: true });
    if (!due) return false;
    await attachFacts(ctx, incidentId, { findsStart: due.factsDue === "facts-and-start" });
    await ctx.db.update(incidents).set({ factsDue: null }).where(eq(incidents.id, incidentId));
    return true;
  });
}
