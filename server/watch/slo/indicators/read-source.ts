import type { Database } from "#db/client.ts";
import type { Span } from "#server/base/span.ts";
import type { Indicator, IndicatorKind } from "../../objectives/indicators/contract.ts";
import { countAvailability } from "./count-availability.ts";
import { countCost } from "./count-cost.ts";
import { countDataQuality } from "./count-data-quality.ts";
import { countDrift } from "./count-drift.ts";
import { countEstimated } from "./count-estimated.ts";
import { countFeatureFreshness } from "./count-feature-freshness.ts";
import { countFreshness } from "./count-freshness.ts";
import { countLatency } from "./count-latency.ts";
import { countPrimary } from "./count-primary.ts";
import { countQuality } from "./count-quality.ts";
import { countTimeliness } from "./count-timeliness.ts";
import { countViewLag } from "./count-view-lag.ts";
import type { CountedMinute, Source, SourceSeries } from "./source.ts";

type Countable = Exclude<IndicatorKind, "posted" | "foreign">;

const sources: { [Kind in Countable]: Source<Kind> } = {
  availability: countAvailability,
  latency: countLatency,
  freshness: countFreshness,
  "feature-freshness": countFeatureFreshness,
  "view-lag": countViewLag,
  "primary-answered": countPrimary,
  "realised-quality": countQuality,
  "label-timeliness": countTimeliness,
  cost: countCost,
  "drift-budget": countDrift,
  "data-quality": countDataQuality,
  "estimated-quality": countEstimated,
};

/** Kinds that can be counted from what gateways and callers leave; the others are posted, or not counted at all. */
export function isCountable(indicator: Indicator): boolean {
  return Object.hasOwn(sources, indicator.kind);
}

/** Counts minutes of series from their source, those of one kind by one query. */
export async function readSource(db: Database, series: readonly SourceSeries[], span: Span): Promise<CountedMinute[]> {
  const counted: CountedMinute[] = [];
  for (const [kind, ofKind] of Map.groupBy(series, ({ indicator }) => indicator.kind)) {
    if (!Object.hasOwn(sources, kind)) continue;
    const source = sources[kind as Countable] as Source<IndicatorKind>;
    counted.push(...(await source(db, ofKind, span)));
  }
  return counted;
}
