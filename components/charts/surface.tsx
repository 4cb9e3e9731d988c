"use client";

import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react";
import { ChartTooltip, type TooltipLine } from "./chart-tooltip.tsx";
import { momentBeside, nearestMoment, placeCard, useCursor } from "./cursor.ts";
import { atOf, type Plot, xOf, yOf } from "./geometry.ts";
import classes from "./overlay.module.css";
import { useSharedCard } from "./shared-card.ts";

/** A value that the cursor marks on its line. */
interface CursorDot {
  value: number;
  colour: string;
}

interface SurfaceProps {
  plot: Plot;
  width: number;
  height: number;
  title: string;
  /** Charts with the same id share one cursor. */
  syncId?: string | undefined;
  /** Where the cursor can stand, in ascending order. */
  moments: readonly number[];
  dotsAt?: (at: number) => readonly CursorDot[];
  /** Heading of the card beside the cursor. */
  titleAt: (at: number) => string;
  /** Lines of the card beside the cursor. */
  linesAt: (at: number) => readonly TooltipLine[];
  /** What a card that charts with the same id share calls this one: "p95". Without it each has a card of its own. */
  cardName?: string | undefined;
  /** What is drawn. It is not drawn again when the cursor moves. */
  children: ReactNode;
}

/** Renders a drawing with a cursor: at the pointer, at a finger, or moved by ← and →; Enter hides and shows it, Escape hides it. */
export function Surface(props: SurfaceProps) {
  const { plot, width, height, title, syncId, moments, dotsAt, cardName, titleAt, children } = props;
  const [cursor, move] = useCursor(syncId);
  const box = useRef<HTMLDivElement>(null);
  const linesAt = useSharedCard(box, { syncId, name: cardName, linesAt: props.linesAt });
  // Where the keys continue.
  const last = useRef<number>(undefined);
  const shown = moments.filter((at) => at >= plot.domain[0] && at <= plot.domain[1]);
  const at = cursor && nearestMoment(shown, cursor.at);

  function follow({ clientX, clientY }: { clientX: number; clientY: number }, area: Element) {
    const box = area.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    const isInside = x >= plot.left && x <= plot.left + plot.width && y >= plot.top && y <= plot.top + plot.height;
    const nearest = isInside ? nearestMoment(shown, atOf(plot, x)) : undefined;
    if (nearest === undefined) return move(undefined);
    last.current = nearest;
    move({ at: nearest, height: (y - plot.top) / plot.height });
  }
  function stand(next: number | undefined) {
    if (next === undefined) return;
    last.current = next;
    move({ at: next, height: 0.5 });
  }
  function onKeyDown({ key }: KeyboardEvent) {
    const [first, end] = [shown[0], shown.at(-1)];
    const from = at ?? (last.current === undefined ? undefined : nearestMoment(shown, last.current));
    if (key === "ArrowRight") stand(from === undefined ? first : momentBeside(shown, from, "right"));
    else if (key === "ArrowLeft") stand(from === undefined ? end : momentBeside(shown, from, "left"));
    else if ((key === "Enter" || key === "Escape") && cursor) move(undefined);
    else if (key === "Enter") stand(from);
  }

  const x = at === undefined ? 0 : xOf(plot, at);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the drawing do the same
    <div
      className={classes.surface}
      ref={box}
      style={{ width, height }}
      onMouseMove={(event) => follow(event, event.currentTarget)}
      onMouseLeave={() => move(undefined)}
      onTouchMove={(event) => {
        const finger = event.touches[0];
        if (finger) follow(finger, event.currentTarget);
      }}
    >
      <svg
        className={classes.drawing}
        width={width}
        height={height}
        role="application"
        aria-label={title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys move the cursor
        tabIndex={0}
        onFocus={(event) => {
          if (event.currentTarget.matches(":focus-visible"))
            stand(last.current === undefined ? shown[0] : nearestMoment(shown, last.current));
        }}
        onBlur={() => move(undefined)}
        onKeyDown={onKeyDown}
      >
        {children}
        {at !== undefined && (
          <>
            <line x1={x} x2={x} y1={plot.top} y2={plot.top + plot.height} stroke="var(--lw-text-quiet)" />
            <Clip plot={plot}>
              {dotsAt?.(at).map(({ value, colour }) => (
                <circle cx={x} cy={yOf(plot, value)} r={3} fill={colour} key={`${value} ${colour}`} />
              ))}
            </Clip>
          </>
        )}
      </svg>
      {at !== undefined && cursor && (cardName === undefined || cursor.isOwn) && (
        <Card plot={plot} x={x} y={plot.top + cursor.height * plot.height}>
          <ChartTooltip title={titleAt(at)} lines={linesAt(at)} isOrdered={cardName !== undefined} />
        </Card>
      )}
    </div>
  );
}

/** Renders what ends at the edges of the plot. */
export function Clip({ plot, children }: { plot: Plot; children: ReactNode }) {
  const { left, top, width, height } = plot;
  return (
    <svg
      x={left}
      y={top}
      width={width}
      height={height}
      viewBox={`${left} ${top} ${width} ${height}`}
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

function Card({ plot, x, y, children }: { plot: Plot; x: number; y: number; children: ReactNode }) {
  const card = useRef<HTMLDivElement>(null);
  // Its size is known once it is rendered.
  useLayoutEffect(() => {
    if (!card.current) return;
    const { offsetWidth: width, offsetHeight: height } = card.current;
    const { left, top } = placeCard(plot, { x, y }, { width, height });
    card.current.style.transform = `translate(${left}px, ${top}px)`;
  });
  return (
    <div className={classes.card} ref={card}>
      {children}
    </div>
  );
}
