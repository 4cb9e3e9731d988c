import { and, eq } from "drizzle-orm";
import { gateRuns, modelAliases, modelVersions, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/context.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { authorOf } from "../author.ts";
import { gateName } from "../policy/contract.ts";
import { loadPolicy } from "../policy/queries.ts";
import type { VersionDetails } from "../versions/contract.ts";
import { loadVersionDetails } from "../versions/lineage-queries.ts";
import { evaluateGate } from "./kinds.ts";
import { loadVersionFacts } from "./version-facts.ts";

interface GateCheck {
  versionId: string;
  alias: string;
  /** Run again with the same id, nothing is written twice. */
  checkId: string;
}

/** Evaluates every gate of a version's checklist and writes each as a row with its evidence. A version that is gone is passed over. */
export async function runGates(ctx: Context, { versionId, alias, checkId }: GateCheck): Promise<void> {
  permit(ctx, "runGates");
  const { workspaceId } = ctx.actor;
  const [key] = await ctx.db
    .select({ name: registeredModels.name, version: modelVersions.version, modelId: modelVersions.modelId })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.id, versionId), eq(modelVersions.workspaceId, workspaceId)));
  if (!key) return;
  const { policy } = await loadPolicy(ctx, key.modelId);
  const version = await loadVersionDetails(ctx, key);
  const champion = await findChampion(ctx, key.modelId, alias);
  const baseline = champion && champion.id !== versionId ? champion : null;
  const [own, other = null] = await loadVersionFacts(ctx, baseline ? [version, baseline] : [version]);
  if (!own) return;
  const results = [];
  for (const settings of policy.gates) {
    const result = await evaluateGate(ctx, { version: own, baseline: other, policy }, settings);
    results.push({ ...result, gate: gateName(settings), settings });
  }
  const author = await authorOf(ctx);
  const rows = results.map((result) => ({
    ...author,
    ...result,
    workspaceId,
    versionId,
    alias,
    checkId,
    baselineVersionId: baseline?.id ?? null,
    baselineVersion: baseline?.version ?? null,
    at: new Date(),
  }));
  if (rows.length === 0) return;
  await transact(ctx, async (ctx) => {
    // A version that is deleted meanwhile takes its evidence with it; this waits for the deletion, or it for this.
    const [still] = await ctx.db
      .select({ id: modelVersions.id })
      .from(modelVersions)
      .where(eq(modelVersions.id, versionId))
      .for("key share");
    if (!still) return;
    await ctx.db.insert(gateRuns).values(rows).onConflictDoNothing();
    await publish(ctx, "model", key.modelId);
  });
}

async function findChampion(ctx: Context, modelId: string, alias: string): Promise<VersionDetails | null> {
  const [pointed] = await ctx.db
    .select({ name: registeredModels.name, version: modelVersions.version })
    .from(modelAliases)
    .innerJoin(modelVersions, eq(modelVersions.id, modelAliases.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelAliases.modelId))
    .where(and(eq(modelAliases.modelId, modelId), eq(modelAliases.alias, alias)));
  return pointed ? loadVersionDetails(ctx, pointed) : null;
}
