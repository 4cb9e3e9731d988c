import type { Range, Series } from "#components/charts/prepare.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { QualityHistory, QualityPoint } from "#server/watch/monitoring/quality/contract.ts";
import { charted } from "./quality-text.ts";

type Point = Wire<QualityPoint>;

/** Middle of a window: where it is drawn. */
function middleOf({ at, until }: Point): number {
  return (Date.parse(at) + Date.parse(until)) / 2;
}

/** Realised where labels are complete, estimated everywhere with its band. What is not known is a gap. */
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

/** Share of predictions with a label, in percent. */
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

/** The time whose labels are still coming; undefined when all is mature. */
export function immatureRange({ points }: Wire<QualityHistory>): Range | undefined {
  const first = points.find(({ isMature }) => !isMature);
  const last = points.at(-1);
  return first && last ? { from: Date.parse(first.at), to: Date.parse(last.until) } : undefined;
}
