"use client";

import { formatUnit } from "#components/ui/format.ts";
import { formatUntil } from "#components/ui/format-time.ts";
import { DragZoom } from "./drag-zoom.tsx";
import { axisWidth, placePlot, xOf, yOf } from "./geometry.ts";
import type { LineChartProps } from "./line-chart.tsx";
import { LonePoint } from "./lone-point.tsx";
import { type EndLabel, EndLabels, GapNames, MarkerLane } from "./overlay.tsx";
import { linePath } from "./paths.ts";
import { pictureOf, valueExtent } from "./picture.ts";
import { PlotAxes } from "./plot-axes.tsx";
import { lastPoint, measured, namedGaps, type Range, rangesBeyond, type Series } from "./prepare.ts";
import { prepareLines } from "./prepare-lines.ts";
import { Ribbon, ribbonHeight } from "./ribbon.tsx";
import type { SeriesStyle } from "./series-style.ts";
import { seriesLines } from "./series-tooltip.ts";
import { Clip, Surface } from "./surface.tsx";
import { extentTicks, tickLabels } from "./ticks.ts";
import { Underlay, UnplottableMarks } from "./underlay.tsx";
import { planXAxis } from "./x-axis.ts";

interface LinePlotProps extends LineChartProps {
  styles: SeriesStyle[];
  range: Range;
  width: number;
}

const laneHeight = 28;

/** Draws what was prepared; it decides nothing. */
export function LinePlot(props: LinePlotProps) {
  const {
    styles,
    range,
    width,
    unit,
    height = 180,
    thresholds = [],
    markers = [],
    shades = [],
    ribbon = [],
    x = "time",
    log = false,
  } = props;
  const pictures = props.series.map((each) => pictureOf(each, { width, smoothing: props.smoothing, log }));
  const series = props.series.map((each, index): Series => ({ ...each, points: pictures[index]?.points ?? [] }));
  const ticks = extentTicks(props.values ?? valueExtent(pictures), {
    fromZero: props.fromZero ?? false,
    thresholds: thresholds.map((threshold) => threshold.value),
    log,
  });
  const labels = tickLabels(ticks, unit, log);
  const ends = (props.endLabels ?? series.length === 1) ? endLabels(series, styles, unit, range) : [];
  const maxEndLength = Math.max(0, ...ends.map((end) => end.text.length));
  const room = {
    left: props.room?.left ?? axisWidth(labels),
    right: props.room?.right ?? (maxEndLength > 0 ? maxEndLength * 6.6 + 12 : 10),
    top: (markers.length > 0 && !props.hasLane ? laneHeight : 8) + (ribbon.length > 0 ? ribbonHeight + 3 : 0),
  };
  const values = [ticks[0] ?? 0, ticks.at(-1) ?? 1] as const;
  const plot = placePlot({ width, height }, room, [range.from, range.to], values, log);
  const axis = planXAxis(x, range, plot.width, props.xNoun, props.present);
  const { rows, lines } = prepareLines(series);
  const shadesShown = [
    ...shades.map((shade) => ({ ...shade, fill: "var(--lw-none-edge)", opacity: 0.35 })),
    ...thresholds.flatMap(({ value, shade }) =>
      shade === undefined
        ? []
        : series
            .flatMap(({ points }) => rangesBeyond(points, value, shade))
            .map((beyond) => ({ ...beyond, fill: "var(--lw-missed-fill)", opacity: 1 })),
    ),
  ];

  return (
    <DragZoom
      plot={plot}
      height={height}
      onZoom={props.onZoom}
      nameOf={x === "time" ? (at) => formatUntil(at, range.to) : axis.name}
    >
      <Underlay plot={plot} pictures={pictures} styles={styles} withRaw={(props.smoothing ?? 0) > 0} />
      <Surface
        plot={plot}
        width={width}
        height={height}
        title={props.title}
        syncId={props.syncId}
        moments={rows.map(({ at }) => at)}
        dotsAt={(at) =>
          series.flatMap(({ points }, index) => {
            const value = points.filter(measured).find((point) => point.at === at)?.value;
            return value === undefined ? [] : [{ value, colour: styles[index]?.colour ?? "" }];
          })
        }
        cardName={props.cardName}
        titleAt={axis.name}
        linesAt={(at) => seriesLines(at, { series, styles, unit })}
      >
        <PlotAxes plot={plot} axis={axis} ticks={ticks} labels={labels} />
        <Clip plot={plot}>
          {shadesShown.map((shade) => (
            <rect
              x={xOf(plot, shade.from)}
              y={plot.top}
              width={xOf(plot, shade.to) - xOf(plot, shade.from)}
              height={plot.height}
              fill={shade.fill}
              fillOpacity={shade.opacity}
              key={`${shade.fill} ${shade.from} ${shade.to}`}
            />
          ))}
          {thresholds.map(({ value, label }) => (
            <line
              x1={plot.left}
              x2={plot.left + plot.width}
              y1={yOf(plot, value)}
              y2={yOf(plot, value)}
              stroke="var(--lw-text-muted)"
              strokeDasharray="4 3"
              key={label}
            />
          ))}
          {series.map(({ id, points }, index) => {
            const style = styles[index];
            return (
              <path
                d={linePath(plot, points, props.steps)}
                fill="none"
                stroke={style?.colour}
                strokeWidth={1.5}
                strokeDasharray={style?.dash}
                strokeOpacity={style?.opacity}
                key={id}
              />
            );
          })}
        </Clip>
        {lines.flatMap(({ series: index, alone }) => {
          const own = series[index]?.points.filter(measured) ?? [];
          // A series of one value is read from its point, unless the end of the line names it.
          const only = own.length === 1 && ends.length === 0 ? formatUnit(own[0]?.value ?? null, unit) : undefined;
          const colour = styles[index]?.colour ?? "";
          return own
            .filter(({ at }) => alone.includes(at))
            .map((point) => (
              <LonePoint plot={plot} {...point} colour={colour} text={only} key={`${series[index]?.id} ${point.at}`} />
            ));
        })}
      </Surface>
      <Ribbon plot={plot} parts={ribbon} top={plot.top - ribbonHeight - 3} />
      <MarkerLane plot={plot} markers={markers} isNamed={!props.hasLane} />
      <UnplottableMarks plot={plot} series={series} />
      <GapNames
        plot={plot}
        gaps={namedGaps(
          series.filter(({ isFaint }) => !isFaint),
          range,
        ).filter((gap) => !shades.some(({ from, to }) => gap.to > from && gap.from < to))}
        word={props.gapWord ?? "no data"}
      />
      {shades.map(({ label, ...shade }) => (
        <GapNames plot={plot} gaps={[shade]} word={label} key={label} />
      ))}
      <EndLabels plot={plot} labels={ends} />
    </DragZoom>
  );
}

function endLabels(series: readonly Series[], styles: SeriesStyle[], unit: string, range: Range): EndLabel[] {
  return series.flatMap(({ points, kind, isFaint }, index) => {
    if (isFaint) return [];
    const last = lastPoint(points.filter(({ at }) => at >= range.from && at <= range.to));
    if (!last || last.value === null || !Number.isFinite(last.value)) return [];
    const colour = styles[index]?.colour ?? "";
    return [{ at: last.at, value: last.value, text: formatUnit(last.value, unit), colour, open: kind === "forecast" }];
  });
}
