/** Measurements of a picture (docs/spec/drift.md section 9), in the order in which summaries hold them. */
export const pictureParts = [
  "brightness",
  "contrast",
  "saturation",
  "red-cast",
  "blue-cast",
  "sharpness",
  "entropy",
  "dark-share",
  "bright-share",
  "aspect-ratio",
  "pixels",
  "bytes-per-pixel",
  "format",
] as const;
export type PicturePart = (typeof pictureParts)[number];
/** Numbers by part; the format is a word. */
export type PictureSummary = Record<Exclude<PicturePart, "format">, number> & { format: string };
