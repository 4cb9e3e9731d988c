"use client";

import { type PointerEvent, type ReactNode, useState } from "react";
import { atOf, type Plot } from "./geometry.ts";
import classes from "./overlay.module.css";
import type { Range } from "./prepare.ts";

interface DragZoomProps {
  plot: Plot;
  height: number;
  onZoom: ((range: Range | undefined) => void) | undefined;
  /** Names a moment of the axis. */
  nameOf?: (at: number) => string;
  children: ReactNode;
}

/** Shorter drags are clicks. */
const minPixels = 6;

/** Renders the area of a plot. Dragging over it with a mouse or pen selects a range, a double click resets it; a finger scrolls. */
export function DragZoom({ plot, height, onZoom, nameOf, children }: DragZoomProps) {
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const xIn = (event: PointerEvent) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return Math.min(plot.left + plot.width, Math.max(plot.left, x));
  };
  if (!onZoom) return <div style={{ position: "relative", height }}>{children}</div>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys = - [ ] Z of the frame do the same
    <div
      className={classes.zoomable}
      style={{ height }}
      onPointerDown={(event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
        if (x >= plot.left && x <= plot.left + plot.width) setDrag({ from: x, to: x });
      }}
      onPointerMove={(event) => {
        if (!drag) return;
        // Released outside the window.
        if (event.buttons === 0) setDrag(undefined);
        else setDrag({ ...drag, to: xIn(event) });
      }}
      onPointerUp={() => {
        if (drag && Math.abs(drag.to - drag.from) >= minPixels) {
          const [left, right] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
          onZoom({ from: atOf(plot, left), to: atOf(plot, right) });
        }
        setDrag(undefined);
      }}
      onPointerLeave={() => setDrag(undefined)}
      onDoubleClick={() => onZoom(undefined)}
    >
      {children}
      {drag && (
        <div
          className={classes.selection}
          style={{
            left: Math.min(drag.from, drag.to),
            width: Math.abs(drag.to - drag.from),
            top: plot.top,
            height: plot.height,
          }}
        >
          {nameOf && Math.abs(drag.to - drag.from) >= minPixels && (
            <span className={classes.chosen}>
              {nameOf(atOf(plot, Math.min(drag.from, drag.to)))} to {nameOf(atOf(plot, Math.max(drag.from, drag.to)))}
            </span>
          )}
        </div>
      )}
    </div>
  );
}
