import { and, desc, eq, inArray } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { goesOn } from "#server/watch/slo/freezes/frozen-gate.ts";
import { concerns } from "./queries.ts";

interface Change {
  endpointId: string;
  purpose?: ChangePurpose | undefined;
}

/**
 * Returns the open incident that holds a new version of an endpoint, in one sentence; null without one. Repairs and rollbacks may proceed.
 * The caller has checked permissions.
 */
export async function openIncidentOf(ctx: Context, { endpointId, purpose = "change" }: Change): Promise<string | null> {
  if (goesOn(purpose)) return null;
  const [open] = await ctx.db
    .select({ number: incidents.number, title: incidents.title })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        inArray(incidents.state, ["triage", "active", "mitigated"]),
        concerns(endpointId),
      ),
    )
    .orderBy(desc(incidents.number))
    .limit(1);
  return open ? `INC-${open.number} is open: ${open.title.replace(/\.$/, "")}.` : null;
}
