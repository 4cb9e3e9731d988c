import { and, desc, eq, gt, inArray } from "drizzle-orm";
import { gateRuns, gateWaivers, modelAliases, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import {
  type Checklist,
  GateEvidence,
  type GateLine,
  type GateRun,
  type GateWaiver,
  GetChecklist,
  ListChecklists,
} from "../../develop/registry/gates/contract.ts";
import { type ComparedRun, gateFiles, isClear, lineOf } from "../../develop/registry/gates/gate-status.ts";
import { findModel, findVersion, noVersion } from "../../develop/registry/lookups.ts";
import { gateName, mainAlias, type Policy } from "../../develop/registry/policy/contract.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";

/** Returns the checklist of one version, each line with its newest run and waiver. @throws DomainError "not-found" */
export async function getChecklist(ctx: Context, input: GetChecklist): Promise<Checklist> {
  permit(ctx, "getChecklist");
  const { name, version, alias } = GetChecklist.parse(input);
  const { id, modelId } = await findVersion(ctx, { name, version });
  const [checklist] = await checklistsOf(ctx, modelId, alias, [{ id, version }]);
  if (!checklist) throw noVersion({ name, version });
  return checklist;
}

/** Returns the checklists of several versions of a model; unknown versions are left out. @throws DomainError "not-found" */
export async function listChecklists(ctx: Context, input: ListChecklists): Promise<Checklist[]> {
  permit(ctx, "listChecklists");
  const { name, versions, alias } = ListChecklists.parse(input);
  const { id: modelId } = await findModel(ctx, name);
  const found = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version })
    .from(modelVersions)
    .where(and(eq(modelVersions.modelId, modelId), inArray(modelVersions.version, versions)))
    .orderBy(desc(modelVersions.version));
  return checklistsOf(ctx, modelId, alias, found);
}

async function checklistsOf(
  ctx: Context,
  modelId: string,
  wanted: string | undefined,
  versions: { id: string; version: number }[],
): Promise<Checklist[]> {
  const { policy } = await loadPolicy(ctx, modelId);
  const alias = wanted ?? mainAlias(policy);
  const versionIds = versions.map(({ id }) => id);
  const linesOf = await loadChecklists(ctx, { modelId, alias, policy, versionIds });
  return versions.map(({ id, version }) => {
    const gates = linesOf.get(id) ?? [];
    return { version, alias, gates, isClear: isClear(gates) };
  });
}

/** Lists every run of the gates of a version, newest first, at most 200. @throws DomainError "not-found" */
export async function listGateRuns(ctx: Context, input: { name: string; version: number }): Promise<GateRun[]> {
  permit(ctx, "listGateRuns");
  const { id } = await findVersion(ctx, input);
  const rows = await ctx.db
    .select()
    .from(gateRuns)
    .where(eq(gateRuns.versionId, id))
    .orderBy(desc(gateRuns.id))
    .limit(200);
  return rows.map(toRun);
}

interface Subjects {
  modelId: string;
  alias: string;
  policy: Policy;
  versionIds: string[];
}

/** Checklists of versions of one model, by the versions' ids. */
export async function loadChecklists(ctx: Context, subjects: Subjects): Promise<Map<string, GateLine[]>> {
  const { modelId, alias, policy, versionIds } = subjects;
  if (versionIds.length === 0 || policy.gates.length === 0) return new Map(versionIds.map((id) => [id, []]));
  const { workspaceId } = ctx.actor;
  const runs = await ctx.db
    .selectDistinctOn([gateRuns.versionId, gateRuns.gate])
    .from(gateRuns)
    .where(
      and(eq(gateRuns.workspaceId, workspaceId), inArray(gateRuns.versionId, versionIds), eq(gateRuns.alias, alias)),
    )
    .orderBy(gateRuns.versionId, gateRuns.gate, desc(gateRuns.id));
  const now = new Date();
  const waivers = await ctx.db
    .selectDistinctOn([gateWaivers.versionId, gateWaivers.gate])
    .from(gateWaivers)
    .where(
      and(
        eq(gateWaivers.workspaceId, workspaceId),
        inArray(gateWaivers.versionId, versionIds),
        eq(gateWaivers.alias, alias),
        gt(gateWaivers.until, now),
      ),
    )
    .orderBy(gateWaivers.versionId, gateWaivers.gate, desc(gateWaivers.until));
  const pointed = await currentVersionId(ctx, modelId, alias);
  const filesOf = await readFiles(ctx, pointed ? [...versionIds, pointed] : versionIds);
  const nameOf = (row: { versionId: string; gate: string }) => `${row.versionId} ${row.gate}`;
  const runOf = new Map(runs.map((row) => [nameOf(row), toRun(row)]));
  const waiverOf = new Map(waivers.map((row) => [nameOf(row), toWaiver(row)]));
  return new Map(
    versionIds.map((versionId) => {
      const isChampion = pointed === versionId;
      const baselineVersionId = isChampion ? null : pointed;
      const files = {
        version: filesOf.get(versionId) ?? "",
        champion: baselineVersionId === null ? null : (filesOf.get(baselineVersionId) ?? null),
      };
      const state = { baselineVersionId, isChampion, files, at: now };
      const lines = policy.gates.map((setting) => {
        const name = nameOf({ versionId, gate: gateName(setting) });
        return lineOf(setting, runOf.get(name), waiverOf.get(name), state);
      });
      return [versionId, lines];
    }),
  );
}

/** Returns the files and pipelines of versions, as evidence of gates names them. */
async function readFiles(ctx: Context, versionIds: string[]): Promise<Map<string, string>> {
  const { id, sha256, pipelineDigest } = modelVersions;
  const rows = await ctx.db
    .select({ id, sha256, pipelineDigest })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, versionIds)));
  return new Map(rows.map((row) => [row.id, gateFiles(row)]));
}

async function currentVersionId(ctx: Context, modelId: string, alias: string): Promise<string | null> {
  const [pointed] = await ctx.db
    .select({ versionId: modelAliases.versionId })
    .from(modelAliases)
    .where(and(eq(modelAliases.modelId, modelId), eq(modelAliases.alias, alias)));
  return pointed?.versionId ?? null;
}

function toRun(row: typeof gateRuns.$inferSelect): ComparedRun {
  const { id, gate, verdict, words, measured, limit, settings, baselineVersion, baselineVersionId, actorName, at } =
    row;
  return {
    id,
    gate,
    verdict,
    words,
    measured,
    limit,
    evidence: GateEvidence.parse(row.evidence),
    settings,
    baselineVersion,
    baselineVersionId,
    actorName,
    at,
  };
}

function toWaiver({ gate, reason, until, actorName, at }: typeof gateWaivers.$inferSelect): GateWaiver {
  return { gate, reason, until, actorName, at };
}
