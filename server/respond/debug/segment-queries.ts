import { and, desc, eq, ne, sql } from "drizzle-orm";
import { deployments, endpoints, modelVersions, predictionLabels, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { ListPredictions } from "#server/serve/predictions/contract.ts";
import { isCorrect, predictionFilter } from "#server/serve/predictions/filter.ts";
import { parsePredictionQuery } from "#server/serve/predictions/query.ts";
import { isSampled } from "#server/serve/telemetry/sampling.ts";
import { CompareSegments, type SegmentComparison, type SegmentSide } from "./contract.ts";
import { differingMetrics, measureSegment, type SampledRequest } from "./measure-segment.ts";

/** Maximum number of requests evaluated on each side, the newest ones: the board loads quickly whatever the traffic. */
const maxRequests = 20_000;

type Side = SegmentSide & { isCut: boolean };

/**
 * Compares two segments of an endpoint's traffic, each a query of the prediction log. Excludes shadow requests, and failed requests, all
 * of which are stored, unless sampling would have stored them anyway: both sides thus represent all requests.
 * An invalid query has its problem returned, and no numbers. @throws DomainError "not-found" for the endpoint
 */
export async function compareSegments(ctx: Context, input: CompareSegments): Promise<SegmentComparison> {
  permit(ctx, "compareSegments");
  const { endpointId, from, to, a, b } = CompareSegments.parse(input);
  await findEndpointById(ctx, endpointId);
  const read = (query: string) => readSide(ctx, { endpointId, from, to, query });
  const { isCut: isFirstCut, ...first } = await read(a);
  const { isCut: isSecondCut, ...second } = await read(b);
  return {
    a: first,
    b: second,
    differing: differingMetrics(first.metrics, second.metrics),
    looked: first.requests + second.requests,
    isCut: isFirstCut || isSecondCut,
  };
}

async function readSide(
  ctx: Context,
  { endpointId, from, to, query }: { endpointId: string; from: Date; to: Date; query: string },
): Promise<Side> {
  const { query: requested, problem } = parsePredictionQuery(query, new Date());
  if (!requested) return sideOf(query, [], { problem: problem.message });
  const { version, ...conditions } = requested;
  const versionId = version === undefined ? undefined : await versionOf(ctx, endpointId, version);
  if (version !== undefined && !versionId) {
    return sideOf(query, [], { problem: `Version ${version} was never deployed here.` });
  }
  const filter = predictionFilter(ListPredictions.parse({ ...conditions, versionId, endpointId, from, to }));
  const { id, requestId, status, latencyMs, confidence, loggedReason } = predictions;
  const rows = await ctx.db
    .select({ id, requestId, status, latencyMs, confidence, loggedReason, isCorrect, share: endpoints.captureShare })
    .from(predictions)
    .innerJoin(endpoints, eq(endpoints.id, predictions.endpointId))
    .leftJoin(
      predictionLabels,
      and(
        eq(predictionLabels.endpointId, predictions.endpointId),
        eq(predictionLabels.requestId, requestId),
        isRepresentative(predictionLabels.selection),
      ),
    )
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        filter,
        ne(predictions.arm, "shadow"),
        sql`${loggedReason} in ('sampled', 'failed')`,
      ),
    )
    .orderBy(desc(predictions.at))
    .limit(maxRequests);
  const shown = rows.filter((row) => row.loggedReason === "sampled" || isSampled(row.id, row.share)).reverse();
  return sideOf(query, shown, { problem: null, isCut: rows.length === maxRequests });
}

function sideOf(
  query: string,
  requests: readonly SampledRequest[],
  { problem, isCut = false }: { problem: string | null; isCut?: boolean },
): Side {
  return { query, problem, requests: requests.length, metrics: measureSegment(requests), isCut };
}

async function versionOf(ctx: Context, endpointId: string, version: number): Promise<string | undefined> {
  const [row] = await ctx.db
    .select({ id: modelVersions.id })
    .from(deployments)
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .where(
      and(
        eq(deployments.workspaceId, ctx.actor.workspaceId),
        eq(deployments.endpointId, endpointId),
        eq(modelVersions.version, version),
      ),
    )
    .limit(1);
  return row?.id;
}
