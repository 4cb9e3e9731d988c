import { and, desc, eq, inArray } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { goesOn } from "#server/watch/slo/freezes/frozen-gate.ts";
import { concerns } from "./queries.ts";

interface Change {
  endpointId: string;
  purpose?: ChangePurpose | undefined;
}

/**
 * Rejects a new version while an incident of the endpoint is open, because a second change hides the cause of the first. Repairs and
 * rollbacks may proceed. @throws DomainError "conflict"
 */
export async function refuseWhileOpen(ctx: Context, { endpointId, purpose = "change" }: Change): Promise<void> {
  if (goesOn(purpose)) return;
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
  if (!open) return;
  const what = 'Resolve it first, or set "purpose" to "fix" or "security" if the version repairs it.';
  throw new DomainError("conflict", `INC-${open.number} is open: ${open.title.replace(/\.$/, "")}. ${what}`, {
    field: "purpose",
  });
}
