import type { Pixels } from "#components/serve/tensors/image-tensor.ts";
import type { Placement, Stroke } from "./strokes.ts";

/** Maximum side length read from an image; a higher resolution is lost in the few pixels of a model's input. */
const maxSide = 1024;

/** Draws strokes in white on black, `size` pixels wide. */
export function drawStrokes(canvas: HTMLCanvasElement, strokes: readonly Stroke[], placement: Placement): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  const { scale, left, top } = placement;
  context.fillStyle = "#000";
  context.fillRect(0, 0, width, height);
  context.strokeStyle = "#fff";
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.lineWidth = stroke.width * scale * width;
    context.beginPath();
    for (const { x, y } of stroke.points) context.lineTo((x * scale + left) * width, (y * scale + top) * height);
    // A dot has one point, and a line of no length draws nothing.
    const [only] = stroke.points;
    if (only && stroke.points.length === 1) {
      context.lineTo((only.x * scale + left) * width + 0.01, (only.y * scale + top) * height);
    }
    context.stroke();
  }
}

/** Renders a drawing to pixels at a multiple of the model's size, so that areas are averaged exactly. */
export function pixelsOfStrokes(
  strokes: readonly Stroke[],
  placement: Placement,
  width: number,
  height: number,
): Pixels {
  const canvas = document.createElement("canvas");
  const factor = Math.max(4, Math.ceil(256 / Math.max(width, height)));
  canvas.width = width * factor;
  canvas.height = height * factor;
  drawStrokes(canvas, strokes, placement);
  return readPixels(canvas);
}

/** Reads the pixels of an image file. @throws Error when the browser cannot decode it. */
export async function pixelsOfFile(file: Blob): Promise<Pixels> {
  const picture = await createImageBitmap(file);
  try {
    const scale = Math.min(1, maxSide / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser does not support drawing. Open the page in a different browser.");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return readPixels(canvas);
  } finally {
    picture.close();
  }
}

function readPixels(canvas: HTMLCanvasElement): Pixels {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
  return { width: canvas.width, height: canvas.height, data };
}
