import { and, desc, eq, inArray, type SQL } from "drizzle-orm";
import { leakageChecks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noDataset } from "../lookups.ts";
import { isKnown } from "../version-rows.ts";
import { type LeakageCheck, LeakageQuestion, LeakageResult } from "./contract.ts";

const maxChecks = 20;

/** Lists the leakage checks of a dataset, newest first, at most 20. @throws DomainError "not-found" if the dataset does not exist */
export async function listLeakageChecks(ctx: Context, name: string): Promise<LeakageCheck[]> {
  permit(ctx, "listLeakageChecks");
  const rows = await ctx.db
    .select()
    .from(leakageChecks)
    .where(and(eq(leakageChecks.workspaceId, ctx.actor.workspaceId), eq(leakageChecks.name, name)))
    .orderBy(desc(leakageChecks.createdAt))
    .limit(maxChecks);
  if (rows.length === 0 && !(await isKnown(ctx, name))) throw noDataset(name);
  return rows.map(toLeakageCheck);
}

/** Returns one leakage check. @throws DomainError "not-found" */
export async function getLeakageCheck(ctx: Context, input: { name: string; id: string }): Promise<LeakageCheck> {
  permit(ctx, "getLeakageCheck");
  const { workspaceId } = ctx.actor;
  const isThis = and(
    eq(leakageChecks.workspaceId, workspaceId),
    eq(leakageChecks.name, input.name),
    eq(leakageChecks.id, input.id),
  );
  const [row] = await ctx.db.select().from(leakageChecks).where(isThis);
  if (!row) throw new DomainError("not-found", "Leakage check not found.");
  return toLeakageCheck(row);
}

/** Selects a check that is not completed yet. */
export function isOpen(ctx: Context, checkId: string): SQL | undefined {
  return and(
    eq(leakageChecks.id, checkId),
    eq(leakageChecks.workspaceId, ctx.actor.workspaceId),
    inArray(leakageChecks.state, ["waiting", "running"]),
  );
}

/** Converts a row to a check. */
export function toLeakageCheck(row: typeof leakageChecks.$inferSelect): LeakageCheck {
  const { id, state, problem, createdBy, createdAt, finishedAt } = row;
  const question = LeakageQuestion.parse(row.question);
  const result = row.result === null ? null : LeakageResult.parse(row.result);
  return { id, question, state, result, problem, createdBy, createdAt, finishedAt };
}
