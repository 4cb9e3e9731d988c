import type { Context } from "#server/base/context.ts";
import { z95 } from "#server/stats/estimation/cell-metrics.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import type { SpanState } from "../../state/contract.ts";
import type { Measured } from "../contract.ts";
import { emptyCounts } from "../counts/empty-counts.ts";
import { maturityFrom } from "../measures/maturity.ts";
import { metricFor } from "../metrics/constants.ts";
import type { QualityMetric } from "../metrics/contract.ts";
import { readFacts } from "../read/facts.ts";
import { readLabelLags } from "../read/label-lags.ts";
import { readingOf } from "../read/reading-of.ts";
import { summaryOf } from "../read/summary.ts";
import type { EstimatedImpact } from "./contract.ts";
import { describeImpact, describeLabel, describeLabelled } from "./describe-impact.ts";
import { estimateImpact, lossBetween } from "./estimate-impact.ts";

interface Window {
  endpointId: string;
  versionId: string;
  settings: MonitorSettings;
  /** Profile of the version, or of one of its segments. */
  profile: LoadedProfile;
  segment: string;
  state: SpanState;
  from: Date;
  to: Date;
}

/**
 * Returns a window's estimated impact on the endpoint's displayed quality metric, and when labels will confirm it. The caller has checked
 * permissions.
 */
export async function readImpact(ctx: Context, window: Window, now = Date.now()): Promise<EstimatedImpact | null> {
  const { endpointId, versionId, settings, profile, segment, state, to } = window;
  // The version determines how to read its predictions, and if it does not, the counts do.
  const counts = emptyCounts();
  if (state.scores.has("")) counts.scores[""] = [];
  const reading = await readingOf(ctx, versionId, settings, counts);
  // Labels of a reference are not available by segment.
  if (reading.taskKind === "multiclass" && segment !== "") return null;
  const metric = metricFor(reading.taskKind);
  const estimate = estimateImpact(profile, state, reading, metric);
  if (!estimate) return null;
  const realised = await readRealised(ctx, window, metric);
  const measured = realised && lossBetween(referenceOf(profile, metric) ?? estimate.reference, realised, metric);
  const impact = measured ? { ...estimate, ...measured, realised } : { ...estimate, realised: null };
  const { horizonMs } = maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
  return {
    ...impact,
    words: describeImpact(impact),
    labelsDueAt: horizonMs === null ? null : new Date(to.getTime() + horizonMs),
    labelWords: impact.realised
      ? describeLabelled(impact.realised, describeImpact(estimate))
      : describeLabel(horizonMs, to.getTime(), now),
  };
}

/** Fewer labelled predictions say less than an estimate. */
const minLabelled = 100;

/** Returns the metric of the window's predictions whose labels are complete; null with too few of them. */
async function readRealised(
  ctx: Context,
  { endpointId, versionId, segment, from, to }: Window,
  metric: QualityMetric,
): Promise<Measured | null> {
  const facts = await readFacts(ctx, { endpointId, versionId, segment, from, to, metric });
  const { realised } = summaryOf(facts);
  return realised && realised.rows >= minLabelled ? realised : null;
}

/** The metric of the reference's labelled rows, which realised quality is compared with; taken as exact without rows of its own. */
function referenceOf({ quality }: LoadedProfile, metric: QualityMetric): Measured | undefined {
  const value = quality?.metrics[metric];
  if (value === null || value === undefined || !quality) return undefined;
  const isShare = metric === "accuracy" || metric === "recall" || metric === "precision";
  const half = isShare ? z95 * Math.sqrt((value * (1 - value)) / Math.max(1, quality.labelled)) : 0;
  return { value, low: value - half, high: value + half, rows: quality.labelled };
}
