/** A point on the pad, 0 to 1 from the left and from the top. */
export interface Point {
  x: number;
  y: number;
}

export interface Stroke {
  points: Point[];
  /** Width of the pen as a share of the pad. */
  width: number;
}

/** Scale and offset with which a drawing fills the image as in the training images. */
export interface Placement {
  scale: number;
  /** Added after scaling. */
  left: number;
  top: number;
}

export const asDrawn: Placement = { scale: 1, left: 0, top: 0 };

/** Returns the margin around a centred drawing: none in very small images, otherwise 4 of 28 pixels as in MNIST. */
export function marginFor(size: number): number {
  return size < 16 ? 0 : 1 / 7;
}

/** Enlarges or shrinks a drawing, ink and all, to the middle of the picture. `margin` is a share of the side. */
export function centred(strokes: readonly Stroke[], margin: number): Placement {
  let [left, top, right, bottom] = [1, 1, 0, 0];
  for (const { points, width } of strokes) {
    for (const { x, y } of points) {
      left = Math.min(left, x - width / 2);
      right = Math.max(right, x + width / 2);
      top = Math.min(top, y - width / 2);
      bottom = Math.max(bottom, y + width / 2);
    }
  }
  const size = Math.max(right - left, bottom - top);
  if (!(size > 0)) return asDrawn;
  const scale = (1 - 2 * margin) / size;
  return { scale, left: 0.5 - ((left + right) / 2) * scale, top: 0.5 - ((top + bottom) / 2) * scale };
}
