"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { markGaps, type Series } from "#components/charts/prepare.ts";
import { markerKinds } from "#components/respond/changes/marker-kinds.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { ChangeKind } from "#server/respond/changes/contract.ts";
import type { Chosen } from "../board-types.ts";

const minuteMs = 60_000;
type Line = NonNullable<Chosen["numbers"]>["minutes"];

interface FailingChartProps {
  chosen: Chosen;
  onZoom: (range: { from: number; to: number } | undefined) => void;
}

/** Charts failures per minute with changes; time above the target is shaded. Split by version where versions are known. */
export function FailingChart({ chosen, onZoom }: FailingChartProps) {
  const { numbers, changes, cause, startedAt } = chosen;
  if (!numbers) return null;
  const { from, to, allowed, versions, noun } = numbers;
  const grain = grainOf(from, to);
  const series: Series[] =
    versions.length > 0
      ? versions.map(({ id, model, version, minutes }) => ({
          id,
          label: versions.some((other) => other.model !== model) ? `${model} v${version}` : `v${version}`,
          version,
          points: pointsOf(minutes, grain),
        }))
      : [{ id: "bad", label: "failing", points: pointsOf(numbers.minutes, grain) }];
  const markers = changes
    .map(
      ({ id, kind, title, at, href, after }): Marker => ({
        at: Date.parse(at),
        kind: markerKinds[kind],
        label: shortened(kind, title, after),
        ...(href && { href }),
        ...(id === cause.change?.id && cause.evidence !== "none" && { suspected: true }),
      }),
    )
    .filter(({ at }) => at >= from && at <= to);
  const over = Math.max(0, Math.min(to, Date.now()) - startedAt);
  return (
    <div id="triage-chart">
      <LineChart
        bare
        title={noun === "failing" ? "Failing requests" : `Requests ${noun}`}
        subtitle={`% of all requests, per ${grain === minuteMs ? "minute" : formatDuration(grain)}${startedAt > from && chosen.row.alerts > 0 ? `; ${formatDuration(Math.floor(over / minuteMs) * minuteMs)} since the rise` : ""}`}
        unit="%"
        fromZero
        height={232}
        range={{ from, to }}
        series={series}
        markers={markers}
        gapWord="no traffic"
        endLabels
        thresholds={allowed === null ? [] : [{ value: allowed * 100, label: "objective", shade: "above" }]}
        onZoom={onZoom}
        empty={<span className="lw-small lw-quiet">No data in this range. Press [ to go back in time.</span>}
      />
    </div>
  );
}

/** Returns the width of a point for which the chart has at most about 360 points. */
function grainOf(from: number, to: number): number {
  const minutes = (to - from) / minuteMs;
  return [1, 5, 15, 60].find((each) => minutes / each <= 360) === undefined
    ? 60 * minuteMs
    : ([1, 5, 15, 60].find((each) => minutes / each <= 360) as number) * minuteMs;
}

/** Returns shares in percent at the given grain; an interval without events is a gap. */
function pointsOf(line: Line, grain: number): { at: number; value: number | null }[] {
  const sums = new Map<number, { bad: number; total: number }>();
  for (const { at, bad, total } of line) {
    const start = Math.floor(at / grain) * grain;
    const sum = sums.get(start) ?? { bad: 0, total: 0 };
    sums.set(start, { bad: sum.bad + bad, total: sum.total + total });
  }
  const points = [...sums].map(([at, { bad, total }]) => ({ at, value: (100 * bad) / total }));
  return markGaps(points, grain);
}

/** Shortens a title to fit beside its mark: a version to its number. */
function shortened(kind: ChangeKind, title: string, after: string | null): string {
  const version = /version (\d+)$/.exec(after ?? "")?.[1];
  if (version && (kind === "deploy" || kind === "rollback"))
    return kind === "deploy" ? `v${version} deployed` : `rolled back to v${version}`;
  return title.length > 30 ? `${title.slice(0, 29)}…` : title;
}
