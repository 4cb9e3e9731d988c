"use client";

import { useState } from "react";
import { formatUntil } from "#components/ui/format-time.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { DragZoom } from "./drag-zoom.tsx";
import { axisWidth, placePlot } from "./geometry.ts";
import type { LineChartProps } from "./line-chart.tsx";
import { tableOf } from "./line-table.ts";
import { LonePoint } from "./lone-point.tsx";
import { GapNames, MarkerLane } from "./overlay.tsx";
import { bandPath, stackAreas } from "./paths.ts";
import { PlotAxes } from "./plot-axes.tsx";
import { extent, lastPoint, namedGaps, type Range, stackTops, thin, widen } from "./prepare.ts";
import { Ribbon, ribbonHeight } from "./ribbon.tsx";
import { type SeriesStyle, styleSeries } from "./series-style.ts";
import { seriesLines } from "./series-tooltip.ts";
import { summarise } from "./summary.ts";
import { Clip, Surface } from "./surface.tsx";
import { tickLabels, valueTicks } from "./ticks.ts";
import { planXAxis } from "./x-axis.ts";
import { zoomKeys } from "./zoom.ts";

type AreaChartProps = Omit<LineChartProps, "fromZero" | "endLabels" | "thresholds" | "steps">;

/** Renders up to three parts of a total, stacked from zero; all are measured at the same moments. */
export function AreaChart(props: AreaChartProps) {
  const { series: all, unit, title, onZoom } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const allStyles = styleSeries(all);
  const isShown = (index: number) => !hidden.has(all[index]?.label ?? "");
  const series = all.filter((_, index) => isShown(index));
  const styles = allStyles.filter((_, index) => isShown(index));
  const range = props.range ?? widen(extent(all), 60_000);
  const legend =
    all.length > 1 && !props.isNamedElsewhere
      ? all.flatMap(({ label }, index) => {
          const style = allStyles[index];
          return style ? [{ label, style, shape: "square" as const }] : [];
        })
      : [];
  return (
    <ChartFrame
      {...props}
      legend={legend}
      hidden={hidden}
      onHide={setHidden}
      summary={summarise(title, unit, series)}
      table={() => tableOf({ ...props, series }, range)}
      isEmpty={all.every(({ points }) => lastPoint(points) === undefined)}
      {...(onZoom && { onKey: zoomKeys(onZoom, range, props.fullRange ?? range) })}
    >
      {(width) => <AreaPlot {...props} series={series} styles={styles} range={range} width={width} />}
    </ChartFrame>
  );
}

function AreaPlot(props: AreaChartProps & { styles: SeriesStyle[]; range: Range; width: number }) {
  const { styles, range, width, unit, height = 180, markers = [], ribbon = [], x = "time" } = props;
  // Parts of one stack must keep the same moments, so only a single area is thinned.
  const series =
    props.series.length === 1
      ? props.series.map((each) => ({ ...each, points: thin(each.points, Math.max(200, width * 2)) }))
      : props.series.slice(0, 3);
  const ticks = valueTicks([{ id: "sum", label: "sum", points: stackTops(series) }], { fromZero: true });
  const labels = tickLabels(ticks, unit);
  const room = {
    left: props.room?.left ?? axisWidth(labels),
    right: props.room?.right ?? 10,
    top: (markers.length > 0 && !props.hasLane ? 28 : 8) + (ribbon.length > 0 ? ribbonHeight + 3 : 0),
  };
  const plot = placePlot({ width, height }, room, [range.from, range.to], [0, ticks.at(-1) ?? 1]);
  const axis = planXAxis(x, range, plot.width, props.xNoun);
  const areas = stackAreas(series);
  return (
    <DragZoom
      plot={plot}
      height={height}
      onZoom={props.onZoom}
      nameOf={x === "time" ? (at) => formatUntil(at, range.to) : axis.name}
    >
      <Surface
        plot={plot}
        width={width}
        height={height}
        title={props.title}
        syncId={props.syncId}
        moments={[...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b)}
        cardName={props.cardName}
        titleAt={axis.name}
        linesAt={(at) => seriesLines(at, { series, styles, unit })}
      >
        <PlotAxes plot={plot} axis={axis} ticks={ticks} labels={labels} />
        <Clip plot={plot}>
          {areas.map((pieces, index) => {
            const colour = styles[index]?.colour;
            return pieces
              .filter(({ length }) => length > 1)
              .map((piece) => (
                <path
                  d={bandPath(plot, piece)}
                  fill={colour}
                  fillOpacity={colour === "var(--lw-series-stable)" ? 0.5 : 0.85}
                  key={`${series[index]?.id} ${piece[0]?.at}`}
                />
              ));
          })}
        </Clip>
        {areas.flatMap((pieces, index) =>
          pieces
            .filter(({ length }) => length === 1)
            .flat()
            .map(({ at, high }) => (
              <LonePoint
                plot={plot}
                at={at}
                value={high}
                colour={styles[index]?.colour ?? ""}
                key={`${series[index]?.id} ${at}`}
              />
            )),
        )}
      </Surface>
      <Ribbon plot={plot} parts={ribbon} top={plot.top - ribbonHeight - 3} />
      <MarkerLane plot={plot} markers={markers} isNamed={!props.hasLane} />
      <GapNames plot={plot} gaps={namedGaps(series, range)} word={props.gapWord ?? "no data"} inside />
    </DragZoom>
  );
}
