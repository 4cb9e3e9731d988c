/** A rectangle in percent of a picture, from its upper left corner. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Smallest side of a box, in percent: a click that slipped makes none. */
const minSide = 0.5;

/** Corners and sides by which a box is resized: compass points. */
export const handles = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof handles)[number];

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Rounds to a hundredth of a percent: a tenth of a pixel of a picture 1,000 wide. */
const round = (value: number) => Math.round(value * 100) / 100;

/** Rounds the edges, not the sides: a side rounded for itself can reach beyond the picture. */
function rounded({ x, y, width, height }: Rectangle): Rectangle {
  const [left, top] = [round(x), round(y)];
  return { x: left, y: top, width: round(round(x + width) - left), height: round(round(y + height) - top) };
}

/** Converts a place on screen to percent of the picture, kept inside it. @param frame the picture's edges on screen, in pixels */
export function pointOf(frame: { left: number; top: number; width: number; height: number }, at: Point): Point {
  return {
    x: clamp(((at.x - frame.left) / frame.width) * 100, 0, 100),
    y: clamp(((at.y - frame.top) / frame.height) * 100, 0, 100),
  };
}

/** Returns the box between two corners; undefined if it is smaller than a box can be. */
export function boxBetween(from: Point, to: Point): Rectangle | undefined {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  if (right - left < minSide || bottom - top < minSide) return undefined;
  return rounded({ x: left, y: top, width: right - left, height: bottom - top });
}

/** Moves a box without changing its size; it stays inside the picture. */
export function moveBox(box: Rectangle, dx: number, dy: number): Rectangle {
  const [width, height] = [round(box.width), round(box.height)];
  return {
    x: clamp(round(box.x + dx), 0, round(100 - width)),
    y: clamp(round(box.y + dy), 0, round(100 - height)),
    width,
    height,
  };
}

/** Moves the sides that belong to a handle. A side stops at the picture's edge and shortly before the opposite side. */
export function resizeBox(box: Rectangle, handle: Handle, dx: number, dy: number): Rectangle {
  let [left, top, right, bottom] = [box.x, box.y, box.x + box.width, box.y + box.height];
  if (handle.includes("w")) left = clamp(left + dx, 0, right - minSide);
  if (handle.includes("e")) right = clamp(right + dx, left + minSide, 100);
  if (handle.includes("n")) top = clamp(top + dy, 0, bottom - minSide);
  if (handle.includes("s")) bottom = clamp(bottom + dy, top + minSide, 100);
  return rounded({ x: left, y: top, width: right - left, height: bottom - top });
}

/** Returns the index of the smallest box around a point; undefined where there is none. */
export function boxAt(boxes: readonly Rectangle[], { x, y }: Point): number | undefined {
  let found: number | undefined;
  for (const [index, box] of boxes.entries()) {
    const isInside = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    const other = found === undefined ? undefined : boxes[found];
    if (isInside && (!other || box.width * box.height < other.width * other.height)) found = index;
  }
  return found;
}

/** Returns a box in the middle of the part of the picture that is in view. */
export function middleBox(view: Rectangle): Rectangle {
  return rounded({
    x: view.x + view.width * 0.375,
    y: view.y + view.height * 0.375,
    width: view.width * 0.25,
    height: view.height * 0.25,
  });
}
