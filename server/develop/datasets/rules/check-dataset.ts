import { and, eq } from "drizzle-orm";
import { datasetChecks, datasetContracts, datasetVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { openTable } from "../rows/open-table.ts";
import { ContractRules } from "./contract.ts";
import { evaluateTable } from "./evaluate-table.ts";

/**
 * Checks the rows of a version against a contract and stores the report. Retries do nothing: neither the rows nor a revision of a contract
 * ever change.
 */
export async function checkDataset(
  ctx: Context,
  { versionId, contractId }: { versionId: string; contractId: string },
  store: ArtifactStore,
): Promise<void> {
  permit(ctx, "checkDataset");
  const { workspaceId } = ctx.actor;
  const [version] = await ctx.db
    .select()
    .from(datasetVersions)
    .where(and(eq(datasetVersions.id, versionId), eq(datasetVersions.workspaceId, workspaceId)));
  const [contract] = await ctx.db
    .select()
    .from(datasetContracts)
    .where(and(eq(datasetContracts.id, contractId), eq(datasetContracts.workspaceId, workspaceId)));
  if (!version || !contract || version.name !== contract.name) return;
  const isThis = and(eq(datasetChecks.versionId, versionId), eq(datasetChecks.contractId, contractId));
  const [known] = await ctx.db.select({ id: datasetChecks.id }).from(datasetChecks).where(isThis);
  if (known) return;
  const rules = ContractRules.parse(contract.rules);
  const results = await evaluateTable(() => openTable(store, version), version.rows, rules);
  const broken = results.filter(({ passed }) => !passed);
  await transact(ctx, async (ctx) => {
    const [made] = await ctx.db
      .insert(datasetChecks)
      .values({ workspaceId, versionId, contractId, passed: broken.length === 0, results })
      .onConflictDoNothing()
      .returning({ id: datasetChecks.id });
    if (!made) return;
    await record(ctx, "dataset.checked", {
      subject: `dataset/${version.name}`,
      after: {
        digest: version.digest,
        revision: contract.revision,
        passed: broken.length === 0,
        broken: broken.map(({ column, rule }) => (column === null ? rule : `${column}: ${rule}`)),
      },
    });
    await publish(ctx, "dataset", version.name);
  });
}
