import { and, asc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import {
  deployments,
  endpoints,
  modelVersions,
  registeredModels,
  rolloutDecisions,
  rollouts,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ReportRelease } from "../contract.ts";

const canaryModels = alias(registeredModels, "canary_model");
/** Time within which a rollback that ends monitoring and its deployment of the previous version count as one. */
const sameMomentMs = 2000;

/** Reads versions that reached all traffic, and those that were rolled back, newest first. The caller has checked permissions. */
export async function readReleases(ctx: Context, { from, to }: { from: number; to: number }): Promise<ReportRelease[]> {
  const back = await rolledBack(ctx, from, to);
  const deployed = await deployedVersions(ctx, from, to);
  const isReportedByRollout = (one: ReportRelease & { endpoint: string }) =>
    one.kind === "rolled-back" &&
    back.some(({ endpoint, at }) => endpoint === one.endpoint && Math.abs(at - one.at) < sameMomentMs);
  return [...back, ...deployed.filter((one) => !isReportedByRollout(one))]
    .map(({ endpoint, ...release }) => release)
    .toSorted((one, other) => other.at - one.at);
}

async function deployedVersions(ctx: Context, from: number, to: number) {
  const isReturn = sql<boolean>`exists (
    select from deployments as earlier join model_versions as higher on higher.id = earlier.version_id
    where earlier.endpoint_id = ${deployments.endpointId} and earlier.id < ${deployments.id}
      and higher.model_id = ${modelVersions.modelId} and higher.version > ${modelVersions.version})`;
  const rows = await ctx.db
    .select({
      endpoint: endpoints.name,
      model: registeredModels.name,
      version: modelVersions.version,
      isReturn,
      at: deployments.deployedAt,
      deployedBy: deployments.deployedBy,
    })
    .from(deployments)
    .innerJoin(endpoints, eq(endpoints.id, deployments.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(deployments.workspaceId, ctx.actor.workspaceId),
        ofCaller(ctx),
        gte(deployments.deployedAt, new Date(from)),
        lt(deployments.deployedAt, new Date(to)),
      ),
    )
    .orderBy(asc(deployments.id));
  return rows.map(({ endpoint, model, version, isReturn, at }) => ({
    endpoint,
    model,
    version,
    at: at.getTime(),
    rollout: null,
    kind: isReturn ? ("rolled-back" as const) : ("released" as const),
    words: isReturn ? "manual rollback" : "full traffic",
    href: `/endpoints/${encodeURIComponent(endpoint)}#deployments`,
  }));
}

async function rolledBack(ctx: Context, from: number, to: number) {
  const rows = await ctx.db
    .select({
      id: rollouts.id,
      endpoint: endpoints.name,
      model: canaryModels.name,
      version: modelVersions.version,
      createdAt: rollouts.createdAt,
      at: rolloutDecisions.at,
      words: rolloutDecisions.words,
      code: rolloutDecisions.code,
    })
    .from(rolloutDecisions)
    .innerJoin(rollouts, eq(rollouts.id, rolloutDecisions.rolloutId))
    .innerJoin(endpoints, eq(endpoints.id, rollouts.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .innerJoin(canaryModels, eq(canaryModels.id, modelVersions.modelId))
    .where(
      and(
        eq(rolloutDecisions.workspaceId, ctx.actor.workspaceId),
        ofCaller(ctx),
        eq(rolloutDecisions.kind, "roll-back"),
        gte(rolloutDecisions.at, new Date(from)),
        lt(rolloutDecisions.at, new Date(to)),
      ),
    );
  return rows.map(({ id, createdAt, at, words, code, ...names }) => {
    const { why, affected } = parseRollback(words);
    return {
      ...names,
      kind: "rolled-back" as const,
      words: code === "person" ? "manual rollback" : why,
      rollout: {
        isByItself: code !== "person",
        lastedMs: at.getTime() - createdAt.getTime(),
        affectedWords: affected,
      },
      at: at.getTime(),
      href: `/rollouts/${id}`,
    };
  });
}

const because = "because ";

/**
 * Extracts why a rollout was rolled back and what it affected from the decision's words: "Rolled back to v12 because errors rose 4.1×; 38
 * requests were affected."
 */
export function parseRollback(words: string): { why: string; affected: string } {
  const plain = words.replace(/\.$/, "");
  const start = plain.indexOf(because);
  if (start < 0) return { why: plain, affected: "" };
  const reason = plain.slice(start + because.length);
  const [, affected] = /; ([\d,]{1,20} requests? (?:was|were) affected)$/.exec(reason) ?? [];
  return affected ? { why: reason.slice(0, -affected.length - "; ".length), affected } : { why: reason, affected: "" };
}

function ofCaller({ actor }: Context) {
  return actor.endpoints ? inArray(endpoints.name, [...actor.endpoints]) : undefined;
}
