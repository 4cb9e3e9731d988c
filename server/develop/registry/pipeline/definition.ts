import { z } from "zod";
import type { PinnedFeatures } from "#server/develop/features/pinned/contract.ts";
import { FeaturesPart } from "./features-part.ts";
import { afterSteps, columnSteps, imageSteps } from "./steps.ts";

const Name = z.string().trim().min(1, "Enter a name.").max(128);

const Image = z.object({
  kind: z.literal("image"),
  /** Name of the client's input: files as bytes, one per row. */
  name: Name,
  /** Input of the model that gets the result. */
  into: Name,
  steps: z
    .array(imageSteps)
    .min(1)
    .max(32)
    .refine((steps) => steps[0]?.step === "decode", { message: 'The first step must be "decode".', path: [0] })
    .refine((steps) => !steps.slice(1).some(({ step }) => step === "decode"), "Only the first step can decode.")
    .superRefine((steps, refinement) => {
      const problem = problemOfOrder(steps.map(({ step }) => step));
      if (problem) refinement.addIssue({ code: "custom", message: problem.message, path: [problem.index] });
    }),
});

/**
 * Returns the first step in the wrong order: steps on pixels of 0 to 255 come first, then arithmetic, then the type. No step may move
 * pixels after the axes are reordered.
 */
function problemOfOrder(steps: string[]): { index: number; message: string } | undefined {
  const after = (marks: string[], names: string[]) => {
    const mark = steps.findIndex((step) => marks.includes(step));
    const index = steps.findIndex((step, at) => mark >= 0 && at > mark && names.includes(step));
    return index < 0 ? undefined : { index, message: `Step "${steps[index]}" must come before "${steps[mark]}".` };
  };
  return (
    after(["layout"], ["resize", "centre-crop", "colour", "layout"]) ??
    after(["scale", "normalise", "dtype"], ["resize", "colour"]) ??
    after(["dtype"], ["scale", "normalise", "dtype"])
  );
}

const Columns = z.object({
  kind: z.literal("columns"),
  /** Client inputs: each column is a separate input with one element per row. */
  columns: z
    .array(z.object({ name: Name, datatype: z.enum(["FP32", "FP64", "INT32", "INT64", "BOOL", "BYTES"]) }))
    .min(1)
    .max(2000),
  /** Input of the model that receives all columns as one matrix, [rows, columns]; null passes each column to the input of its name. */
  into: Name.nullable(),
  steps: z.array(columnSteps).max(64).default([]),
});

const After = z.object({
  /** Name of the output that the client receives. */
  name: Name,
  /** Output of the model that it is computed from. */
  from: Name,
  steps: z.array(afterSteps).max(16).default([]),
});

/** Preprocessing and postprocessing of a version, as data: no code is run. */
export const Pipeline = z
  .object({
    before: z
      .array(z.discriminatedUnion("kind", [FeaturesPart, Image, Columns]))
      .max(32)
      .default([]),
    after: z.array(After).max(64).default([]),
  })
  .refine(
    ({ before, after }) => before.length + after.length > 0,
    "A pipeline needs at least one step before or after the model.",
  )
  .superRefine(({ before, after }, refinement) => {
    const inputs = before.flatMap(inputNames);
    const twice = firstTwice(inputs);
    if (twice !== undefined) {
      refinement.addIssue({ code: "custom", message: `Duplicate input name "${twice}".`, path: ["before"] });
    }
    const kinds = before.map(({ kind }) => kind);
    const lookUps = kinds.filter((kind) => kind === "features").length;
    if (lookUps > 1 || (lookUps === 1 && kinds[0] !== "features")) {
      const message = 'A pipeline has at most one part "features", which is the first.';
      refinement.addIssue({ code: "custom", message, path: ["before"] });
    }
    const output = firstTwice(after.map(({ name }) => name));
    if (output !== undefined) {
      refinement.addIssue({ code: "custom", message: `Duplicate output name "${output}".`, path: ["after"] });
    }
  });
export type Pipeline = z.output<typeof Pipeline>;
export type ImagePart = z.output<typeof Image>;
export type ColumnsPart = z.output<typeof Columns>;
export type AfterPart = z.output<typeof After>;

/** Returns the names of the inputs that the steps of a part take. */
export function inputNames(part: Pipeline["before"][number]): string[] {
  if (part.kind === "features") return [];
  return part.kind === "image" ? [part.name] : part.columns.map(({ name }) => name);
}

/** Returns the part that looks up features, if a pipeline has one. */
export function featuresPartOf({ before }: Pipeline): FeaturesPart | undefined {
  const [first] = before;
  return first?.kind === "features" ? first : undefined;
}

/** Returns the features that a pipeline looks up, at most one item. */
export function featuresOfPipeline(pipeline: Pipeline | null | undefined): PinnedFeatures[] {
  const pinned = pipeline && featuresPartOf(pipeline)?.pinned;
  return pinned ? [pinned] : [];
}

function firstTwice(names: string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
