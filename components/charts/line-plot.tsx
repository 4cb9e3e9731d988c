"use client";

import { CartesianGrid, Line, LineChart as LinesOf, ReferenceArea, ReferenceLine, XAxis, YAxis } from "recharts";
import { formatUnit } from "#components/ui/format.ts";
import { formatUntil } from "#components/ui/format-time.ts";
import { axisProps, gridProps, xAxisProps, yAxisProps } from "./axes.ts";
import { DragZoom } from "./drag-zoom.tsx";
import { axisWidth, placePlot } from "./geometry.ts";
import type { LineChartProps } from "./line-chart.tsx";
import { LonePoint } from "./lone-point.tsx";
import { type EndLabel, EndLabels, GapNames, MarkerLane } from "./overlay.tsx";
import { pictureOf, valueExtent } from "./picture.ts";
import { lastPoint, measured, namedGaps, type Range, rangesBeyond, type Series } from "./prepare.ts";
import { prepareLines } from "./prepare-lines.ts";
import { Ribbon, ribbonHeight } from "./ribbon.tsx";
import type { SeriesStyle } from "./series-style.ts";
import { seriesTooltip } from "./series-tooltip.tsx";
import { extentTicks, tickLabels } from "./ticks.ts";
import { Underlay, UnplottableMarks } from "./underlay.tsx";
import { planXAxis } from "./x-axis.ts";
import { XTick } from "./x-tick.tsx";
import { YTick } from "./y-tick.tsx";

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

  return (
    <DragZoom
      plot={plot}
      height={height}
      onZoom={props.onZoom}
      nameOf={x === "time" ? (at) => formatUntil(at, range.to) : axis.name}
    >
      <Underlay plot={plot} pictures={pictures} styles={styles} withRaw={(props.smoothing ?? 0) > 0} />
      <LinesOf
        width={width}
        height={height}
        data={rows}
        margin={{ top: room.top, right: room.right, bottom: 0, left: 0 }}
        {...(props.syncId ? { syncId: props.syncId, syncMethod: nearestTick } : {})}
        accessibilityLayer
        title={props.title}
      >
        <CartesianGrid {...gridProps} />
        <XAxis
          {...axisProps}
          {...xAxisProps(axis, range)}
          tick={(tick) => <XTick {...tick} left={plot.left} right={plot.left + plot.width} plan={axis} />}
        />
        <YAxis {...axisProps} {...yAxisProps(ticks, labels, room.left, log)} tick={(tick) => <YTick {...tick} />} />
        {shades.map(({ from, to, label }) => (
          <ReferenceArea
            x1={Math.max(from, range.from)}
            x2={Math.min(to, range.to)}
            fill="var(--lw-none-edge)"
            fillOpacity={0.35}
            key={label}
          />
        ))}
        {thresholds.flatMap(({ value, shade }) =>
          shade === undefined
            ? []
            : series
                .flatMap(({ points }) => rangesBeyond(points, value, shade))
                .map(({ from, to }) => (
                  <ReferenceArea
                    x1={from}
                    x2={to}
                    fill="var(--lw-missed-fill)"
                    fillOpacity={1}
                    key={`${value} ${from}`}
                  />
                )),
        )}
        {thresholds.map(({ value, label }) => (
          <ReferenceLine y={value} stroke="var(--lw-text-muted)" strokeDasharray="4 3" key={label} />
        ))}
        {lines.map((line) => {
          const style = styles[line.series];
          const own = series[line.series]?.points.filter(measured) ?? [];
          // A series of one value is read from its point, unless the end of the line names it.
          const only = own.length === 1 && ends.length === 0 ? formatUnit(own[0]?.value ?? null, unit) : undefined;
          return (
            <Line
              key={line.key}
              dataKey={line.key}
              type={props.steps ? "stepAfter" : "linear"}
              stroke={style?.colour ?? ""}
              strokeWidth={1.5}
              {...(style?.dash ? { strokeDasharray: style.dash } : {})}
              {...(style?.opacity ? { strokeOpacity: style.opacity } : {})}
              connectNulls={line.joins}
              dot={
                line.alone.length > 0 &&
                ((dot) => (
                  <LonePoint {...dot} alone={line.alone.includes(dot.payload.at)} text={only} key={dot.index} />
                ))
              }
              activeDot={{ r: 3, strokeWidth: 0 }}
              isAnimationActive={false}
            />
          );
        })}
        {seriesTooltip({ series, styles, axis, unit })}
      </LinesOf>
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

/**
 * Returns the index of the cursor in another chart with the same `syncId`: the point nearest to the hovered one. Downsampled curves of
 * two metrics rarely have points at the same steps.
 */
function nearestTick(ticks: readonly { value?: unknown }[], { activeLabel }: { activeLabel?: unknown }): number {
  const at = Number(activeLabel);
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, { value }] of ticks.entries()) {
    const distance = Math.abs(Number(value) - at);
    if (distance < least) [nearest, least] = [index, distance];
  }
  return nearest;
}
