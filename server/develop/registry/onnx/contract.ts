import { z } from "zod";

/** Datatypes of the Open Inference Protocol that ONNX Runtime's Node binding can serve. */
export const datatypes = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
] as const;

export const TensorSpec = z.object({
  name: z.string(),
  datatype: z.enum(datatypes),
  /** A number is fixed; a string names a symbolic dimension, such as the batch. */
  shape: z.array(z.union([z.number().int(), z.string()])),
});
export type TensorSpec = z.infer<typeof TensorSpec>;

/** Signature read from the ONNX file. */
export const Signature = z.object({
  inputs: z.array(TensorSpec),
  outputs: z.array(TensorSpec),
  /** Operator set version by domain; "" is the standard one. */
  opsets: z.record(z.string(), z.number().int()),
  irVersion: z.number().int(),
  producer: z.string(),
  /** Names of the classes, from the file's metadata key "labels". */
  labels: z.array(z.string()).optional(),
  /** Other metadata of the file. */
  metadata: z.record(z.string(), z.string()),
});
export type Signature = z.infer<typeof Signature>;

/** Operators and parameter count of an ONNX file. */
export const OnnxGraph = z.object({
  /** Operator types with their number of occurrences in the graph, in nested graphs and in functions. */
  operators: z.array(z.object({ domain: z.string(), name: z.string(), count: z.number().int() })),
  /** Numbers in the weights, wherever they are stored. */
  parameterCount: z.number().int(),
});
export type OnnxGraph = z.infer<typeof OnnxGraph>;

export type Datatype = (typeof datatypes)[number];
