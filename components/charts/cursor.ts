import { useEffect, useRef, useState } from "react";
import type { Plot } from "./geometry.ts";

/** Place of the cursor of a chart, which charts with the same id share. */
interface Cursor {
  /** Moment of the axis. */
  at: number;
  /** Share of the plot's height, from its top. */
  height: number;
}

/** Returns the moment nearest to `at`; undefined without any. @param moments in ascending order */
export function nearestMoment(moments: readonly number[], at: number): number | undefined {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? at) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [moments[low - 1], moments[low]];
  if (before === undefined || after === undefined) return before ?? after;
  return at - before < after - at ? before : after;
}

/** Returns the moment beside `at`, to the left or right; `at` itself at the end. @param moments in ascending order */
export function momentBeside(moments: readonly number[], at: number, side: "left" | "right"): number {
  const beside = side === "left" ? moments.findLast((each) => each < at) : moments.find((each) => each > at);
  return beside ?? at;
}

/** Px between the cursor and its card. */
const gap = 10;

/** Returns the left and top edge of the card at a cursor: to the right and below, or on the other side where the plot would end. In px of the box. */
export function placeCard(
  plot: Plot,
  cursor: { x: number; y: number },
  card: { width: number; height: number },
): { left: number; top: number } {
  const place = (at: number, size: number, from: number, to: number) =>
    Math.max(from, at + gap + size > to ? at - gap - size : at + gap);
  return {
    left: place(cursor.x, card.width, plot.left, plot.left + plot.width),
    top: place(cursor.y, card.height, plot.top, plot.top + plot.height),
  };
}

/** The cursor as one chart shows it. */
interface ShownCursor extends Cursor {
  /** Whether this chart moved it, and not another one with the same id. */
  isOwn: boolean;
}

type Listener = (cursor: ShownCursor | undefined) => void;

const groups = new Map<string, Set<Listener>>();

/** Returns the cursor of a chart and a function that moves it, together with those of all charts with the same id. */
export function useCursor(syncId: string | undefined): [ShownCursor | undefined, (cursor: Cursor | undefined) => void] {
  const [cursor, setCursor] = useState<ShownCursor>();
  const leads = useRef(false);
  useEffect(() => {
    if (syncId === undefined) return;
    const group = groups.get(syncId) ?? new Set();
    groups.set(syncId, group.add(setCursor));
    return () => {
      group.delete(setCursor);
      if (group.size === 0) groups.delete(syncId);
      // A chart that leaves under the pointer takes its cursor along.
      else if (leads.current) for (const move of group) move(undefined);
    };
  }, [syncId]);
  return [
    cursor,
    (next) => {
      leads.current = next !== undefined;
      if (syncId !== undefined) for (const move of groups.get(syncId) ?? []) move(next && { ...next, isOwn: false });
      setCursor(next && { ...next, isOwn: true });
    },
  ];
}
