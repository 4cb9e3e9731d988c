import { and, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { z } from "zod";
import { runbooks, slos, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { SloDefinition } from "../../objectives/contract.ts";
import type { IndicatorKind } from "../../objectives/indicators/contract.ts";
import { standardRules } from "../engine/standard-rules.ts";
import { requireAudit } from "../rollup/require-audit.ts";
import { requireView } from "../rollup/require-view.ts";
import type { SloDraft } from "./contract.ts";
import { definitionProblem, isTicketOnly, type Part } from "./definition-problem.ts";

export interface Completed {
  definition: SloDefinition;
  endpointId: string | null;
}

/**
 * Fills in the defaults of a draft and validates it against existing data: its endpoint and its feature view exist, and its components are compatible and
 * locked until the transaction ends. @param name of the SLO
 * @throws DomainError "invalid" with the field, "not-found" for an endpoint, a view or a component, "conflict" if the endpoint is archived
 */
export async function completeDefinition(
  ctx: Context,
  name: string,
  draft: z.output<typeof SloDraft>,
): Promise<Completed> {
  const { indicator, composite, period } = draft;
  const viewId = indicator && "viewId" in indicator ? indicator.viewId : null;
  const view = viewId === null ? undefined : await requireView(ctx, viewId);
  const endpointId = indicator && "endpointId" in indicator ? indicator.endpointId : null;
  const endpoint = endpointId === null ? undefined : await findLiveEndpoint(ctx, endpointId);
  if (indicator?.kind === "label-timeliness" && indicator.of === "audit") await requireAudit(ctx, indicator);
  const parts = composite
    ? await lockParts(
        ctx,
        name,
        composite.parts.map(({ sloId }) => sloId),
      )
    : [];
  const rules = draft.rules ?? standardRules(period, indicator?.kind ?? ticketKindOf(parts));
  const definition: SloDefinition = {
    ...draft,
    rules,
    service: draft.service ?? serviceOf(endpoint?.name ?? view ?? name),
  };
  const problem = definitionProblem(definition, parts);
  if (problem) throw new DomainError("invalid", problem.message, { field: `definition.${problem.field}` });
  // The policy of budgets says so: estimates inform, and freeze nothing.
  if (isTicketOnly(definition, parts)) definition.freezes = false;
  return { definition, endpointId };
}

const serviceOf = (name: string) => name.slice(0, 63);

/** Returns the first ticket-only kind of the components, which makes the composite ticket-only too. */
function ticketKindOf(parts: readonly Part[]): IndicatorKind | null {
  return parts.find(({ definition }) => isTicketOnly(definition))?.definition.indicator?.kind ?? null;
}

/** Returns the components in their order, locked against changes and archiving until the transaction ends. */
async function lockParts(ctx: Context, name: string, ids: readonly string[]): Promise<Part[]> {
  const rows = await ctx.db
    .select({ id: slos.id, name: slos.name, definition: slos.definition })
    .from(slos)
    .where(and(eq(slos.workspaceId, ctx.actor.workspaceId), inArray(slos.id, [...ids]), isNull(slos.archivedAt)))
    .for("share");
  const found = new Map(rows.map((row) => [row.id, { ...row, definition: SloDefinition.parse(row.definition) }]));
  return ids.map((id) => {
    const part = found.get(id);
    if (!part) {
      const message = "A component is not an active SLO in this workspace. Choose it again.";
      throw new DomainError("not-found", message, { field: "definition.composite.parts" });
    }
    if (part.name === name) {
      const message = "An SLO cannot be its own component.";
      throw new DomainError("invalid", message, { field: "definition.composite.parts" });
    }
    return part;
  });
}

/** Returns the names of the composites that contain an SLO. */
export async function compositesOf(ctx: Context, sloId: string): Promise<{ id: string; name: string }[]> {
  const isPart = sql`${slos.definition} #> '{composite,parts}' @> ${JSON.stringify([{ sloId }])}::jsonb`;
  const { workspaceId } = ctx.actor;
  return ctx.db
    .select({ id: slos.id, name: slos.name })
    .from(slos)
    .where(and(eq(slos.workspaceId, workspaceId), isNull(slos.archivedAt), ne(slos.id, sloId), isPart))
    .orderBy(slos.name);
}

/** @throws DomainError "not-found" for a team or runbook of another workspace, or an archived one */
export async function checkOwners(
  ctx: Context,
  { teamId, runbookId }: { teamId: string | null; runbookId: string | null },
) {
  const { workspaceId } = ctx.actor;
  if (teamId !== null) {
    const where = and(eq(teams.id, teamId), eq(teams.workspaceId, workspaceId), isNull(teams.archivedAt));
    const [team] = await ctx.db.select({ id: teams.id }).from(teams).where(where);
    if (!team) throw new DomainError("not-found", "Team not found. Choose another one.", { field: "teamId" });
  }
  if (runbookId !== null) {
    const where = and(eq(runbooks.id, runbookId), eq(runbooks.workspaceId, workspaceId), isNull(runbooks.archivedAt));
    const [runbook] = await ctx.db.select({ id: runbooks.id }).from(runbooks).where(where);
    if (!runbook) throw new DomainError("not-found", "Runbook not found. Choose another one.", { field: "runbookId" });
  }
}
