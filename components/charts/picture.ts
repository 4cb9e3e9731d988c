import { type BandPoint, measured, type Point, type Series, thin } from "./prepare.ts";
import { smooth } from "./smooth.ts";

/** Drawn parts of a series. */
export interface Picture {
  /** Points of the line, smoothed if requested. */
  points: Point[];
  /** The line as it was measured, behind a smoothed one; the same as `points` without smoothing. */
  raw: Point[];
  /** Unbroken pieces of the band. */
  bands: BandPoint[][];
}

export interface PictureOptions {
  /** Width in px: at most two points per pixel. */
  width: number;
  /** 0 to below 1. */
  smoothing?: number | undefined;
  /** Whether the axis is logarithmic: values at or below zero cannot be drawn. */
  log?: boolean | undefined;
}

/**
 * Computes the drawn points of a series for a width in pixels. The lowest and highest value, of raw line and bands together, are those of
 * the series (on a logarithmic axis: of its values above zero), regardless of width and smoothing.
 */
export function pictureOf(series: Series, { width, smoothing = 0, log = false }: PictureOptions): Picture {
  const most = Math.max(200, width * 2);
  const drawable = series.points.map(({ at, value }) => ({ at, value: isDrawable(value, log) ? value : null }));
  const raw = thin(drawable, most);
  return {
    raw,
    points: smoothing > 0 ? thin(smooth(drawable, smoothing), most) : raw,
    bands: bandsOf(series, log).map((piece) => thinBand(piece, most)),
  };
}

function isDrawable(value: number | null, log: boolean): value is number {
  return value !== null && Number.isFinite(value) && (!log || value > 0);
}

/** Returns the band, broken at the same gaps as the points. On a logarithmic axis it ends at its lowest known value above zero. */
function bandsOf({ band = [], points }: Series, log: boolean): BandPoint[][] {
  const gaps = points.filter((point) => !measured(point)).map(({ at }) => at);
  const pieces: BandPoint[][] = [];
  let next = 0;
  let open: BandPoint[] | undefined;
  for (const { at, low, high } of band) {
    while (next < gaps.length && (gaps[next] ?? 0) < at) {
      open = undefined;
      next += 1;
    }
    if (!isDrawable(high, log) || !Number.isFinite(low)) {
      open = undefined;
      continue;
    }
    if (!open) {
      open = [];
      pieces.push(open);
    }
    open.push({ at, high, low: isDrawable(low, log) ? low : high });
  }
  return pieces;
}

/** Reduces a band to at most `most` points, each with the lowest and highest value of the points it replaces. */
export function thinBand(band: readonly BandPoint[], most: number): BandPoint[] {
  if (band.length <= most) return [...band];
  return Array.from({ length: most }, (_, bucket) => {
    const from = Math.floor((bucket * band.length) / most);
    const members = band.slice(from, Math.floor(((bucket + 1) * band.length) / most));
    return {
      at: members[Math.floor(members.length / 2)]?.at ?? 0,
      low: members.reduce((low, member) => Math.min(low, member.low), Number.POSITIVE_INFINITY),
      high: members.reduce((high, member) => Math.max(high, member.high), Number.NEGATIVE_INFINITY),
    };
  });
}

/** Returns the minimum and maximum of all drawn values; undefined without any. */
export function valueExtent(pictures: readonly Picture[]): { low: number; high: number } | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { raw, bands } of pictures) {
    for (const { value } of raw) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    for (const point of bands.flat()) {
      low = Math.min(low, point.low);
      high = Math.max(high, point.high);
    }
  }
  return low <= high ? { low, high } : undefined;
}

/** Counts the measured values that a logarithmic axis cannot show. */
export function countNotAboveZero(series: readonly Series[]): number {
  let count = 0;
  for (const { points } of series) for (const point of points) if (measured(point) && point.value <= 0) count += 1;
  return count;
}
