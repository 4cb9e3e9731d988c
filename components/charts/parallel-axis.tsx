"use client";

import { type PointerEvent, useState } from "react";
import { type Span, spanByKey } from "./brush.ts";
import classes from "./parallel.module.css";
import type { AxisName } from "./parallel.ts";
import { type ParallelBox, placeY, shareAt, shortLabel } from "./parallel-geometry.ts";
import type { Rest, ValueAxis } from "./value-axis.ts";

interface ParallelAxisProps {
  axis: ValueAxis & AxisName;
  box: ParallelBox;
  x: number;
  /** Letters that tick labels may have. */
  letters: number;
  /** The brushed part. */
  span: Span | undefined;
  /** Kind of rest value below the axis that is selected instead of a range. */
  chosenRest: Rest | undefined;
  /** "12 of 38 inside". */
  found: string;
  onSpan: (span: Span | undefined) => void;
  onRest: (rest: Rest | undefined) => void;
}

/** Shorter drags are clicks, which clear. */
const minShare = 0.015;
const restName: Record<Rest, string> = { nan: "NaN", missing: "missing values" };

/** Renders one axis: ticks, the brush that is dragged along it or moved by keys, and the missing values below. */
export function ParallelAxis({
  axis,
  box,
  x,
  letters,
  span: kept,
  chosenRest,
  found,
  onSpan,
  onRest,
}: ParallelAxisProps) {
  const [drag, setDrag] = useState<{ from: number; to: number; moved: Span | undefined }>();
  const span = drag ? draggedSpan(drag) : kept;
  const y = (share: number) => placeY(box, { at: share });
  const shareOf = (event: PointerEvent<SVGRectElement>) => {
    const top = event.currentTarget.ownerSVGElement?.getBoundingClientRect().top ?? 0;
    return shareAt(box, event.clientY - top);
  };
  return (
    <g>
      <g
        className={classes.axis}
        role="slider"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={`Selected range on ${axis.label}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((span ? (span.low + span.high) / 2 : 0.5) * 100)}
        aria-valuetext={
          span ? `from ${labelAt(axis, span.low)} to ${labelAt(axis, span.high)}, ${found}` : "full range"
        }
        onKeyDown={(event) => {
          const next = spanByKey(kept, event);
          if (next === kept && !event.key.startsWith("Arrow")) return;
          event.preventDefault();
          event.stopPropagation();
          onSpan(next);
        }}
      >
        <line className={classes.line} x1={x} x2={x} y1={y(1)} y2={y(0)} />
        {axis.ticks.map(({ at, label }) => (
          <text className={classes.tick} x={x - 7} y={y(at) + 4} key={label}>
            <title>{label}</title>
            {shortLabel(label, letters)}
          </text>
        ))}
        {span && (
          <rect
            className={classes.brush}
            x={x - 6}
            width={12}
            y={y(span.high) - 3}
            height={y(span.low) - y(span.high) + 6}
            rx={2}
          />
        )}
        <rect
          className={classes.handle}
          x={x - 12}
          width={24}
          y={y(1) - 6}
          height={y(0) - y(1) + 12}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            const at = shareOf(event);
            setDrag({ from: at, to: at, moved: kept && at > kept.low && at < kept.high ? kept : undefined });
          }}
          onPointerMove={(event) => drag && setDrag({ ...drag, to: shareOf(event) })}
          onPointerUp={() => {
            if (!drag) return;
            onSpan(Math.abs(drag.to - drag.from) < minShare ? undefined : draggedSpan(drag));
            setDrag(undefined);
          }}
          onPointerCancel={() => setDrag(undefined)}
        />
      </g>
      {axis.rests.map((rest) => (
        <RestMark
          label={`Only ${restName[rest]} in ${axis.label}`}
          x={x}
          y={placeY(box, { rest })}
          isChosen={chosenRest === rest}
          onToggle={() => onRest(chosenRest === rest ? undefined : rest)}
          key={rest}
        />
      ))}
    </g>
  );
}

/** Returns a new selection, or an existing one moved at its width. */
function draggedSpan({ from, to, moved }: { from: number; to: number; moved: Span | undefined }): Span {
  if (!moved) return { low: Math.min(from, to), high: Math.max(from, to) };
  const shift = Math.min(Math.max(to - from, -moved.low), 1 - moved.high);
  return { low: moved.low + shift, high: moved.high + shift };
}

function labelAt({ ticks }: ValueAxis, share: number): string {
  const nearest = ticks.toSorted((a, b) => Math.abs(a.at - share) - Math.abs(b.at - share))[0];
  return nearest ? `about ${nearest.label}` : "";
}

interface RestMarkProps {
  label: string;
  x: number;
  y: number;
  isChosen: boolean;
  onToggle: () => void;
}

function RestMark({ label, x, y, isChosen, onToggle }: RestMarkProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside a drawing
    <g
      className={classes.restMark}
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={isChosen}
      onClick={onToggle}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onToggle();
      }}
    >
      <title>{label}</title>
      <rect x={x - 12} y={y - 10} width={24} height={20} fill="transparent" />
      <circle cx={x} cy={y} r={4} />
    </g>
  );
}
