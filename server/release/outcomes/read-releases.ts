import { and, asc, eq, gte, inArray, lt } from "drizzle-orm";
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
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { ReleaseOutcome } from "./contract.ts";
import { isReturn } from "./is-return.ts";

const canaryModels = alias(registeredModels, "canary_model");
/** Time within which a rollback that ends monitoring and its deployment of the previous version count as one. */
const sameMomentMs = 2000;

/** A time range in milliseconds since 1970, and an endpoint if it is about one only. */
interface ReleaseSpan {
  from: number;
  to: number;
  endpointId?: string | undefined;
}

/** A release or a rollback with what it is stored as. */
export interface StoredRelease extends ReleaseOutcome {
  endpoint: string;
  endpointId: string;
  versionId: string;
  /** Id of the deployment or of the rollout. */
  ref: { kind: "deployment" | "rollout"; id: string };
}

/**
 * Reads versions that reached all traffic, and those that were rolled back, newest first: the one source of every list and number about
 * them. The caller has checked permissions.
 */
export async function readReleases(ctx: Context, span: ReleaseSpan): Promise<StoredRelease[]> {
  const back = await rolledBack(ctx, span);
  const deployed = await deployedVersions(ctx, span);
  const isReportedByRollout = (one: StoredRelease) =>
    one.kind === "rolled-back" &&
    back.some(({ endpoint, at }) => endpoint === one.endpoint && Math.abs(at - one.at) < sameMomentMs);
  return [...back, ...deployed.filter((one) => !isReportedByRollout(one))].toSorted((one, other) => other.at - one.at);
}

async function deployedVersions(ctx: Context, { from, to, endpointId }: ReleaseSpan): Promise<StoredRelease[]> {
  const rows = await ctx.db
    .select({
      id: deployments.id,
      endpointId: deployments.endpointId,
      versionId: deployments.versionId,
      endpoint: endpoints.name,
      model: registeredModels.name,
      version: modelVersions.version,
      isReturn,
      at: deployments.deployedAt,
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
        endpointId === undefined ? undefined : eq(deployments.endpointId, endpointId),
      ),
    )
    .orderBy(asc(deployments.id));
  return rows.map(({ id, endpoint, endpointId, versionId, model, version, isReturn, at }) => ({
    ref: { kind: "deployment", id: String(id) },
    endpoint,
    endpointId,
    versionId,
    model,
    version,
    at: at.getTime(),
    rollout: null,
    kind: isReturn ? ("rolled-back" as const) : ("released" as const),
    words: isReturn ? "manual rollback" : "full traffic",
    href: endpointTabHref(endpoint, "releases"),
  }));
}

async function rolledBack(ctx: Context, { from, to, endpointId }: ReleaseSpan): Promise<StoredRelease[]> {
  const rows = await ctx.db
    .select({
      id: rollouts.id,
      endpoint: endpoints.name,
      endpointId: rollouts.endpointId,
      versionId: rollouts.canaryVersionId,
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
        endpointId === undefined ? undefined : eq(rollouts.endpointId, endpointId),
      ),
    );
  return rows.map(({ id, createdAt, at, words, code, ...names }) => {
    const { why, affected } = parseRollback(words);
    return {
      ...names,
      ref: { kind: "rollout" as const, id },
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
