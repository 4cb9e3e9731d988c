import type { ResizeStep } from "#server/develop/registry/pipeline/steps.ts";
import { refuse } from "../protocol/refuse.ts";
import { centreCrop } from "./image-steps.ts";
import type { Picture } from "./picture.ts";
import { resample } from "./resample.ts";

/**
 * Resizes by a fit: fill stretches, cover crops to the centre, contain adds borders, inside and outside keep the proportions.
 * @param maxPixels maximum size of the result: a very long, thin picture grows without bounds when its short side is enlarged
 * @throws DomainError "invalid" beyond it
 */
export function resize(picture: Picture, step: ResizeStep, maxPixels: number, what: string): Picture {
  const { width, height } = sizeFor(picture, step);
  if (width * height > maxPixels) {
    refuse(`${what}, step resize: expected at most ${maxPixels} pixels, got ${width} × ${height}`);
  }
  const resized = resample(picture, width, height, step.kernel);
  if (step.fit === "cover") return centreCrop(resized, step.width, step.height) ?? resized;
  return step.fit === "contain" ? framed(resized, step) : resized;
}

/** Computes the size before cropping or padding. Fractions are dropped as in torchvision, but a side keeps what the fit guarantees. */
function sizeFor(picture: Picture, { width, height, fit }: ResizeStep): { width: number; height: number } {
  if (fit === "fill") return { width, height };
  const across = width / picture.width;
  const down = height / picture.height;
  const isLarger = fit === "cover" || fit === "outside";
  const keep = isLarger ? Math.max : Math.min;
  const isByWidth = isLarger ? across >= down : across <= down;
  if (isByWidth)
    return { width, height: Math.max(1, keep(height, Math.trunc((width * picture.height) / picture.width))) };
  return { width: Math.max(1, keep(width, Math.trunc((height * picture.width) / picture.height))), height };
}

/** Borders around a picture, the odd pixel at the right and at the bottom. */
function framed(picture: Picture, { width, height, background }: ResizeStep): Picture {
  const { channels } = picture;
  const data = new Uint8Array(width * height * channels);
  for (let at = 0; at < data.length; at++) data[at] = background[channels === 1 ? 0 : at % channels] as number;
  const left = Math.floor((width - picture.width) / 2);
  const top = Math.floor((height - picture.height) / 2);
  const row = picture.width * channels;
  for (let y = 0; y < picture.height; y++) {
    data.set(picture.data.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels);
  }
  return { ...picture, width, height, data };
}
