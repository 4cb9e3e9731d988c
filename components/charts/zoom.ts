import { isNumeral } from "#server/base/text/is-numeral.ts";
import type { Range } from "./prepare.ts";

/** Returns the range for a zoom key: "=" wider, "-" narrower, "[" and "]" left and right. Undefined: complete range or other key. */
export function zoomByKey(key: string, shown: Range, fullRange: Range): Range | undefined {
  const width = shown.to - shown.from;
  const middle = (shown.from + shown.to) / 2;
  if (key === "-") return { from: middle - width / 4, to: middle + width / 4 };
  if (key === "=") return within({ from: middle - width, to: middle + width }, fullRange);
  if (key === "[" || key === "]") {
    const by = (width / 2) * (key === "[" ? -1 : 1);
    const shift = Math.min(Math.max(by, fullRange.from - shown.from), fullRange.to - shown.to);
    return within({ from: shown.from + shift, to: shown.to + shift }, fullRange);
  }
  return undefined;
}

/** Returns the handler of the zoom keys of a chart: those above, and Z, which resets the zoom. */
export function zoomKeys(
  onZoom: (range: Range | undefined) => void,
  shown: Range,
  fullRange: Range,
): (key: string) => boolean {
  return (key) => {
    if (key === "z") onZoom(undefined);
    else if ("=-[]".includes(key)) onZoom(zoomByKey(key, shown, fullRange));
    else return false;
    return true;
  };
}

function within(range: Range, fullRange: Range): Range | undefined {
  const from = Math.max(fullRange.from, range.from);
  const to = Math.min(fullRange.to, range.to);
  return from <= fullRange.from && to >= fullRange.to ? undefined : { from, to };
}

/** Formats a range for an address: "12..80". */
export function writeRange({ from, to }: Range): string {
  return `${short(from)}..${short(to)}`;
}

/** Parses a range from an address; undefined for invalid text. */
export function readRange(text: string | undefined): Range | undefined {
  const [from = "", to = "", ...others] = (text ?? "").split("..");
  if (!isNumeral(from) || !isNumeral(to) || others.length > 0) return undefined;
  const range = { from: Number(from), to: Number(to) };
  return Number.isFinite(range.from) && Number.isFinite(range.to) && range.to > range.from ? range : undefined;
}

function short(value: number): string {
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(6)));
}
