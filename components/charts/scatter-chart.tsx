"use client";

import { CartesianGrid, Scatter, ScatterChart as ScatterOf, Tooltip, XAxis, YAxis } from "recharts";
import { plural } from "#components/ui/format.ts";
import { axisProps } from "./axes.ts";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";
import type { ChartTable } from "./chart-table.tsx";
import { axisWidth } from "./geometry.ts";
import { type AxisName, formatAxisValue, type ManyValues } from "./parallel.ts";
import { shortLabel } from "./parallel-geometry.ts";
import { describeCorrelation, prepareScatter, type ScatterPicture, type ScatterPoint } from "./scatter.ts";
import { placeNames } from "./scatter-names.ts";
import { ScatterMark, ScatterTooltip, TintKey } from "./scatter-parts.tsx";
import type { ValueAxis } from "./value-axis.ts";

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
      {(width) => <Plot {...props} height={height} width={width} picture={picture} />}
    </ChartFrame>
  );
}

const margin = { top: 8, right: 24, bottom: 0, left: 0 };
/** Shares of an axis, with room for the marks at its ends. */
const domain: [number, number] = [-0.03, 1.03];
const xAxisHeight = 22;
/** Height reserved below the plot for the names of both axes. */
const belowPlot = 44;

function Plot(props: ScatterChartProps & { height: number; width: number; picture: ScatterPicture }) {
  const { width, height, picture, x, y, colour } = props;
  const left = axisWidth(picture.y.ticks.map(({ label }) => shortLabel(label)));
  const names = placeNames(
    picture.points
      .filter(({ row }) => row.index !== undefined)
      .map(({ row, x, y }) => ({
        id: row.id,
        label: row.label,
        x: left + ((x - domain[0]) / (domain[1] - domain[0])) * (width - left - margin.right),
        y: margin.top + ((domain[1] - y) / (domain[1] - domain[0])) * (height - belowPlot - margin.top - xAxisHeight),
      })),
    { width, height: height - belowPlot },
  );
  return (
    <>
      {colour && picture.colour && <TintKey name={colour.label} axis={picture.colour} />}
      <div style={{ position: "relative" }}>
        <span className="lw-caption lw-muted">{y.label}</span>
        <ScatterOf width={width} height={height - belowPlot} margin={margin} accessibilityLayer title={props.title}>
          <CartesianGrid stroke="var(--lw-grid)" />
          <XAxis
            {...axisProps}
            {...shares("x", picture.x)}
            height={xAxisHeight}
            axisLine={{ stroke: "var(--lw-line-strong)" }}
          />
          <YAxis {...axisProps} {...shares("y", picture.y)} width={left} axisLine={false} />
          <Tooltip
            isAnimationActive={false}
            cursor={false}
            wrapperStyle={{ zIndex: 5 }}
            content={({ active, payload }) =>
              active && payload?.[0] ? (
                <ScatterTooltip point={payload[0].payload as ScatterPoint} axes={colour ? [x, y, colour] : [x, y]} />
              ) : null
            }
          />
          <Scatter
            data={picture.points.toSorted(
              (a, b) => Number(a.row.index !== undefined) - Number(b.row.index !== undefined),
            )}
            isAnimationActive={false}
            shape={(point: { cx?: number; cy?: number; payload?: ScatterPoint }) =>
              point.payload ? (
                <ScatterMark
                  cx={point.cx ?? 0}
                  cy={point.cy ?? 0}
                  point={point.payload}
                  name={names.get(point.payload.row.id)}
                />
              ) : (
                <g />
              )
            }
            onClick={(point: { payload?: ScatterPoint }) => point.payload && props.onOpen(point.payload.row.id)}
          />
        </ScatterOf>
        <p className="lw-caption lw-muted" style={{ textAlign: "right" }}>
          {x.label}
        </p>
      </div>
    </>
  );
}

/** Returns the properties of an axis in shares: logarithmic scales and categories are laid out before they reach the chart library. */
function shares(dataKey: "x" | "y", { ticks }: ValueAxis) {
  return {
    type: "number",
    dataKey,
    domain,
    ticks: ticks.map(({ at }) => at),
    tickFormatter: (at: number) => shortLabel(ticks.find((tick) => tick.at === at)?.label ?? ""),
  } as const;
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
