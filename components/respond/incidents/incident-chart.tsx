"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { markerKinds } from "#components/respond/changes/marker-kinds.ts";
import type { Change } from "#server/respond/changes/contract.ts";
import type { IncidentCurve } from "#server/respond/incidents/impact/contract.ts";

interface IncidentChartProps {
  curve: IncidentCurve;
  changes: readonly Change[];
  /** Title of the change that is marked as the probable cause. */
  cause: string | undefined;
  startedAt: number;
  mitigatedAt: number | undefined;
}

/** Charts the failure rate around an incident against the limits of its objectives, with all changes. */
export function IncidentChart({ curve, changes, cause, startedAt, mitigatedAt }: IncidentChartProps) {
  const markers: Marker[] = [
    { at: startedAt, label: "start", kind: "label" },
    ...(mitigatedAt === undefined ? [] : [{ at: mitigatedAt, label: "mitigated", kind: "label" as const }]),
    ...changes.map(({ at, title, kind, href, after }) => ({
      at: at.getTime(),
      label: after && after.length < 30 ? after : title,
      kind: markerKinds[kind],
      ...(href && { href }),
      suspected: title === cause,
    })),
  ];
  return (
    <LineChart
      title="Error rate"
      subtitle="% per 5 minutes"
      series={curve.lines.map(({ name, points }, index) => ({
        id: name,
        label: name,
        index,
        points: points.map(({ at, value }) => ({ at, value: value === null ? null : value * 100 })),
      }))}
      unit="%"
      range={{ from: curve.from, to: curve.to }}
      thresholds={curve.lines.flatMap(({ name, allowed }) =>
        allowed === null
          ? []
          : [
              {
                value: allowed * 100,
                label: `${curve.lines.length > 1 ? `${name}: ` : ""}allowed`,
              },
            ],
      )}
      markers={markers}
      fromZero
      gapWord="no requests"
      height={240}
      empty={<span className="lw-small lw-quiet">No data: no endpoint or SLO is linked.</span>}
    />
  );
}
