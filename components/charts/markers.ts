import { plural } from "#components/ui/format.ts";

export type MarkerKind = "deploy" | "data" | "config" | "incident" | "label";

/** A change that may explain what the lines do. */
export interface Marker {
  at: number;
  /** Short: "v14 to 25%". */
  label: string;
  kind: MarkerKind;
  /** The suspected one is inverted, with a solid line. */
  suspected?: boolean;
  href?: string;
}

export interface PlacedMarker extends Marker {
  /** Distance from the left edge of the plot in px. */
  x: number;
  /** Number of changes that this marker represents. */
  count: number;
}

/** Places markers on a plot; those closer than `nearest` px merge into one, "3 changes". A suspected one leads its group. */
export function placeMarkers(
  markers: readonly Marker[],
  plot: { from: number; to: number; width: number },
  nearest = 24,
): PlacedMarker[] {
  const scale = plot.to > plot.from ? plot.width / (plot.to - plot.from) : 0;
  const placed: PlacedMarker[] = [];
  for (const marker of [...markers].sort((a, b) => a.at - b.at)) {
    if (marker.at < plot.from || marker.at > plot.to) continue;
    const x = (marker.at - plot.from) * scale;
    const before = placed.at(-1);
    if (!before || x - before.x >= nearest) {
      placed.push({ ...marker, x, count: 1 });
      continue;
    }
    const count = before.count + 1;
    const lead = marker.suspected && !before.suspected ? { ...marker, x } : before;
    placed[placed.length - 1] = { ...lead, count, label: plural(count, "change") };
  }
  return placed;
}

const halfSquare = 9;
const letterWidth = 6.2;

/** Returns the side on which the name of each marker fits: right of its square, else left, else none (shown on hover only). */
export function nameSides(placed: readonly PlacedMarker[], plotWidth: number): ("right" | "left" | "none")[] {
  let occupied = 0;
  return placed.map(({ x, label }, index) => {
    const length = halfSquare + 5 + label.length * letterWidth;
    const next = placed[index + 1];
    const fitsRight = x + length <= (next ? next.x - halfSquare : plotWidth);
    const fitsLeft = x - length >= occupied;
    occupied = fitsRight ? x + length : x + halfSquare;
    return fitsRight ? "right" : fitsLeft ? "left" : "none";
  });
}
