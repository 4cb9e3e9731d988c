import type { Range, Series } from "#components/charts/prepare.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { QualityHistory, QualityPoint } from "#server/watch/monitoring/quality/contract.ts";
import { charted } from "./quality-text.ts";

type Point = Wire<QualityPoint>;

/** Returns the middle of a window, at which it is drawn. */
function middleOf({ at, until }: Point): number {
  return (Date.parse(at) + Date.parse(until)) / 2;
}

/** Returns the realised series where labels are complete, and the estimated one everywhere with its band. Unknown values are gaps. */
export function historySeries({ metric, points }: Wire<QualityHistory>): Series[] {
  const realised: Series = {
    id: "realised",
    label: "realised",
    role: "realised",
    points: points.map((point) => ({
      at: middleOf(point),
      value: point.isMature ? charted(metric, point.realised?.value) : null,
    })),
  };
  const estimated: Series = {
    id: "estimated",
    label: "estimated, with 95% band",
    kind: "estimate",
    index: 0,
    points: points.map((point) => ({ at: middleOf(point), value: charted(metric, point.estimated?.value) })),
    band: points.flatMap((point) => {
      const [low, high] = [charted(metric, point.estimated?.low), charted(metric, point.estimated?.high)];
      return low === null || high === null ? [] : [{ at: middleOf(point), low, high }];
    }),
  };
  return [realised, estimated];
}

/** Returns the share of predictions with a label, in percent. */
export function labelSeries({ points }: Wire<QualityHistory>): Series {
  return {
    id: "labels",
    label: "labelled so far",
    index: 5,
    points: points.map((point) => ({
      at: middleOf(point),
      value: point.predictions > 0 ? (100 * point.labelled) / point.predictions : null,
    })),
  };
}

/** Returns the range whose labels are still pending; undefined if all are complete. */
export function immatureRange({ points }: Wire<QualityHistory>): Range | undefined {
  const first = points.find(({ isMature }) => !isMature);
  const last = points.at(-1);
  return first && last ? { from: Date.parse(first.at), to: Date.parse(last.until) } : undefined;
}
