"use client";

import { type PointerEvent, type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import type { BoxValue } from "#server/improve/labelling/contract.ts";
import type { BoxDraft, BoxStep } from "./box-editor.ts";
import {
  boxBetween,
  type Handle,
  handles,
  moveBox,
  type Point,
  pointOf,
  type Rectangle,
  resizeBox,
} from "./box-geometry.ts";
import classes from "./boxes.module.css";
import { type PictureView, panBy, zoomAt } from "./picture-view.ts";

interface BoxPictureProps {
  view: PictureView;
  onView: (change: (view: PictureView) => PictureView) => void;
  /** Width by height of the picture. */
  aspect: number;
  /** The picture, which fills its parent. */
  children: ReactNode;
  /** Boxes that can be drawn; without it the picture can only be enlarged. */
  drawing?: {
    draft: BoxDraft;
    step: (step: BoxStep) => void;
    titleOf: (label: string) => string;
    /** Predictions that are on screen. */
    suggestions: readonly BoxValue[];
  };
}

type Drag =
  | { kind: "draw"; from: Point }
  | { kind: "move"; from: Point; box: Rectangle }
  | { kind: "resize"; from: Point; box: Rectangle; handle: Handle }
  | { kind: "pan"; at: Point };

/** Renders a picture that can be enlarged, with boxes: drag to draw, move and resize; two fingers enlarge and move the picture. */
export function BoxPicture({ view, onView, aspect, children, drawing }: BoxPictureProps) {
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag>(undefined);
  const fingers = useRef(new Map<number, Point>());
  const [sketch, setSketch] = useState<Rectangle>();

  /** Returns a place on screen in percent of the picture, and in percent of what is in view. */
  function placeOf(event: { clientX: number; clientY: number }): Point {
    const edges = frame.current?.getBoundingClientRect();
    if (!edges) return { x: 0, y: 0 };
    const inView = pointOf(edges, { x: event.clientX, y: event.clientY });
    return { x: view.x + inView.x / view.scale, y: view.y + inView.y / view.scale };
  }

  const wheel = useEffectEvent((event: WheelEvent) => {
    const isZoom = event.ctrlKey || event.metaKey;
    if (!isZoom && view.scale === 1) return;
    event.preventDefault();
    const at = placeOf(event);
    if (isZoom) onView((before) => zoomAt(before, at, Math.exp(-event.deltaY / 200)));
    else onView((before) => panBy(before, event.deltaX / 10 / before.scale, event.deltaY / 10 / before.scale));
  });
  useEffect(() => {
    const element = frame.current;
    const listen = (event: WheelEvent) => wheel(event);
    // React's own listeners cannot keep the page from scrolling.
    element?.addEventListener("wheel", listen, { passive: false });
    return () => element?.removeEventListener("wheel", listen);
  }, []);

  function press(event: PointerEvent<HTMLElement>) {
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.current.size > 1 || event.button === 1 || !drawing) {
      drag.current = { kind: "pan", at };
      setSketch(undefined);
      return;
    }
    if (event.button !== 0) return;
    const target = event.target as HTMLElement;
    const { boxes, selected } = drawing.draft;
    const handle = target.dataset.handle as Handle | undefined;
    const index = handle ? selected : target.dataset.box === undefined ? null : Number(target.dataset.box);
    const box = index === null ? undefined : boxes[index];
    if (!box || index === null) drag.current = { kind: "draw", from: at };
    else if (handle) drag.current = { kind: "resize", from: at, box, handle };
    else {
      drawing.step({ kind: "select", index });
      drag.current = { kind: "move", from: at, box };
    }
  }

  function move(event: PointerEvent<HTMLElement>) {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    fingers.current.set(event.pointerId, now);
    if (fingers.current.size === 2) return pinch(event.pointerId, before, now);
    const at = placeOf(event);
    const dragged = drag.current;
    if (!dragged) return;
    switch (dragged.kind) {
      case "draw":
        return setSketch(boxBetween(dragged.from, at));
      case "move":
        return drawing?.step({
          kind: "place",
          box: moveBox(dragged.box, at.x - dragged.from.x, at.y - dragged.from.y),
        });
      case "resize": {
        const { from, box, handle } = dragged;
        return drawing?.step({ kind: "place", box: resizeBox(box, handle, at.x - from.x, at.y - from.y) });
      }
      case "pan":
        return onView((view) => panBy(view, dragged.at.x - at.x, dragged.at.y - at.y));
    }
  }

  /** Two fingers: their distance enlarges, their middle moves. */
  function pinch(id: number, before: Point, now: Point) {
    const other = [...fingers.current].find(([key]) => key !== id)?.[1];
    const edges = frame.current?.getBoundingClientRect();
    if (!other || !edges) return;
    const distance = (a: Point) => Math.hypot(a.x - other.x, a.y - other.y);
    const factor = distance(now) / Math.max(1, distance(before));
    const middle = placeOf({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
    const dx = ((now.x - before.x) / 2 / edges.width) * 100;
    const dy = ((now.y - before.y) / 2 / edges.height) * 100;
    onView((view) => panBy(zoomAt(view, middle, factor), -dx / view.scale, -dy / view.scale));
  }

  function release(event: PointerEvent<HTMLElement>) {
    fingers.current.delete(event.pointerId);
    const dragged = drag.current;
    drag.current = undefined;
    setSketch(undefined);
    if (dragged?.kind !== "draw" || !drawing) return;
    const box = boxBetween(dragged.from, placeOf(event));
    drawing.step(box ? { kind: "draw", box } : { kind: "select", index: null });
  }

  const onScreen = (box: Rectangle) => ({
    left: `${(box.x - view.x) * view.scale}%`,
    top: `${(box.y - view.y) * view.scale}%`,
    width: `${box.width * view.scale}%`,
    height: `${box.height * view.scale}%`,
  });
  return (
    <div
      className={classes.frame}
      ref={frame}
      style={{ aspectRatio: aspect, "--aspect": aspect } as React.CSSProperties}
      data-drawing={drawing ? true : undefined}
      data-zoomed={view.scale > 1 || undefined}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
    >
      <div className={classes.picture} style={onScreen({ x: 0, y: 0, width: 100, height: 100 })}>
        {children}
      </div>
      {drawing?.suggestions.map((box, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: predictions do not change
        <div className={classes.suggestion} style={onScreen(box)} key={index}>
          <span className={classes.tag}>{drawing.titleOf(box.label)}</span>
        </div>
      ))}
      {drawing?.draft.boxes.map((box, index) => (
        <div
          className={classes.box}
          style={onScreen(box)}
          data-box={index}
          data-selected={index === drawing.draft.selected || undefined}
          // biome-ignore lint/suspicious/noArrayIndexKey: boxes are known by their place in the list
          key={index}
        >
          <span className={classes.tag} data-below={box.y < 6 || undefined} data-box={index}>
            {drawing.titleOf(box.label)}
          </span>
          {index === drawing.draft.selected &&
            handles.map((handle) => <span className={classes.handle} data-handle={handle} key={handle} />)}
        </div>
      ))}
      {sketch && <div className={classes.sketch} style={onScreen(sketch)} />}
    </div>
  );
}
