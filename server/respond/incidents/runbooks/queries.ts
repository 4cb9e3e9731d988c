import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { runbooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { GetRunbook, type Runbook, type RunbookSummary } from "./contract.ts";
import { installRunbooks } from "./install-runbooks.ts";
import { parseSteps } from "./parse-steps.ts";
import { findRunbook, type StoredRunbook } from "./runbook-rows.ts";

/** Lists the runbooks that are not archived, by name. A new workspace starts with the ready-made ones. */
export async function listRunbooks(ctx: Context): Promise<RunbookSummary[]> {
  permit(ctx, "listRunbooks");
  await installRunbooks(ctx);
  const rows = await ctx.db
    .select({ runbook: runbooks, uses })
    .from(runbooks)
    .where(and(eq(runbooks.workspaceId, ctx.actor.workspaceId), isNull(runbooks.archivedAt)))
    .orderBy(asc(sql`lower(${runbooks.name})`));
  return rows.map(({ runbook, uses }) => summaryOf(runbook, uses));
}

/** Returns a runbook with its text as written. @throws DomainError "not-found" */
export async function getRunbook(ctx: Context, input: GetRunbook): Promise<Runbook> {
  permit(ctx, "getRunbook");
  return loadRunbook(ctx, await findRunbook(ctx, GetRunbook.parse(input).runbookId));
}

/** Loads the public form of a runbook. */
export async function loadRunbook(ctx: Context, row: StoredRunbook): Promise<Runbook> {
  const ofRow = and(eq(runbooks.id, row.id), eq(runbooks.workspaceId, ctx.actor.workspaceId));
  const [counted] = await ctx.db.select({ uses }).from(runbooks).where(ofRow);
  return { ...summaryOf(row, counted?.uses ?? 0), body: row.body, archivedAt: row.archivedAt };
}

// Written out: in a query of one table, columns of others would lose the names of their tables.
const uses = sql<number>`(
  (select count(*) from slos where slos.runbook_id = runbooks.id and slos.archived_at is null)
  + (select count(*) from alert_rules where alert_rules.runbook_id = runbooks.id and alert_rules.archived_at is null)
  + (select count(*) from incidents where incidents.runbook_id = runbooks.id and incidents.state in ('triage', 'active', 'mitigated'))
)::int`;

function summaryOf(row: StoredRunbook, uses: number): RunbookSummary {
  const { id, name, body, revision, updatedBy, updatedAt } = row;
  return { id, name, steps: parseSteps(body).length, uses, revision, updatedBy, updatedAt };
}
