import { parsedJson } from "#components/ui/parsed-json.ts";
import { type AxisValue, numberAt, positionOn, type Rest, type ValueAxis } from "./value-axis.ts";

/** A part of an axis: between two numbers, these words, or what rests below it. */
export type Brush = { from: number; to: number } | { words: string[] } | { rest: Rest };

/** Part of an axis as it is drawn: shares from its lower end, 0 to 1. */
export interface Span {
  low: number;
  high: number;
}

/** Returns whether a value lies within a brush. */
export function isInBrush(axis: ValueAxis, brush: Brush, value: AxisValue): boolean {
  const position = positionOn(axis, value);
  if ("rest" in brush) return "rest" in position && position.rest === brush.rest;
  if ("rest" in position) return false;
  if ("words" in brush) return brush.words.includes(String(value));
  return axis.scale !== "category" && Number(value) >= brush.from && Number(value) <= brush.to;
}

/** Returns the brush of a selected part of an axis; undefined when it contains no category. */
export function brushOf(axis: ValueAxis, { low, high }: Span): Brush | undefined {
  if (axis.scale === "category") {
    const words = axis.categories.filter((word) => {
      const position = positionOn(axis, word);
      return "at" in position && position.at >= low - 1e-9 && position.at <= high + 1e-9;
    });
    return words.length > 0 ? { words } : undefined;
  }
  return { from: rounded(axis, low), to: rounded(axis, high) };
}

/** Rounds a value to four significant digits; the axis's ends stay exact, so that the extremes are included. */
function rounded(axis: ValueAxis, share: number): number {
  const value = numberAt(axis, share);
  return share <= 0 || share >= 1 ? value : Number(value.toPrecision(4));
}

/** Returns the part of an axis that a brush covers; undefined for values that rest below it or lie outside. */
export function spanOf(axis: ValueAxis, brush: Brush): Span | undefined {
  if ("rest" in brush) return undefined;
  if ("from" in brush && axis.scale === "category") return undefined;
  const ends = "words" in brush ? brush.words.filter((word) => axis.categories.includes(word)) : [brush.from, brush.to];
  const positions = ends
    .map((end) => positionOn(axis, clamp(axis, end)))
    .flatMap((position) => ("at" in position ? [position.at] : []));
  if (positions.length === 0) return undefined;
  return { low: Math.min(...positions), high: Math.max(...positions) };
}

function clamp(axis: ValueAxis, value: AxisValue): AxisValue {
  return typeof value === "number" ? Math.min(axis.high, Math.max(axis.low, value)) : value;
}

const step = 0.05;

/**
 * Returns the range after a key press: ↑ ↓ move it, with Shift its upper edge, with Alt its lower edge; without a range they start with the
 * upper or lower half. Undefined clears it. Other keys return the same range.
 */
export function spanByKey(
  span: Span | undefined,
  { key, shiftKey, altKey }: { key: string; shiftKey: boolean; altKey: boolean },
): Span | undefined {
  if (key === "Delete" || key === "Backspace" || key === "Escape") return undefined;
  if (key !== "ArrowUp" && key !== "ArrowDown") return span;
  const by = key === "ArrowUp" ? step : -step;
  if (!span) return by > 0 ? { low: 0.5, high: 1 } : { low: 0, high: 0.5 };
  const { low, high } = span;
  if (shiftKey) return { low, high: Math.min(1, Math.max(low, high + by)) };
  if (altKey) return { low: Math.max(0, Math.min(high, low + by)), high };
  const shift = Math.min(Math.max(by, -low), 1 - high);
  return { low: low + shift, high: high + shift };
}

/** Formats a brush for an address: `0.9..1`, `["cnn"]`, `nan`. */
export function writeBrush(brush: Brush): string {
  if ("rest" in brush) return brush.rest;
  return "words" in brush ? JSON.stringify(brush.words) : `${brush.from}..${brush.to}`;
}

/** Parses a brush from an address; undefined for invalid text. */
export function readBrush(text: string): Brush | undefined {
  if (text === "nan" || text === "missing") return { rest: text };
  if (text.startsWith("[")) return parseCategories(text);
  const [from = Number.NaN, to = Number.NaN] = text
    .split("..")
    .map((part) => (part === "" ? Number.NaN : Number(part)));
  return Number.isFinite(from) && Number.isFinite(to) && to >= from ? { from, to } : undefined;
}

function parseCategories(text: string): Brush | undefined {
  // The URL may have been truncated.
  const words = parsedJson(text);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return { words };
  return undefined;
}
