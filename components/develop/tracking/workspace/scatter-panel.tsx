"use client";

import { useRouter } from "next/navigation";
import { describeCorrelation, prepareScatter } from "#components/charts/scatter.ts";
import { ScatterChart } from "#components/charts/scatter-chart.tsx";
import { plural } from "#components/ui/format.ts";
import { axisNames } from "../compare/compare-axes.ts";
import type { OwnPanelProps } from "./own-panel.tsx";
import { titleOfPanel } from "./own-panels.ts";
import { useRunValues } from "./use-run-values.ts";
import { valueRows } from "./value-rows.ts";

/** Renders the visible runs in the plane of two of their params or metrics, in the colours of the list. */
export function ScatterPanel({ panel, experimentId, runIds, lines, height, right }: OwnPanelProps) {
  const router = useRouter();
  const { data, isPending, error } = useRunValues({ experimentId, runIds, columns: panel.columns });
  const [x, y] = axisNames(panel.columns);
  if (!x || !y) return null;
  const rows = valueRows(data ?? [], lines);
  const { points } = prepareScatter(rows, { x: x.key, y: y.key });
  return (
    <ScatterChart
      title={titleOfPanel(panel)}
      subtitle={[plural(points.length, "run"), describeCorrelation(points)].filter(Boolean).join(", ")}
      right={right}
      noun="run"
      rows={rows}
      x={x}
      y={y}
      colour={undefined}
      height={height}
      loading={isPending && !data}
      failed={error && !data ? <span className="lw-small">Could not load the values: {error.message}</span> : undefined}
      onOpen={(id) => router.push(`/experiments/${experimentId}/runs/${id}`)}
    />
  );
}
