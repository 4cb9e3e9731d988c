import type { Point, Rectangle } from "./box-geometry.ts";

/** What of a picture is in view: how much it is enlarged, and its left upper corner in percent of the picture. */
export interface PictureView {
  scale: number;
  x: number;
  y: number;
}

export const wholePicture: PictureView = { scale: 1, x: 0, y: 0 };
const maxScale = 16;

function inside({ scale, x, y }: PictureView): PictureView {
  const most = 100 - 100 / scale;
  return { scale, x: Math.min(most, Math.max(0, x)), y: Math.min(most, Math.max(0, y)) };
}

/** Enlarges by a factor, so that a point of the picture (in percent) stays where it is on screen. */
export function zoomAt(view: PictureView, { x, y }: Point, factor: number): PictureView {
  const scale = Math.min(maxScale, Math.max(1, view.scale * factor));
  const shrink = view.scale / scale;
  return inside({ scale, x: x - (x - view.x) * shrink, y: y - (y - view.y) * shrink });
}

/** Moves the view by a distance in percent of the picture. */
export function panBy(view: PictureView, dx: number, dy: number): PictureView {
  return inside({ ...view, x: view.x + dx, y: view.y + dy });
}

/** Returns the part of the picture in view, in percent. */
export function partInView({ scale, x, y }: PictureView): Rectangle {
  return { x, y, width: 100 / scale, height: 100 / scale };
}

/** Returns the middle of the part in view. */
export function middleOf(view: PictureView): Point {
  const part = partInView(view);
  return { x: part.x + part.width / 2, y: part.y + part.height / 2 };
}
