import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { findMonitor } from "../settings/queries.ts";
import { type GetQuality, ListQuality, type Maturity, type QualityHistory, type QualitySummary } from "./contract.ts";
import type { QualityDetail, QualityParts } from "./detail/contract.ts";
import { maturityFrom } from "./measures/maturity.ts";
import { qualityStates } from "./metrics/contract.ts";
import { detailOf } from "./read/detail.ts";
import { readFacts } from "./read/facts.ts";
import { readFactsOf } from "./read/facts-of-endpoints.ts";
import { readLabelLags } from "./read/label-lags.ts";
import { partsOf, readParts } from "./read/parts.ts";
import { summaryOf } from "./read/summary.ts";
import { pointOf, windowsOf } from "./read/windows.ts";

/** An endpoint's quality in a span: realised where labels are complete, estimated everywhere, and what is pending. @throws DomainError "not-found" */
export async function getQuality(ctx: Context, input: GetQuality): Promise<QualitySummary> {
  permit(ctx, "getQuality");
  return summaryOf(await readFacts(ctx, input));
}

/** Every endpoint's quality in a span, the worst first. A token that is limited to endpoints sees theirs. */
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
  const facts = await readFactsOf(ctx, rows, { ...span, segment: "" }, Date.now());
  const summaries = facts.map((one) => summaryOf(one));
  const rank = ({ state }: QualitySummary) => qualityStates.indexOf(state);
  return { endpoints: summaries.sort((a, b) => rank(a) - rank(b)) };
}

/** The same step by step: five minutes up to half a day where those are watched, hours up to three days, else days (UTC). @throws DomainError "not-found" */
export async function getQualityHistory(ctx: Context, input: GetQuality): Promise<QualityHistory> {
  permit(ctx, "getQuality");
  const facts = await readFacts(ctx, input);
  return { metric: facts.metric, stepMs: facts.stepMs, points: windowsOf(facts).map((one) => pointOf(facts, one)) };
}

/** Metrics, classes, confusion, calibration and cut-offs of predictions whose labels are complete. @throws DomainError "not-found" */
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

/** How long labels of an endpoint take, without bias from those that are awaited. @throws DomainError "not-found" */
export async function getLabelMaturity(ctx: Context, endpointId: string): Promise<Maturity> {
  permit(ctx, "getQuality");
  await findEndpointById(ctx, endpointId);
  const { settings } = await findMonitor(ctx, endpointId);
  const now = Date.now();
  return maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
}

/** All that a page shows of an endpoint's quality, read once, so that its parts agree. @throws DomainError "not-found" */
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
