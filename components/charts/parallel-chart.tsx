"use client";

import { formatCountOf, plural } from "#components/ui/format.ts";
import type { Brush } from "./brush.ts";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";
import type { ChartTable } from "./chart-table.tsx";
import {
  type AxisName,
  describeBrush,
  formatAxisValue,
  type ManyValues,
  type ParallelPicture,
  prepareParallel,
} from "./parallel.ts";
import { ParallelPlot } from "./parallel-plot.tsx";

export interface ParallelChartProps extends Omit<ChartFrameProps, "title"> {
  title: string;
  /** Noun for a line: "run". */
  noun: string;
  /** Rows with a `place` are drawn in its colour, above all others. */
  rows: readonly ManyValues[];
  axes: readonly AxisName[];
  /** Brushes by the key of their axis. */
  brushes: Readonly<Record<string, Brush>>;
  onBrush: (key: string, brush: Brush | undefined) => void;
  /** Moves an axis to the left or right. */
  onMove: (key: string, by: -1 | 1) => void;
}

/** Renders parallel coordinates: an axis per value, a line per row. Brushes on axes select lines; the others fade. */
export function ParallelChart(props: ParallelChartProps) {
  const { title, noun, rows, axes, brushes, height = 340 } = props;
  const picture = prepareParallel(rows, axes, brushes);
  return (
    <ChartFrame
      {...props}
      height={height}
      legend={[]}
      summary={summary(title, noun, picture, brushes)}
      table={() => tableOf(picture)}
      isEmpty={rows.length === 0 || axes.length === 0}
    >
      {(width) => <ParallelPlot {...props} height={height} picture={picture} width={width} />}
    </ChartFrame>
  );
}

function summary(
  title: string,
  noun: string,
  { axes, lines, inside }: ParallelPicture,
  brushes: Readonly<Record<string, Brush>>,
): string {
  const drawn = `${title}: ${plural(lines.length, noun)} over ${axes.map(({ label }) => label).join(", ")}`;
  const words = axes.flatMap(({ key, label }) => (brushes[key] ? [describeBrush(label, brushes[key])] : []));
  if (words.length === 0) return `${drawn}.`;
  return `${drawn}; ${formatCountOf(inside, lines.length)} in ${words.join(" and ")}.`;
}

/** Returns the table of rows, those inside the brushes first, each identified by its name and the start of its id. */
function tableOf({ axes, lines }: ParallelPicture): ChartTable {
  const ordered = lines.toSorted((a, b) => Number(b.isInside) - Number(a.isInside));
  return {
    head: ["Name", "Within selection", ...axes.map(({ label }) => label)],
    rows: ordered.map(({ row, isInside }) => [
      `${row.label} ${row.id.slice(0, 6)}`,
      isInside ? "yes" : "no",
      ...axes.map(({ key }) => formatAxisValue(row.values[key])),
    ]),
  };
}
