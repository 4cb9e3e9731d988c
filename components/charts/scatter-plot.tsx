"use client";

import { CartesianGrid, Scatter, ScatterChart as ScatterOf, Tooltip, XAxis, YAxis } from "recharts";
import { axisWidth } from "./geometry.ts";
import { shortLabel } from "./parallel-geometry.ts";
import type { ScatterPicture, ScatterPoint } from "./scatter.ts";
import type { ScatterChartProps } from "./scatter-chart.tsx";
import { placeNames } from "./scatter-names.ts";
import { ScatterMark, ScatterTooltip, TintKey } from "./scatter-parts.tsx";
import type { ValueAxis } from "./value-axis.ts";

const axisProps = {
  tick: { fill: "var(--lw-text-muted)", fontSize: 11, style: { fontFeatureSettings: '"tnum"' } },
  tickLine: false,
  tickSize: 0,
  tickMargin: 6,
  interval: 0,
  // Leeway supplies its own ticks; recharts would still compute others, in decimal arithmetic.
  niceTicks: "none",
} as const;

const margin = { top: 8, right: 24, bottom: 0, left: 0 };
/** Shares of an axis, with room for the marks at its ends. */
const domain: [number, number] = [-0.03, 1.03];
const xAxisHeight = 22;
/** Height reserved below the plot for the names of both axes. */
const belowPlot = 44;

interface ScatterPlotProps extends ScatterChartProps {
  height: number;
  width: number;
  picture: ScatterPicture;
}

/** Draws the prepared picture. */
export function ScatterPlot(props: ScatterPlotProps) {
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
      <div style={{ position: "relative" }} ref={quietLayers}>
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

/**
 * Removes the layers that recharts draws into from the tab order; for the `ref` of a chart's container. React listens to focus in
 * each of them, and Chromium lets the Tab key stop at any SVG element with such a listener.
 */
function quietLayers(svg: HTMLElement | null) {
  if (!svg) return undefined;
  const quiet = () => {
    for (const layer of svg.querySelectorAll('g[class^="recharts-zIndex-layer"]:not([tabindex])')) {
      layer.setAttribute("tabindex", "-1");
    }
  };
  quiet();
  const observer = new MutationObserver(quiet);
  observer.observe(svg, { childList: true, subtree: true });
  return () => observer.disconnect();
}
