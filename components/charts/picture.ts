import { type BandPoint, measured, type Point, type Series, thin } from "./prepare.ts";
import { smooth } from "./smooth.ts";

/** What of a series is drawn. */
export interface Picture {
  /** The line, smoothed when that was asked for. */
  points: Point[];
  /** The line as it was measured, behind a smoothed one; the same as `points` without smoothing. */
  raw: Point[];
  /** Unbroken pieces of the band. */
  bands: BandPoint[][];
}

export interface PictureOptions {
  /** Width in px: two points per pixel at most. */
  width: number;
  /** 0 to below 1. */
  smoothing?: number | undefined;
  /** Values at or below zero have no place. */
  log?: boolean | undefined;
}

/**
 * What is drawn of a series in so many pixels. Its lowest and highest value, of raw line and bands together, are those of the
 * series (on a logarithmic axis: of its values above zero), whatever the width and the smoothing.
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

/** The band, broken where the points are. On a logarithmic axis it ends at the lowest value above zero that is known of it. */
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

/** At most `most` points of a band: each stands for the lowest and highest of its neighbours. */
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

/** Lowest and highest of all that is drawn; undefined when nothing is. */
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

/** How many measured values a logarithmic axis cannot show. */
export function countNotAboveZero(series: readonly Series[]): number {
  let count = 0;
  for (const { points } of series) for (const point of points) if (measured(point) && point.value <= 0) count += 1;
  return count;
}
