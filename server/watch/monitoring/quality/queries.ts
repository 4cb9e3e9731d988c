import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { findMonitor } from "../settings/queries.ts";
import { type GetQuality, ListQuality, type Maturity, type QualityHistory, type QualitySummary } from "./contract.ts";
import type { QualityDetail, QualityParts } from "./detail/contract.ts";
import { maturityFrom } from "./measures/maturity.ts";
import { qualityStates } from "./metrics/constants.ts";
import { detailOf } from "./read/detail.ts";
import { readFacts } from "./read/facts.ts";
import { readLabelLags } from "./read/label-lags.ts";
import { partsOf, readParts } from "./read/parts.ts";
import { listSummaries } from "./read/summaries.ts";
import { summaryOf } from "./read/summary.ts";
import { pointOf, windowsOf } from "./read/windows.ts";

/**
 * Returns an endpoint's quality in a time range: realised where labels are complete, estimated everywhere, and the pending labels. @throws
 * DomainError "not-found"
 */
export async function getQuality(ctx: Context, input: GetQuality): Promise<QualitySummary> {
  permit(ctx, "getQuality");
  return summaryOf(await readFacts(ctx, input));
}

/** Lists the quality of every endpoint in a time range, worst first. A token limited to some endpoints sees only those. */
export async function listQuality(ctx: Context, input: ListQuality): Promise<{ endpoints: QualitySummary[] }> {
  permit(ctx, "listQuality");
  const span = ListQuality.parse(input);
  const rows = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        isNull(endpoints.archivedAt),
        ctx.actor.endpoints ? inArray(endpoints.name, [...ctx.actor.endpoints]) : undefined,
      ),
    )
    .orderBy(asc(endpoints.name));
  const summaries = await listSummaries(ctx, rows, span);
  const rank = ({ state }: QualitySummary) => qualityStates.indexOf(state);
  return { endpoints: summaries.sort((a, b) => rank(a) - rank(b)) };
}

/**
 * Returns the quality in steps: five minutes up to half a day if those are monitored, hours up to three days, otherwise days (UTC). @throws
 * DomainError "not-found"
 */
export async function getQualityHistory(ctx: Context, input: GetQuality): Promise<QualityHistory> {
  permit(ctx, "getQuality");
  const facts = await readFacts(ctx, input);
  return { metric: facts.metric, stepMs: facts.stepMs, points: windowsOf(facts).map((one) => pointOf(facts, one)) };
}

/**
 * Returns metrics, classes, the confusion matrix, calibration and decision thresholds of predictions with complete labels. @throws
 * DomainError "not-found"
 */
export async function getQualityDetail(ctx: Context, input: GetQuality): Promise<QualityDetail> {
  permit(ctx, "getQuality");
  return detailOf(await readFacts(ctx, input));
}

/** Parts of the traffic by tags beside each other, and groups that should be treated alike. @throws DomainError "not-found" */
export async function getQualityParts(ctx: Context, input: GetQuality): Promise<QualityParts> {
  permit(ctx, "getQuality");
  const facts = await readFacts(ctx, { ...input, segment: "" });
  return partsOf(facts, await readParts(ctx, facts));
}

/** Returns the label delay of an endpoint, without bias from pending labels. @throws DomainError "not-found" */
export async function getLabelMaturity(ctx: Context, endpointId: string): Promise<Maturity> {
  permit(ctx, "getQuality");
  await findEndpointById(ctx, endpointId);
  const { settings } = await findMonitor(ctx, endpointId);
  const now = Date.now();
  return maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
}

/**
 * Returns everything that a page shows of an endpoint's quality, from one read, so that all parts are consistent. @throws DomainError
 * "not-found"
 */
export async function getQualityBoard(ctx: Context, input: GetQuality): Promise<QualityBoard> {
  permit(ctx, "getQuality");
  const facts = await readFacts(ctx, input);
  const windows = windowsOf(facts);
  return {
    summary: summaryOf(facts, windows),
    history: { metric: facts.metric, stepMs: facts.stepMs, points: windows.map((one) => pointOf(facts, one)) },
    detail: detailOf(facts),
    parts: partsOf(facts, await readParts(ctx, facts)),
    maturity: facts.maturity,
  };
}

export interface QualityBoard {
  summary: QualitySummary;
  history: QualityHistory;
  detail: QualityDetail;
  parts: QualityParts;
  maturity: Maturity;
}
