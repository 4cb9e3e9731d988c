// biome-ignore-all lint/a11y/useSemanticElements: cells that are set by keys; a table would be read as data
"use client";

import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { InputValue } from "#components/serve/tensors/elements.ts";
import type { ImageSpec } from "#components/serve/tensors/fields.ts";
import { shareAt, toRange } from "#components/serve/tensors/image-tensor.ts";
import { formatNumber } from "#components/ui/format.ts";
import classes from "./pixel-grid.module.css";

interface PixelGridProps {
  value: InputValue;
  spec: ImageSpec;
  /** Width in CSS pixels. */
  size: number;
  onChange: (value: InputValue) => void;
}

const steps: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Shows the model's input pixel by pixel, as a keyboard alternative to drawing: arrows move, Space turns a pixel white or black,
 * 0 to 9 set its brightness. Greyscale images only.
 */
export function PixelGrid({ value, spec, size, onChange }: PixelGridProps) {
  const { width, height } = spec;
  const [at, setAt] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const helpId = useId();

  function set(index: number, share: number) {
    const data = [...value.data];
    data[index] = toRange(share, spec);
    onChange({ shape: value.shape, data });
  }
  function press(event: KeyboardEvent) {
    const step = steps[event.key];
    if (step) {
      const x = Math.min(width - 1, Math.max(0, (at % width) + step[0]));
      const y = Math.min(height - 1, Math.max(0, Math.floor(at / width) + step[1]));
      const next = y * width + x;
      setAt(next);
      grid.current?.querySelectorAll<HTMLElement>("[data-pixel]")[next]?.focus();
    } else if (event.key === " ") set(at, (shareAt(value, spec, at)[0] ?? 0) < 0.5 ? 1 : 0);
    else if (/^\d$/.test(event.key) && !event.ctrlKey && !event.metaKey) set(at, Number(event.key) / 9);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={classes.root}>
      <div
        className={classes.grid}
        ref={grid}
        role="grid"
        tabIndex={-1}
        aria-label="Model input"
        aria-describedby={helpId}
        style={{ width: size, height: (size * height) / width, gridTemplateColumns: `repeat(${width}, 1fr)` }}
        onKeyDown={press}
      >
        {positions(height).map((y) => (
          <div className={classes.row} role="row" tabIndex={-1} key={y}>
            {positions(width).map((x) => {
              const index = y * width + x;
              return (
                <Pixel value={value} spec={spec} index={index} isCurrent={index === at} onFocus={setAt} key={index} />
              );
            })}
          </div>
        ))}
      </div>
      <span className="lw-hidden" id={helpId}>
        Use the arrow keys to move, Space to toggle a pixel, 0 to 9 to set its brightness.
      </span>
    </div>
  );
}

function positions(count: number): number[] {
  return [...Array(count).keys()];
}

interface PixelProps {
  value: InputValue;
  spec: ImageSpec;
  index: number;
  isCurrent: boolean;
  onFocus: (index: number) => void;
}

function Pixel({ value, spec, index, isCurrent, onFocus }: PixelProps) {
  const [share = 0] = shareAt(value, spec, index);
  const grey = Math.round(share * 255);
  const rangeText = `Row ${Math.floor(index / spec.width) + 1}, column ${(index % spec.width) + 1}`;
  return (
    <div
      className={classes.pixel}
      data-pixel
      role="gridcell"
      tabIndex={isCurrent ? 0 : -1}
      aria-label={`${rangeText}: ${formatNumber(Number(value.data[index]))}`}
      style={{ background: `rgb(${grey} ${grey} ${grey})` }}
      onFocus={() => onFocus(index)}
    />
  );
}
