import type { Context } from "#server/base/context.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { inChunks, readSummaries } from "#server/watch/monitoring/quality/read/summaries.ts";
import type { ReportTrend } from "../contract.ts";
import { countText, figure, shareText } from "../figure.ts";
import { type NamedPeriod, spanOf, tickOf } from "../periods.ts";
import type { ReadSpan } from "./objectives.ts";
import { qualitySpan } from "./quality-span.ts";

interface Trended {
  id: string;
  name: string;
}

/**
 * Returns the quality of models without a quality objective, period by period, as on their own pages: realised if labels are complete,
 * otherwise estimated, which is marked. Only measures that are shares, and models of which something is known, up to a maximum. The caller
 * has checked permissions.
 */
export async function qualityTrends(
  ctx: Context,
  models: readonly Trended[],
  { periods, max }: { periods: readonly NamedPeriod[]; max: number },
  span: ReadSpan,
): Promise<ReportTrend[]> {
  const spans = periods.map((each) => spanOf(each, span.timeZone));
  const ranges = spans.map(({ from, to }) => qualitySpan({ from, to, until: Math.min(to, span.now) }));
  const trends: ReportTrend[] = [];
  for (const chunk of inChunks(models)) {
    if (trends.length >= max) break;
    const read = await readSummaries(ctx, chunk, ranges);
    const found = chunk.map(({ name }, index) =>
      trendFrom(
        name,
        read.flatMap((ofRange) => ofRange[index] ?? []),
        periods,
        span,
      ),
    );
    trends.push(...found.filter((trend) => trend !== undefined));
  }
  return trends.slice(0, max);
}

function trendFrom(
  name: string,
  summaries: readonly QualitySummary[],
  periods: readonly NamedPeriod[],
  span: ReadSpan,
): ReportTrend | undefined {
  const spans = periods.map((each) => spanOf(each, span.timeZone));
  const last = summaries.at(-1);
  if (!last || !metricFacts[last.metric].isShare) return undefined;
  const points = summaries.map(({ realised, estimated, metric }, index) => {
    // A model of another kind may have served then.
    const isSame = metric === last.metric;
    const measured = isSame ? (realised?.value ?? null) : null;
    const guess = isSame && measured === null ? (estimated?.value ?? null) : null;
    return { name: tickOf(periods[index] as NamedPeriod), value: measured ?? guess, isEstimated: guess !== null };
  });
  if (points.every(({ value }) => value === null)) return undefined;
  const matureUntil = last.maturity.matureUntil?.getTime() ?? null;
  const due = matureUntil === null ? -1 : spans.findIndex(({ to }) => to > matureUntil);
  const shown = last.realised ?? last.estimated;
  const before = summaries.at(-2);
  const { objective, pending } = last;
  const href = endpointTabHref(name, "quality");
  return {
    model: name,
    measure: `${metricFacts[last.metric].label.toLowerCase()}${objective ? "" : ", no SLO"}`,
    href,
    now: figure({
      id: `trend.${name}`,
      definition: "trend.now",
      text: shareText,
      href,
      value: shown?.value ?? null,
      // Only like is compared with like.
      before: last.realised ? before?.realised?.value : before?.estimated?.value,
      unit: last.realised === null && last.estimated !== null ? "estimated" : "",
      knownUntil: Math.min(span.until, matureUntil ?? span.until),
      basis: shown ? `${countText(shown.rows)} predictions` : "",
      reason: pending > 0 ? "labels due" : "no labels",
    }),
    objective: objective && { value: objective.value, text: shareText(objective.value) },
    points,
    dueFrom: due < 0 ? null : due,
  };
}
