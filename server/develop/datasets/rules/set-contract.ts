import { and, desc, eq } from "drizzle-orm";
import { datasetContracts, datasetVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { compilePattern, PatternProblem } from "#server/base/pattern.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findContract, noDataset } from "../lookups.ts";
import { toContract } from "../shapes.ts";
import { isKnown } from "../version-rows.ts";
import { type ContractRules, type DatasetContract, SetContract } from "./contract.ts";

/**
 * Creates the next revision of a dataset's contract and checks the newest version against it. Earlier revisions are kept.
 * @throws DomainError "invalid", "not-found", "conflict" when someone else created a revision at the same moment.
 */
export async function setContract(ctx: Context, input: SetContract): Promise<DatasetContract> {
  permit(ctx, "setContract");
  const { name, rules, reason } = SetContract.parse(input);
  checkPatterns(rules);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: createdBy } = ctx.actor;
    if (!(await isKnown(ctx, name))) throw noDataset(name);
    const before = await findContract(ctx, name);
    const [made] = await ctx.db
      .insert(datasetContracts)
      .values({ workspaceId, name, revision: (before?.revision ?? 0) + 1, rules, reason, createdBy })
      .onConflictDoNothing()
      .returning();
    if (!made) {
      throw new DomainError("conflict", "The contract was changed by someone else. Reload it and try again.");
    }
    await record(ctx, "dataset.contract-set", {
      subject: `dataset/${name}`,
      before: before && { revision: before.revision, rules: before.rules },
      after: { revision: made.revision, rules },
      reason,
    });
    const [newest] = await ctx.db
      .select({ id: datasetVersions.id })
      .from(datasetVersions)
      .where(and(eq(datasetVersions.workspaceId, workspaceId), eq(datasetVersions.name, name)))
      .orderBy(desc(datasetVersions.createdAt))
      .limit(1);
    if (newest) await enqueue(ctx, "check-dataset", { versionId: newest.id, contractId: made.id });
    await publish(ctx, "dataset", name);
    return toContract(made);
  });
}

/** @throws DomainError "invalid" for a pattern that RE2 does not accept */
function checkPatterns({ columns }: ContractRules): void {
  for (const [index, { column, pattern }] of columns.entries()) {
    try {
      if (pattern !== null) compilePattern(pattern);
    } catch (cause) {
      if (!(cause instanceof PatternProblem)) throw cause;
      const field = `rules.columns.${index}.pattern`;
      throw new DomainError("invalid", `${column}: ${cause.message}`, { cause, field });
    }
  }
}
