"use client";

import { useRouter } from "next/navigation";
import { describeCorrelation, prepareScatter } from "#components/charts/scatter.ts";
import { ScatterChart } from "#components/charts/scatter-chart.tsx";
import { plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { RunValues } from "#server/develop/tracking/compare/contract.ts";
import { AxisSelect } from "./axis-picker.tsx";
import classes from "./compare.module.css";
import { axisNames, linesOf } from "./compare-axes.ts";
import { useCompareView } from "./use-compare-view.ts";

interface CompareScatterProps {
  compared: readonly string[];
  runs: RunValues[];
  choices: readonly string[];
  /** Columns; undefined where nothing can be drawn or nothing was chosen. */
  axes: { x: string | undefined; y: string | undefined; colour: string | undefined };
}

/** Runs in the plane of any two params or metrics, coloured by a third; the choice is in the address. */
export function CompareScatter({ compared, runs, choices, axes }: CompareScatterProps) {
  const { styles, read } = useCompareView();
  const router = useRouter();
  const { x, y, colour } = axes;
  if (!x || !y) {
    return (
      <Panel flush>
        <EmptyState title="Nothing to plot">These runs have no metrics and no differing parameters.</EmptyState>
      </Panel>
    );
  }
  const [across, up, tint] = axisNames(colour ? [x, y, colour] : [x, y]);
  if (!across || !up) return null;
  const rows = linesOf(runs, compared).map((row) => ({ ...row, style: styles.get(row.id) }));
  const { points } = prepareScatter(rows, { x, y });
  return (
    <>
      <div className={classes.axes}>
        <AxisSelect label="X axis" value={x} choices={choices} onChange={(x) => read({ x })} />
        <AxisSelect label="Y axis" value={y} choices={choices} onChange={(y) => read({ y })} />
        <AxisSelect
          label="Colour"
          value={colour}
          choices={choices}
          onChange={(colour) => read({ colour })}
          mayBeAbsent
        />
      </div>
      <ScatterChart
        title={`${up.label} vs ${across.label}`}
        subtitle={[plural(points.length, "run"), describeCorrelation(points)].filter(Boolean).join(", ")}
        noun="run"
        rows={rows}
        x={across}
        y={up}
        colour={tint}
        onOpen={(id) => {
          const run = runs.find((each) => each.id === id);
          if (run) router.push(`/experiments/${run.experimentId}/runs/${id}`);
        }}
      />
    </>
  );
}
