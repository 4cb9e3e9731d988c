"use client";

import { describeBrush } from "#components/charts/parallel.ts";
import { ParallelChart } from "#components/charts/parallel-chart.tsx";
import { plural } from "#components/ui/format.ts";
import { axisNames, moved } from "../compare/compare-axes.ts";
import type { OwnPanelProps } from "./own-panel.tsx";
import { titleOfPanel } from "./own-panels.ts";
import { useRunValues } from "./use-run-values.ts";
import { valueRows } from "./value-rows.ts";

/** Renders params and metrics of the visible runs as parallel coordinates, in the colours of the list. The view keeps what is brushed. */
export function ParallelPanel({ panel, onChange, experimentId, runIds, lines, height, right }: OwnPanelProps) {
  const { columns, brushes = {} } = panel;
  const { data, isPending, error } = useRunValues({ experimentId, runIds, columns });
  const axes = axisNames(columns);
  const rows = valueRows(data ?? [], lines);
  const words = axes.flatMap(({ key, label }) => (brushes[key] ? [describeBrush(label, brushes[key])] : []));
  return (
    <ParallelChart
      title={titleOfPanel(panel)}
      subtitle={words.length > 0 ? words.join(" and ") : plural(rows.length, "run")}
      right={right}
      noun="run"
      rows={rows}
      axes={axes}
      brushes={brushes}
      onBrush={(key, next) => {
        const { [key]: _, ...others } = brushes;
        onChange({ ...panel, brushes: next ? { ...others, [key]: next } : others });
      }}
      onMove={(key, by) => onChange({ ...panel, columns: moved(columns, key, by) })}
      height={height}
      loading={isPending && !data}
      failed={error && !data ? <span className="lw-small">Could not load the values: {error.message}</span> : undefined}
      empty={<span className="lw-small lw-quiet">No visible run has these values.</span>}
    />
  );
}
