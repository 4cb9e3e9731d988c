"use client";

import { lazy, Suspense } from "react";
import { plural } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { WhenNear } from "#components/ui/when-near.tsx";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";
import type { ChartTable } from "./chart-table.tsx";
import { type AxisName, formatAxisValue, type ManyValues } from "./parallel.ts";
import { describeCorrelation, prepareScatter, type ScatterPicture } from "./scatter.ts";

// recharts weighs more than all else of a page, and other charts do without.
const ScatterPlot = lazy(() => import("./scatter-plot.tsx").then((module) => ({ default: module.ScatterPlot })));

export interface ScatterChartProps extends Omit<ChartFrameProps, "title"> {
  title: string;
  /** Noun for a point: "run". */
  noun: string;
  /** Rows with a `place` are highlighted and labelled with their name. */
  rows: readonly ManyValues[];
  x: AxisName;
  y: AxisName;
  colour: AxisName | undefined;
  /** Called with the id of the clicked point. */
  onOpen: (id: string) => void;
}

/** Things in the plane of two of their values, coloured by a third. */
export function ScatterChart(props: ScatterChartProps) {
  const { noun, rows, x, y, colour, height = 420 } = props;
  const picture = prepareScatter(rows, { x: x.key, y: y.key, colour: colour?.key });
  const left = picture.left.length;
  return (
    <ChartFrame
      {...props}
      height={height}
      subtitle={
        <>
          {props.subtitle}
          {left > 0 && `, ${plural(left, noun)} with a missing value ${left === 1 ? "is" : "are"} not shown`}
        </>
      }
      legend={[]}
      summary={summaryOf(props, picture)}
      table={() => tableOf(props)}
      isEmpty={picture.points.length === 0}
      empty={<span className="lw-small lw-quiet">No {noun} has both values.</span>}
    >
      {(width) => (
        <WhenNear height={height} margin="0px">
          <Suspense fallback={<Skeleton height={height} />}>
            <ScatterPlot {...props} height={height} width={width} picture={picture} />
          </Suspense>
        </WhenNear>
      )}
    </ChartFrame>
  );
}

function summaryOf({ title, noun, x, y }: ScatterChartProps, { points }: ScatterPicture): string {
  const correlation = describeCorrelation(points);
  const drawn = `${title}: ${plural(points.length, noun)} by ${x.label} and ${y.label}`;
  return correlation === undefined ? `${drawn}.` : `${drawn}; ${correlation}.`;
}

function tableOf({ rows, x, y, colour }: ScatterChartProps): ChartTable {
  const axes = colour ? [x, y, colour] : [x, y];
  return {
    head: ["Name", ...new Set(axes.map(({ label }) => label))],
    rows: rows.map(({ id, label, values }) => [
      `${label} ${id.slice(0, 6)}`,
      ...new Map(axes.map((axis) => [axis.label, formatAxisValue(values[axis.key])])).values(),
    ]),
  };
}
