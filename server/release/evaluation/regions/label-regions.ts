import { z } from "zod";
import { parsedJson } from "#server/base/parsed-json.ts";

/** Kinds of tasks whose labels are lists of regions. */
export type RegionKind = "boxes" | "spans";

/** Regions that a label may have, as many as an answer in a label project. */
const maxRegions = 1000;
const Name = z.string().min(1).max(1000);
const side = z.number().min(0).max(1000);

const Boxes = z
  .array(z.object({ label: Name, x: z.number(), y: z.number(), width: side, height: side }))
  .max(maxRegions);
const Spans = z
  .array(z.object({ label: Name, start: z.number().int().min(0), end: z.number().int().min(0) }))
  .max(maxRegions)
  .refine((spans) => spans.every(({ start, end }) => start < end));

/** Numbers of a region: x, y, width and height in percent of the picture, or start and end in code points. */
interface LabelRegion {
  label: string;
  numbers: number[];
}

/**
 * Reads a label as label projects write it: a JSON list of objects with "label" and "x", "y", "width", "height" in percent of the picture, or
 * "start" and "end" in code points, the end exclusive. The rotation of a box does not count.
 * @returns what the text is not, for a text that is no such list
 */
export function readLabelRegions(kind: RegionKind, text: string): LabelRegion[] | string {
  const list = parsedJson(text);
  if (kind === "boxes") {
    const { data } = Boxes.safeParse(list);
    if (!data) return `not a JSON list of at most ${maxRegions} boxes with label, x, y, width and height in percent`;
    return data.map(({ label, x, y, width, height }) => ({ label, numbers: [x, y, width, height] }));
  }
  const { data } = Spans.safeParse(list);
  if (!data) return `not a JSON list of at most ${maxRegions} spans with label, start and a greater end`;
  return data.map(({ label, start, end }) => ({ label, numbers: [start, end] }));
}

const Offsets = z.array(z.tuple([z.number().int().min(0), z.number().int().min(0)])).max(100_000);

/** Reads the limits of the tokens of a text: a JSON list of pairs of code points. @returns null for another text */
export function readOffsets(text: string): [number, number][] | null {
  return Offsets.safeParse(parsedJson(text)).data ?? null;
}
