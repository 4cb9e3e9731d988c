import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { countBetween } from "#server/stats/burn-rate/minute-sums.ts";
import type { StoredSlo } from "#server/watch/objectives/stored-slos.ts";
import { activeAdjustments } from "#server/watch/slo/adjustments/adjustment-rows.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { knownUntil, minuteOf, sloEvents } from "#server/watch/slo/engine/events.ts";
import type { ReportTrend } from "../contract.ts";
import { countText, figure, shareText } from "../figure.ts";
import { type NamedPeriod, spanOf, stepped, tickOf } from "../periods.ts";
import { hrefOf } from "./objective-tiles.ts";
import { ascending, type ReadObjective, type ReadSpan } from "./objectives.ts";
import { qualityTrends } from "./quality-trends.ts";

const trendPeriods = 12;
const maxTrends = 4;

/** Returns the last twelve periods, oldest first. */
export function lastPeriods(named: NamedPeriod): NamedPeriod[] {
  return Array.from({ length: trendPeriods }, (_, index) => stepped(named, index + 1 - trendPeriods));
}

/**
 * Reads the models' quality period by period, each with its own metric: those with an accuracy objective first, the nearest to it
 * at the top; then any other serving model that has labels or an estimate.
 */
export async function readTrends(
  ctx: Context,
  named: NamedPeriod,
  read: readonly ReadObjective[],
  span: ReadSpan,
  serving: readonly { id: string; name: string }[],
): Promise<ReportTrend[]> {
  const realised = read.filter(({ slo }) => slo.definition.indicator?.kind === "realised-quality").toSorted(ascending);
  const promised = new Set(realised.map(({ model }) => model));
  const others = serving.filter(({ name }) => !promised.has(name));
  const shown = realised.slice(0, maxTrends);
  const [trends, more] = await sideBySide(ctx, [
    () =>
      sideBySide<ReportTrend[]>(
        ctx,
        shown.map((one) => () => trendOf(ctx, named, one, estimateOf(one, read), span)),
      ),
    () => qualityTrends(ctx, others, { periods: lastPeriods(named), max: maxTrends - shown.length }, span),
  ]);
  return [...trends, ...more];
}

function estimateOf({ model }: ReadObjective, read: readonly ReadObjective[]): ReadObjective | undefined {
  return read.find((one) => one.model === model && one.slo.definition.indicator?.kind === "estimated-quality");
}

async function trendOf(
  ctx: Context,
  named: NamedPeriod,
  one: ReadObjective,
  estimate: ReadObjective | undefined,
  span: ReadSpan,
): Promise<ReportTrend> {
  const periods = lastPeriods(named);
  const [measured, estimated] = await sideBySide(ctx, [
    () => sharesOf(ctx, one.slo, periods, span),
    async () => (estimate ? sharesOf(ctx, estimate.slo, periods, span) : []),
  ]);
  const until = knownUntil(one.slo.definition, span.now);
  const points = periods.map((each, index) => {
    const value = measured[index]?.share ?? null;
    const guess = value === null ? (estimated[index]?.share ?? null) : null;
    return { name: tickOf(each), value: value ?? guess, isEstimated: guess !== null };
  });
  const due = periods.findIndex((each) => spanOf(each, span.timeZone).to > until);
  const { target } = one.slo.definition;
  const last = measured.at(-1);
  return {
    model: one.model,
    measure: measureOf(one.slo),
    href: hrefOf(one),
    now: figure({
      id: `trend.${one.model}`,
      definition: "trend.now",
      text: shareText,
      href: hrefOf(one),
      value: last?.share ?? null,
      before: measured.at(-2)?.share,
      knownUntil: one.knownUntil,
      basis: `${countText(last?.total ?? 0)} labelled predictions`,
      reason: due >= 0 ? "labels due" : "no labels",
    }),
    objective: { value: target, text: shareText(target) },
    points,
    dueFrom: due < 0 ? null : due,
  };
}

/** Returns the share of good events of each period, as far as it is mature. */
async function sharesOf(ctx: Context, slo: StoredSlo, periods: readonly NamedPeriod[], { now, timeZone }: ReadSpan) {
  const spans = periods.map((each) => spanOf(each, timeZone));
  const until = Math.min(knownUntil(slo.definition, now), spans.at(-1)?.to ?? 0);
  const counts = await countSlo(ctx, slo, {
    from: spans[0]?.from ?? 0,
    to: Math.max(until, (spans[0]?.from ?? 0) + minuteMs),
  });
  const { definition } = slo;
  const events = sloEvents({ counts, definition, adjustments: await activeAdjustments(ctx, slo.id) });
  return spans.map(({ from, to }) => {
    const { bad, total } = countBetween(events.sums, minuteOf(events, from), minuteOf(events, Math.min(to, until)));
    return { share: until > from && total > 0 ? (total - bad) / total : null, total };
  });
}

function measureOf({ definition }: StoredSlo): string {
  const indicator = definition.indicator;
  if (indicator?.kind !== "realised-quality" || indicator.tolerance === null) return "correct predictions";
  return `within ${indicator.tolerance}`;
}
