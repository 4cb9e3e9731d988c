/** A point of a chart with a name, in pixels. */
export interface NamedPoint {
  id: string;
  x: number;
  y: number;
  label: string;
}

export interface PlacedName {
  /** Side of the point: "start" is to its right, "end" to its left. */
  anchor: "start" | "end";
  /** Offset of the text's start or end from the point. */
  dx: number;
  dy: number;
}

/** Width of a character in 11 px type, rounded up slightly. */
const characterWidth = 6.4;
const lineHeight = 13;
/** Between a point and its name. */
const gap = 10;
const shifts = [0, lineHeight, -lineHeight, 2 * lineHeight, -2 * lineHeight, 3 * lineHeight, -3 * lineHeight];

interface Box {
  left: number;
  right: number;
  middle: number;
}

/**
 * Places the names of points so that none leaves the picture or overlaps another: right of the point if possible, else left, shifted
 * up or down by lines. A name that does not fit is omitted; the point's tooltip still shows it.
 */
export function placeNames(
  points: readonly NamedPoint[],
  { width, height }: { width: number; height: number },
): Map<string, PlacedName> {
  const occupied: Box[] = [];
  const placed = new Map<string, PlacedName>();
  for (const { id, x, y, label } of points.toSorted((a, b) => a.y - b.y || a.x - b.x)) {
    const length = label.length * characterWidth;
    const candidates = shifts.flatMap((dy) => [
      { anchor: "start" as const, dx: gap, dy, box: { left: x + gap, right: x + gap + length, middle: y + dy } },
      { anchor: "end" as const, dx: -gap, dy, box: { left: x - gap - length, right: x - gap, middle: y + dy } },
    ]);
    const free = candidates.find(
      ({ box }) => fits(box, width, height) && occupied.every((each) => !overlaps(each, box)),
    );
    if (!free) continue;
    occupied.push(free.box);
    placed.set(id, { anchor: free.anchor, dx: free.dx, dy: free.dy });
  }
  return placed;
}

function fits({ left, right, middle }: Box, width: number, height: number): boolean {
  return left >= 0 && right <= width && middle >= lineHeight / 2 && middle <= height - lineHeight / 2;
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && Math.abs(a.middle - b.middle) < lineHeight;
}
