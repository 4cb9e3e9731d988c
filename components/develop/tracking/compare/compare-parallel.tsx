"use client";

import type { Brush } from "#components/charts/brush.ts";
import { describeBrush } from "#components/charts/parallel.ts";
import { ParallelChart } from "#components/charts/parallel-chart.tsx";
import { plural } from "#components/ui/format.ts";
import type { RunValues } from "#server/develop/tracking/compare/contract.ts";
import { AxesPicker } from "./axis-picker.tsx";
import classes from "./compare.module.css";
import { axisNames, linesOf, moved } from "./compare-axes.ts";
import { useCompareView } from "./use-compare-view.ts";

interface CompareParallelProps {
  /** Ids of the runs compared, in the order of their colours. */
  compared: readonly string[];
  /** Compared runs, and the background runs. */
  runs: RunValues[];
  axes: readonly string[];
  choices: readonly string[];
}

/** Params and results of the runs compared before all of their experiments; brushes narrow the list below. */
export function CompareParallel({ compared, runs, axes, choices }: CompareParallelProps) {
  const { view, styles, present, show, read } = useCompareView();
  const names = axisNames(axes);
  const { brushes } = view;
  const words = names.flatMap(({ key, label }) => (brushes[key] ? [describeBrush(label, brushes[key])] : []));
  function brush(column: string, next: Brush | undefined) {
    const { [column]: _, ...others } = present().brushes;
    show({ brushes: next ? { ...others, [column]: next } : others });
  }
  return (
    <ParallelChart
      title="What drives the result"
      subtitle={`${plural(runs.length, "run")}${words.length > 0 ? `; filtered by ${words.join(" and ")}` : ""}`}
      noun="run"
      rows={linesOf(runs, compared).map((row) => ({ ...row, style: styles.get(row.id) }))}
      axes={names}
      brushes={brushes}
      onBrush={brush}
      onMove={(column, by) => read({ axes: moved(axes, column, by) })}
      height={axes.length > 0 ? 480 : 60}
      empty={<span className="lw-small lw-quiet">These runs have no parameters or metrics to compare.</span>}
      right={
        <>
          {words.length > 0 && (
            <button className={classes.clear} type="button" onClick={() => show({ brushes: {} })}>
              Clear selection
            </button>
          )}
          <AxesPicker axes={axes} choices={choices} onChange={(next) => read({ axes: next })} />
        </>
      }
    />
  );
}
