"use client";

import type { KeyboardEvent } from "react";
import { useState } from "react";
import { formatCount, plural } from "#components/ui/format.ts";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";
import { DragZoom } from "./drag-zoom.tsx";
import { axisWidth } from "./geometry.ts";
import classes from "./heat-map.module.css";
import { type HeatCell, layOut, moveCursor, strengthOf } from "./heat-map-layout.ts";
import type { Marker } from "./markers.ts";
import { MarkerLane } from "./overlay.tsx";
import type { Range } from "./prepare.ts";
import { planXAxis } from "./x-axis.ts";

export interface HeatMapProps extends Omit<ChartFrameProps, "title"> {
  title: string;
  /** Noun for the counted items, used in texts: "request". */
  noun: string;
  /** Ascending; each with its name: "12 to 14 ms". */
  bands: readonly { label: string; tick: string }[];
  /** Counts by band; a step that is absent is a gap. */
  steps: readonly { at: number; counts: readonly number[] }[];
  stepMs: number;
  range: Range;
  markers?: readonly Marker[];
  /** The cell that is chosen, by its step and band. */
  chosenKey?: Pick<HeatCell, "at" | "band"> | undefined;
  onChoose?: (cell: HeatCell) => void;
  onZoom?: (range: Range | undefined) => void;
}

/** Counts over time and value: the darker, the more, by the logarithm, so that few slow ones among many are seen. */
export function HeatMap(props: HeatMapProps) {
  const { title, noun, bands, steps, range } = props;
  const total = steps.reduce((sum, { counts }) => sum + counts.reduce((all, count) => all + count, 0), 0);
  return (
    <ChartFrame
      {...props}
      legend={[]}
      summary={`${title}: ${plural(total, noun)} over ${bands.length} bands.`}
      table={() => ({
        head: ["Time", ...bands.map(({ label }) => label)],
        rows: steps.map(({ at, counts }) => [new Date(at).toLocaleString(), ...counts.map(formatCount)]),
      })}
      isEmpty={total === 0}
    >
      {(width) => <Plot {...props} width={width} range={range} />}
    </ChartFrame>
  );
}

const laneHeight = 28;

function Plot(props: HeatMapProps & { width: number }) {
  const { bands, steps, stepMs, range, width, height = 220, markers = [], noun, chosenKey, onChoose, onZoom } = props;
  const [cursor, setCursor] = useState<HeatCell>();
  const left = axisWidth(bands.map(({ tick }) => tick));
  const top = markers.length > 0 ? laneHeight : 8;
  const { plot, cells, most, ticks } = layOut({ width, height, left, top, range, stepMs, steps, bands: bands.length });
  const axis = planXAxis("time", range, plot.width);
  const chosen = cells.find(({ at, band }) => at === chosenKey?.at && band === chosenKey.band);
  const shown = cursor ?? chosen;
  const words = (cell: HeatCell) => `${axis.name(cell.at)}, ${bands[cell.band]?.label}: ${plural(cell.count, noun)}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moveCursor(cells, shown, event.key);
    if (next) setCursor(next);
    else if (event.key === "Enter" && shown) onChoose?.(shown);
    else return;
    event.preventDefault();
  };
  return (
    <DragZoom plot={plot} height={height} onZoom={onZoom}>
      <svg
        className={classes.map}
        width={width}
        height={height}
        role="img"
        aria-label={shown ? words(shown) : props.title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the cursor is moved by arrow keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setCursor(undefined)}
      >
        {cells.map((cell) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: arrows and Enter on the map do the same
          <rect
            className={classes.cell}
            key={`${cell.at} ${cell.band}`}
            {...cell.rectangle}
            style={{ fillOpacity: strengthOf(cell.count, most) }}
            onPointerEnter={() => setCursor(cell)}
            onClick={() => onChoose?.(cell)}
          />
        ))}
        {shown && <rect className={classes.cursor} {...shown.rectangle} />}
        {ticks.map(({ band, y }) => (
          <text className={classes.tick} x={left - 6} y={y} textAnchor="end" dominantBaseline="middle" key={band}>
            {bands[band]?.tick}
          </text>
        ))}
        {axis.ticks.map((at) => (
          <text
            className={classes.tick}
            x={plot.left + ((at - range.from) / (range.to - range.from)) * plot.width}
            y={height - 6}
            textAnchor="middle"
            key={at}
          >
            {axis.label(at)}
          </text>
        ))}
      </svg>
      <MarkerLane plot={plot} markers={markers} />
      <p className={classes.words} aria-live="polite">
        {shown ? words(shown) : ""}
      </p>
    </DragZoom>
  );
}
