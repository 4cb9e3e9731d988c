"use client";

import { Button, Checkbox, Slider } from "@mantine/core";
import { IconArrowBackUp, IconEraser } from "@tabler/icons-react";
import { type PointerEvent, useEffect, useRef, useState } from "react";
import type { InputValue } from "#components/serve/tensors/elements.ts";
import type { ImageSpec } from "#components/serve/tensors/fields.ts";
import { toTensor } from "#components/serve/tensors/image-tensor.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { keysAreFree } from "#components/ui/keys.ts";
import { drawStrokes, pixelsOfStrokes } from "./canvas-2d.ts";
import classes from "./draw-pad.module.css";
import { asDrawn, centred, marginFor, type Point, type Stroke } from "./strokes.ts";

interface DrawPadProps {
  spec: ImageSpec;
  shape: number[];
  /** Called after each stroke, undo and clear. */
  onChange: (value: InputValue) => void;
}

const padPixels = 608;

/** Draws with a pen; the model gets it at its own size after every stroke. Z takes a stroke back, X clears. */
export function DrawPad({ spec, shape, onChange }: DrawPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Stroke>(undefined);
  const [strokes, setStrokes] = useState<Stroke[]>([]);
  const [penPercent, setPenPercent] = useState(12);
  const [isCentred, setIsCentred] = useState(spec.width === spec.height && spec.width <= 64);
  const ratio = spec.height / spec.width;

  function paint(extra?: Stroke) {
    if (canvas.current) drawStrokes(canvas.current, extra ? [...strokes, extra] : strokes, asDrawn);
  }
  function finish(next: Stroke[], centre = isCentred) {
    setStrokes(next);
    const placement = centre ? centred(next, marginFor(spec.width)) : asDrawn;
    onChange(toTensor(pixelsOfStrokes(next, placement, spec.width, spec.height), spec, shape));
  }
  useEffect(() => paint());
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      const key = event.key.toLowerCase();
      if ((key !== "z" && key !== "x") || !keysAreFree(event)) return;
      event.preventDefault();
      finish(key === "z" ? strokes.slice(0, -1) : []);
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });

  function pointOf(event: PointerEvent<HTMLCanvasElement>): Point {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }
  function start(event: PointerEvent<HTMLCanvasElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = { points: [pointOf(event)], width: penPercent / 100 };
    paint(drawing.current);
  }
  function move(event: PointerEvent<HTMLCanvasElement>) {
    if (!drawing.current) return;
    drawing.current.points.push(pointOf(event));
    paint(drawing.current);
  }
  function end() {
    if (!drawing.current) return;
    finish([...strokes, drawing.current]);
    drawing.current = undefined;
  }

  return (
    <div className={classes.root}>
      <canvas
        className={classes.pad}
        ref={canvas}
        width={padPixels}
        height={Math.round(padPixels * ratio)}
        role="img"
        aria-label="Drawing pad. With the keyboard, use the pixel grid below or raw JSON."
        onPointerDown={start}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      />
      <div className={classes.tools}>
        <Button
          variant="default"
          size="xs"
          disabled={strokes.length === 0}
          leftSection={<IconArrowBackUp size={15} stroke={1.8} aria-hidden="true" />}
          rightSection={<Keys keys={["Z"]} />}
          onClick={() => finish(strokes.slice(0, -1))}
        >
          Undo
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={strokes.length === 0}
          leftSection={<IconEraser size={15} stroke={1.8} aria-hidden="true" />}
          rightSection={<Keys keys={["X"]} />}
          onClick={() => finish([])}
        >
          Clear
        </Button>
        <span className={classes.pen}>
          <span className="lw-small lw-muted">Pen</span>
          <Slider
            className={classes.slider}
            size="xs"
            min={2}
            max={24}
            value={penPercent}
            onChange={setPenPercent}
            label={null}
            thumbLabel="Pen width, % of pad"
          />
        </span>
      </div>
      <Checkbox
        size="xs"
        label="Centre and scale to fit"
        checked={isCentred}
        onChange={(event) => {
          setIsCentred(event.currentTarget.checked);
          finish(strokes, event.currentTarget.checked);
        }}
      />
    </div>
  );
}
