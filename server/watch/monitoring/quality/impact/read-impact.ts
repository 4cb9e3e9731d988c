import type { Context } from "#server/base/context.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import type { SpanState } from "../../state/contract.ts";
import { emptyCounts } from "../counts/empty-counts.ts";
import { maturityFrom } from "../measures/maturity.ts";
import { metricFor } from "../metrics/contract.ts";
import { readLabelLags } from "../read/label-lags.ts";
import { readingOf } from "../read/reading-of.ts";
import type { EstimatedImpact } from "./contract.ts";
import { describeImpact, describeLabel } from "./describe-impact.ts";
import { estimateImpact } from "./estimate-impact.ts";

interface Window {
  endpointId: string;
  versionId: string;
  settings: MonitorSettings;
  /** Profile of the version, or of one of its segments. */
  profile: LoadedProfile;
  segment: string;
  state: SpanState;
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
  const impact = estimateImpact(profile, state, reading, metricFor(reading.taskKind));
  if (!impact) return null;
  const { horizonMs } = maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
  return {
    ...impact,
    words: describeImpact(impact),
    labelsDueAt: horizonMs === null ? null : new Date(to.getTime() + horizonMs),
    labelWords: describeLabel(horizonMs, to.getTime(), now),
  };
}
