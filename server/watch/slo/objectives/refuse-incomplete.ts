import { and, eq, isNull } from "drizzle-orm";
import { runbooks, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { StoredSlo } from "../../objectives/stored-slos.ts";
import type { SloLack } from "./contract.ts";
import { pages } from "./definition-problem.ts";

/** Returns the requirements missing before an SLO's pages reach someone who can act. */
export function lacksOf({ team, runbook }: Pick<StoredSlo, "team" | "runbook">): SloLack[] {
  return [...(team ? [] : (["owner"] as const)), ...(runbook ? [] : (["runbook"] as const))];
}

/**
 * Rejects custom rules that page, if an owner or a runbook is available and missing: an unowned page wakes someone in vain
 * (docs/spec/alerting.md section 17). If the workspace has no teams or no runbooks yet, and for the standard rules, the SLO is saved, and
 * the missing requirements are displayed with it. @throws DomainError "invalid" with the field
 */
export async function refuseIncomplete(ctx: Context, slo: StoredSlo): Promise<void> {
  const [lack] = lacksOf(slo);
  if (!lack || !pages(slo.definition) || !(await hasBoth(ctx))) return;
  const [what, field] = lack === "owner" ? ["an owning team", "teamId"] : ["a runbook", "runbookId"];
  throw new DomainError("invalid", `These rules page someone: add ${what}, or set them to ticket.`, { field });
}

async function hasBoth(ctx: Context): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const [team] = await ctx.db
    .select({ id: teams.id })
    .from(teams)
    .where(and(eq(teams.workspaceId, workspaceId), isNull(teams.archivedAt)))
    .limit(1);
  const [runbook] = await ctx.db
    .select({ id: runbooks.id })
    .from(runbooks)
    .where(and(eq(runbooks.workspaceId, workspaceId), isNull(runbooks.archivedAt)))
    .limit(1);
  return team !== undefined && runbook !== undefined;
}
