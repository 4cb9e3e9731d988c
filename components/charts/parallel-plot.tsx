"use client";

import { useState } from "react";
import type { Span } from "./brush.ts";
import { brushOf, spanOf } from "./brush.ts";
import classes from "./parallel.module.css";
import { formatAxisValue, type ParallelPicture } from "./parallel.ts";
import { ParallelAxis } from "./parallel-axis.tsx";
import type { ParallelChartProps } from "./parallel-chart.tsx";
import { axisX, headLines, lettersBetween, nearestLine, pathOf, placeParallel, placeY } from "./parallel-geometry.ts";
import { ParallelHeads } from "./parallel-heads.tsx";
import { styleOfIndex } from "./series-style.ts";
import type { Rest } from "./value-axis.ts";

interface ParallelPlotProps extends ParallelChartProps {
  height: number;
  width: number;
  picture: ParallelPicture;
}

const restLabels: Record<Rest, string> = { nan: "NaN", missing: "no data" };

/** Draws the prepared picture and shows the values of the line under the pointer below it. */
export function ParallelPlot({ picture, width: wide, height, brushes, onBrush, onMove, title }: ParallelPlotProps) {
  const [hovered, setHovered] = useState<string>();
  // The width does not depend on the height.
  const lines = headLines(
    picture.axes.map(({ label }) => label),
    placeParallel(picture, { width: wide, height }).box,
  );
  const headHeight = 8 + lines * headLine;
  const plotHeight = height - headHeight - footHeight;
  const { box, width } = placeParallel(picture, { width: wide, height: plotHeight });
  const hasBrush = picture.axes.some(({ key }) => brushes[key] !== undefined);
  const highlighted = picture.lines.find(({ row }) => row.id === hovered)?.row;
  const ordered = picture.lines.toSorted((a, b) => rank(a) - rank(b));
  return (
    <div style={{ height }}>
      <div className={classes.scroll} tabIndex={width > wide ? 0 : undefined}>
        <div style={{ width, position: "relative" }}>
          <ParallelHeads axes={picture.axes} box={box} height={headHeight} onMove={onMove} />
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand for a drawing */}
          <svg
            className={classes.plot}
            width={width}
            height={plotHeight}
            aria-label={title}
            role="group"
            onPointerMove={(event) => {
              const rectangle = event.currentTarget.getBoundingClientRect();
              const at = nearestLine(box, ordered, {
                x: event.clientX - rectangle.left,
                y: event.clientY - rectangle.top,
              });
              setHovered(at === undefined ? undefined : ordered[at]?.row.id);
            }}
            onPointerLeave={() => setHovered(undefined)}
          >
            <g fill="none">
              {ordered.map((line) => (
                <LineOf
                  line={line}
                  path={pathOf(box, line.positions)}
                  hasBrush={hasBrush}
                  isHovered={line.row.id === hovered}
                  key={line.row.id}
                />
              ))}
            </g>
            {(["nan", "missing"] as const).map(
              (rest) =>
                box.rests[rest] !== undefined && (
                  <text className={classes.rest} x={0} y={placeY(box, { rest }) + 4} key={rest}>
                    {restLabels[rest]}
                  </text>
                ),
            )}
            {picture.axes.map((axis, index) => {
              const brush = brushes[axis.key];
              return (
                <ParallelAxis
                  axis={axis}
                  box={box}
                  x={axisX(box, index)}
                  letters={index === 0 ? maxFirstAxis : lettersBetween(box)}
                  span={brush && spanOf(axis, brush)}
                  chosenRest={brush && "rest" in brush ? brush.rest : undefined}
                  found={`${picture.inside} of ${picture.lines.length} selected`}
                  onSpan={(span: Span | undefined) => onBrush(axis.key, span && brushOf(axis, span))}
                  onRest={(rest) => onBrush(axis.key, rest && { rest })}
                  key={axis.key}
                />
              );
            })}
          </svg>
        </div>
      </div>
      <p className={`${classes.highlighted} lw-caption`}>
        {highlighted ? (
          <>
            <strong>{highlighted.label}</strong>{" "}
            {picture.axes.map(({ key, label }) => `${label} ${formatAxisValue(highlighted.values[key])}`).join(", ")}
          </>
        ) : (
          <span className="lw-quiet">Drag along an axis to select a range, or focus it and press ↑ or ↓.</span>
        )}
      </p>
    </div>
  );
}

/** Left of the first axis there is room. */
const maxFirstAxis = 14;
const headLine = 14;
const footHeight = 24;

type LineOfPicture = ParallelPicture["lines"][number];

/** Computes the drawing order: selected lines lie above the others, compared lines above all, the first of them on top. */
function rank({ row, isInside }: LineOfPicture): number {
  return row.index !== undefined ? 1000 - row.index : isInside ? 1 : 0;
}

interface LineProps {
  line: LineOfPicture;
  path: string;
  hasBrush: boolean;
  isHovered: boolean;
}

function LineOf({ line: { row, isInside }, path, hasBrush, isHovered }: LineProps) {
  const { colour, dash, opacity } = row.style ?? styleOfIndex(row.index ?? Number.NaN);
  const isOurs = row.style !== undefined || (row.index !== undefined && opacity === undefined);
  const shown = isHovered ? 1 : isOurs ? (isInside ? 1 : 0.25) : !hasBrush ? 0.3 : isInside ? 0.7 : 0.1;
  return (
    <path
      d={path}
      stroke={isHovered && !isOurs ? "var(--lw-text)" : colour}
      strokeWidth={isOurs || isHovered ? 2 : 1}
      strokeDasharray={dash}
      opacity={shown}
    />
  );
}
