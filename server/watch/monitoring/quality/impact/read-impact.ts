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
  /** Of the version, or of a segment of it. */
  profile: LoadedProfile;
  segment: string;
  state: SpanState;
  to: Date;
}

/** What a window probably cost in the metric that the endpoint's quality is shown by, and when labels will tell. For who was let in already. */
export async function readImpact(ctx: Context, window: Window, now = Date.now()): Promise<EstimatedImpact | null> {
  const { endpointId, versionId, settings, profile, segment, state, to } = window;
  // How its answers are read is said by the version, and where that does not tell, by what was counted.
  const counts = emptyCounts();
  if (state.scores.has("")) counts.scores[""] = [];
  const reading = await readingOf(ctx, versionId, settings, counts);
  // Labels of a reference are not told apart by segments.
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
