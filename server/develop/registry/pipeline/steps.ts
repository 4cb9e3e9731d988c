import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";

const Side = z.number().int().min(1).max(8192);
const Colour = z.tuple([Channel(), Channel(), Channel()]);
const Finite = z.number();

function Channel() {
  return z.number().int().min(0).max(255);
}

/** Steps on one picture, in order. Pixels are 0 to 255 until a step makes other numbers of them. */
export const imageSteps = z.discriminatedUnion("step", [
  z.object({
    step: z.literal("decode"),
    /** A file with more is refused before it is unpacked. */
    maxPixels: z.number().int().min(1).max(100_000_000).default(25_000_000),
    /** Turns the picture as its EXIF orientation says. */
    orient: z.boolean().default(true),
    /** Background colour behind the transparent parts of the image. */
    background: Colour.default([0, 0, 0]),
  }),
  z.object({
    step: z.literal("resize"),
    width: Side,
    height: Side,
    /** fill stretches; cover cuts off; contain adds borders; inside and outside keep the proportions and change one side. */
    fit: z.enum(["fill", "cover", "contain", "inside", "outside"]).default("fill"),
    /** As Pillow and torchvision compute them, with antialiasing. */
    kernel: z.enum(["nearest", "box", "bilinear", "bicubic", "lanczos"]).default("bilinear"),
    /** Border of "contain". */
    background: Colour.default([0, 0, 0]),
  }),
  z.object({ step: z.literal("centre-crop"), width: Side, height: Side }),
  /** Grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded. */
  z.object({ step: z.literal("colour"), to: z.enum(["grey", "rgb", "bgr"]) }),
  /** Value × factor + offset. */
  z.object({ step: z.literal("scale"), factor: Finite, offset: Finite.default(0) }),
  /** (Value − mean) / std, each per channel or one for all. */
  z.object({
    step: z.literal("normalise"),
    mean: z.array(Finite).min(1).max(3),
    std: z
      .array(Finite.refine((value) => value !== 0, "A standard deviation cannot be 0."))
      .min(1)
      .max(3),
  }),
  z.object({ step: z.literal("layout"), order: z.enum(["NCHW", "NHWC"]) }),
  /** Converts the type; integer types round to nearest and saturate at the limits of their range. */
  z.object({
    step: z.literal("dtype"),
    datatype: z.enum(["FP16", "FP32", "FP64", "UINT8", "INT8", "INT32", "INT64"]),
  }),
]);
export type ResizeStep = Extract<z.output<typeof imageSteps>, { step: "resize" }>;
export type DecodeStep = Extract<z.output<typeof imageSteps>, { step: "decode" }>;

const Names = z.array(z.string().max(limits.nameLength).min(1)).min(1).max(2000);

/** Steps on named columns, in order. */
export const columnSteps = z.discriminatedUnion("step", [
  /** (Value − mean) / std. */
  z.object({
    step: z.literal("standardise"),
    columns: boundedRecord(
      z.string().max(limits.nameLength),
      z.object({ mean: Finite, std: Finite.refine((value) => value !== 0, "A standard deviation cannot be 0.") }),
    ),
  }),
  /** Replaces a column by one of 0 and 1 for each level, "column=level". */
  z.object({
    step: z.literal("one-hot"),
    column: z.string().max(limits.nameLength).min(1),
    levels: z
      .array(z.string().max(limits.nameLength))
      .min(1)
      .max(10_000)
      .refine((levels) => new Set(levels).size === levels.length, "Duplicate level."),
    /** Handling of a level that is not listed: reject the request, return zeros, or count it in an additional column "column=other". */
    unknown: z.enum(["refuse", "zeros", "other"]).default("refuse"),
  }),
  /** Keeps only these columns, in this order. */
  z.object({ step: z.literal("select"), columns: Names }),
  /** New names by old ones. */
  z.object({
    step: z.literal("rename"),
    names: boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.nameLength).min(1)),
  }),
]);

/** Steps on one output of the model, in order, along its last axis. */
export const afterSteps = z.discriminatedUnion("step", [
  z.object({ step: z.literal("softmax") }),
  z.object({ step: z.literal("sigmoid") }),
  /** Index of the highest value, from 0; the first one in case of a tie. */
  z.object({ step: z.literal("argmax") }),
  /** The k highest values, best first: the values themselves, or their indices. */
  z.object({ step: z.literal("top-k"), k: z.number().int().min(1).max(1000), give: z.enum(["values", "classes"]) }),
  /** 1 from this value on, else 0. */
  z.object({ step: z.literal("threshold"), at: Finite }),
  /** Names of classes by index; if omitted, those in the model's file. */
  z.object({
    step: z.literal("labels"),
    labels: z.array(z.string().max(limits.nameLength)).min(1).max(100_000).optional(),
  }),
  z.object({ step: z.literal("round"), digits: z.number().int().min(0).max(12) }),
]);
