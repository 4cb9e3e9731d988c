import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { alertRules, labelProjects, runbooks, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findingKinds } from "#server/develop/tracking/health/constants.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { watchedEndpoints } from "../../alerting/alerts/rules/watched-endpoints.ts";
import type { AlertRuleSpec, CreateAlertRule } from "./contract.ts";

interface Input extends Pick<CreateAlertRule, "name" | "severity"> {
  spec: AlertRuleSpec;
  endpointId: string | null;
  teamId: string | null;
  runbookId: string | null;
}

/**
 * Refuses a rule that could not work, or that would wake people without saying what to do.
 * @param ruleId of the rule that is changed; undefined for a new one
 * @throws DomainError "invalid" or "not-found" for what it names, "conflict" for a name that is taken
 */
export async function checkRule(ctx: Context, input: Input, ruleId?: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  if (input.endpointId !== null) await findLiveEndpoint(ctx, input.endpointId);
  await findOwn(ctx, input);
  checkFindings(input.spec);
  await checkProject(ctx, input.spec);
  if (input.severity === "page") await checkPage(ctx, input);
  const [namesake] = await ctx.db
    .select({ id: alertRules.id })
    .from(alertRules)
    .where(
      and(
        eq(alertRules.workspaceId, workspaceId),
        eq(alertRules.name, input.name),
        isNull(alertRules.archivedAt),
        ruleId === undefined ? undefined : ne(alertRules.id, ruleId),
      ),
    );
  if (namesake) throw new DomainError("conflict", `A rule named "${input.name}" already exists.`, { field: "name" });
}

/** Checks that the team and runbook exist. @throws DomainError "not-found" if one is archived or not of this workspace */
async function findOwn(ctx: Context, { teamId, runbookId }: Input): Promise<void> {
  for (const [table, id, field, what] of [
    [teams, teamId, "teamId", "team"],
    [runbooks, runbookId, "runbookId", "runbook"],
  ] as const) {
    if (id === null) continue;
    const ofWorkspace = and(eq(table.workspaceId, ctx.actor.workspaceId), isNull(table.archivedAt));
    const [row] = await ctx.db
      .select({ one: sql`1` })
      .from(table)
      .where(and(ofWorkspace, eq(table.id, id)));
    if (!row) throw new DomainError("not-found", `Unknown ${what} ID. Choose another.`, { field });
  }
}

function checkFindings(spec: AlertRuleSpec): void {
  if (spec.kind !== "run-health") return;
  const unknown = spec.findings.find((finding) => !findingKinds.some((kind) => kind === finding));
  if (unknown === undefined) return;
  const words = `Unknown run finding "${unknown}". Valid findings: ${findingKinds.join(", ")}.`;
  throw new DomainError("invalid", words, { field: "spec.findings" });
}

/** @throws DomainError "not-found" if the label project of a rule is archived or not of this workspace */
async function checkProject(ctx: Context, spec: AlertRuleSpec): Promise<void> {
  if (spec.kind !== "labels" || spec.projectId === null) return;
  const [row] = await ctx.db
    .select({ id: labelProjects.id })
    .from(labelProjects)
    .where(
      and(
        eq(labelProjects.workspaceId, ctx.actor.workspaceId),
        eq(labelProjects.id, spec.projectId),
        ne(labelProjects.state, "archived"),
      ),
    );
  if (!row) throw new DomainError("not-found", "Unknown label project. Choose another.", { field: "spec.projectId" });
}

/** Enforces docs/spec/alerting.md section 17: each page needs an owner and a runbook, and problems that only cost money wake no one. */
async function checkPage(ctx: Context, { spec, endpointId, teamId, runbookId }: Input): Promise<void> {
  if (isTicketOnly(spec)) {
    const words = "Cost, late labels and training runs are not urgent enough to wake anyone. Use severity ticket.";
    throw new DomainError("invalid", words, { field: "severity" });
  }
  if (runbookId === null) {
    const words = "A page needs a runbook. Select one, or use severity ticket.";
    throw new DomainError("invalid", words, { field: "runbookId" });
  }
  if (teamId !== null) return;
  const [endpoint] = endpointId === null ? [] : await watchedEndpoints(ctx, endpointId);
  if (endpoint?.team) return;
  const words = "A page needs an owning team. Select one, or use severity ticket.";
  throw new DomainError("invalid", words, { field: "teamId" });
}

function isTicketOnly(spec: AlertRuleSpec): boolean {
  if (spec.kind === "threshold") return spec.metric === "cost-per-1000" || spec.metric === "label-delay-hours";
  return ["run-health", "budget", "spend", "labels", "training"].includes(spec.kind);
}
