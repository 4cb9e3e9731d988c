/** What a corruption changes: decoded pictures, cells of rows, or words of texts. */
type CorruptionFamily = "picture" | "row" | "text";

interface Corruption {
  title: string;
  family: CorruptionFamily;
  /** Parameter at severity 1 to 5 (docs/spec/evaluation.md section 10.2). */
  levels: readonly [number, number, number, number, number];
}

const cells = [0.02, 0.05, 0.1, 0.2, 0.4] as const;
const words = [0.02, 0.05, 0.1, 0.15, 0.2] as const;

/** Kinds of corruptions. Those of pictures have the numbers of ImageNet-C (Hendrycks and Dietterich 2019). */
export const corruptions = {
  "gaussian-noise": { title: "Gaussian noise", family: "picture", levels: [0.08, 0.12, 0.18, 0.26, 0.38] },
  "shot-noise": { title: "Shot noise", family: "picture", levels: [60, 25, 12, 5, 3] },
  "impulse-noise": { title: "Impulse noise", family: "picture", levels: [0.03, 0.06, 0.09, 0.17, 0.27] },
  "speckle-noise": { title: "Speckle noise", family: "picture", levels: [0.15, 0.2, 0.35, 0.45, 0.6] },
  "gaussian-blur": { title: "Gaussian blur", family: "picture", levels: [1, 2, 3, 4, 6] },
  "defocus-blur": { title: "Defocus blur", family: "picture", levels: [3, 4, 6, 8, 10] },
  "motion-blur": { title: "Motion blur", family: "picture", levels: [3, 5, 8, 12, 15] },
  brightness: { title: "Brightness", family: "picture", levels: [0.1, 0.2, 0.3, 0.4, 0.5] },
  contrast: { title: "Contrast", family: "picture", levels: [0.4, 0.3, 0.2, 0.1, 0.05] },
  jpeg: { title: "JPEG", family: "picture", levels: [25, 18, 15, 10, 7] },
  pixelate: { title: "Pixelate", family: "picture", levels: [0.6, 0.5, 0.4, 0.3, 0.25] },
  "missing-cells": { title: "Missing cells", family: "row", levels: cells },
  "cell-noise": { title: "Noise", family: "row", levels: [0.05, 0.1, 0.2, 0.5, 1] },
  "other-unit": { title: "Another unit", family: "row", levels: cells },
  "previous-row": { title: "Previous row's value", family: "row", levels: cells },
  "unseen-level": { title: "Unseen level", family: "row", levels: cells },
  typos: { title: "Typos", family: "text", levels: words },
  "lost-case": { title: "Lost case", family: "text", levels: words },
  "lost-punctuation": { title: "Lost punctuation", family: "text", levels: words },
  "lost-accents": { title: "Lost accents", family: "text", levels: words },
} as const satisfies Record<string, Corruption>;

/** Id of a kind of corruption. */
export type CorruptionKind = keyof typeof corruptions;

/** Ids of all kinds, in the order of display. */
export const corruptionKinds = Object.keys(corruptions) as CorruptionKind[];

/** Returns the parameter of a kind at a severity from 1 to 5. */
export function levelOf(kind: CorruptionKind, severity: number): number {
  return corruptions[kind].levels[severity - 1] as number;
}
