import { and, eq } from "drizzle-orm";
import { gateRuns, modelAliases, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadVersionFacts } from "../../develop/registry/gates/version-facts.ts";
import { type GateSetting, gateName } from "../../develop/registry/policy/contract.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";
import type { VersionDetails } from "../../develop/registry/versions/contract.ts";
import { loadVersionDetails } from "../../develop/registry/versions/lineage-queries.ts";
import type { VersionLeaser } from "../../serve/model-runs/with-leased-version.ts";
import { withinTime } from "../../serve/model-runs/within-time.ts";
import { evaluateGate, type GateSubject, runsVersions } from "./kinds.ts";
import { type GateCheck, writeGateRuns } from "./write-gate-runs.ts";

/** Milliseconds that one gate that runs versions may take, and all of one check. Beyond that the job itself is tried again. */
const gateMs = 150_000;
const checkMs = 600_000;

/**
 * Evaluates every gate of a version's checklist and stores each as a row with its evidence: first those that only read, then one by one
 * those that run versions. When run again with the same check, it continues where it stopped. Skips a deleted version.
 */
export async function runGates(
  ctx: Context,
  check: GateCheck,
  models: VersionLeaser,
  artifacts: Pick<ArtifactStore, "open">,
): Promise<void> {
  permit(ctx, "runGates");
  const { versionId, alias } = check;
  const endsAt = performance.now() + checkMs;
  const [key] = await ctx.db
    .select({ name: registeredModels.name, version: modelVersions.version, modelId: modelVersions.modelId })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.id, versionId), eq(modelVersions.workspaceId, ctx.actor.workspaceId)));
  if (!key) return;
  const { policy } = await loadPolicy(ctx, key.modelId);
  const version = await loadVersionDetails(ctx, key);
  const champion = await findChampion(ctx, key.modelId, alias);
  const baseline = champion && champion.id !== versionId ? champion : null;
  const [own, other = null] = await loadVersionFacts(ctx, baseline ? [version, baseline] : [version]);
  if (!own) return;
  const subject = { version: own, baseline: other, policy, models, artifacts };
  const written = await writtenGates(ctx, check);
  const settings = policy.gates.filter((setting) => !written.has(gateName(setting)));
  const subjectOf = { modelId: key.modelId, baseline };
  const quick = settings.filter((setting) => !runsVersions(setting));
  const found = [];
  const errors: unknown[] = [];
  for (const setting of quick) {
    try {
      found.push(await evaluate(ctx, { ...subject, deadlineAt: endsAt }, setting));
    } catch (error) {
      errors.push(error);
    }
  }
  // One that fails does not take the others with it; the next attempt finds these written.
  await writeGateRuns(ctx, check, subjectOf, found);
  if (errors.length > 0) throw errors[0];
  for (const setting of settings.filter(runsVersions)) {
    const deadlineAt = Math.min(endsAt, performance.now() + gateMs);
    const result = await withinTime(deadlineAt, () => evaluate(ctx, { ...subject, deadlineAt }, setting));
    await writeGateRuns(ctx, check, subjectOf, [{ ...result, gate: gateName(setting), settings: setting }]);
  }
}

async function evaluate(ctx: Context, subject: GateSubject, settings: GateSetting) {
  return { ...(await evaluateGate(ctx, subject, settings)), gate: gateName(settings), settings };
}

/** Returns the gates that an earlier attempt of the same check has stored. */
async function writtenGates(ctx: Context, { checkId }: GateCheck): Promise<Set<string>> {
  const rows = await ctx.db
    .select({ gate: gateRuns.gate })
    .from(gateRuns)
    .where(and(eq(gateRuns.workspaceId, ctx.actor.workspaceId), eq(gateRuns.checkId, checkId)));
  return new Set(rows.map(({ gate }) => gate));
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
