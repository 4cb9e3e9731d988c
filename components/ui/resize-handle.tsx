"use client";

import { type PointerEvent, useRef } from "react";
import classes from "./data-table.module.css";

/** Minimum and maximum column width in pixels. */
const [narrowest, widest] = [48, 800];
const stepByKey = 16;

/** Handle at the edge of a column header that sets the width by dragging, or with ← and →. The width is reported once, at the end. */
export function ResizeHandle({ name, onResize }: { name: string; onResize: (width: number) => void }) {
  const handle = useRef<HTMLButtonElement>(null);
  const from = useRef<{ x: number; width: number }>(undefined);
  const head = () => handle.current?.closest<HTMLElement>("th") ?? undefined;
  const limited = (width: number) => Math.round(Math.min(widest, Math.max(narrowest, width)));

  function follow(event: PointerEvent) {
    const cell = head();
    if (!from.current || !cell) return;
    const width = limited(from.current.width + event.clientX - from.current.x);
    cell.style.width = cell.style.minWidth = `${width}px`;
  }

  return (
    <button
      className={classes.resize}
      ref={handle}
      type="button"
      aria-label={`Width of ${name}; use the arrow keys to resize`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: head()?.offsetWidth ?? 0 };
      }}
      onPointerMove={follow}
      onPointerUp={(event) => {
        if (from.current && event.clientX !== from.current.x)
          onResize(limited(from.current.width + event.clientX - from.current.x));
        from.current = undefined;
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -stepByKey, ArrowRight: stepByKey }[event.key];
        if (!by) return;
        event.preventDefault();
        onResize(limited((head()?.offsetWidth ?? 0) + by));
      }}
    />
  );
}
