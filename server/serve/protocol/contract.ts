import { z } from "zod";
import { limits } from "#server/base/limits.ts";

/** A tensor as it is written in JSON. `data` is flat and row-major; absent when it was redacted or too large to keep. */
export const LoggedTensor = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.number()),
  data: z.array(z.union([z.number(), z.string(), z.boolean()])).optional(),
  /** Encoding of bytes, such as those of a file, in the texts of `data`; absent if they are plain texts. */
  encoding: z.literal("base64").optional(),
  /** Digest of a redacted tensor: SHA-256, in hex, of its bytes as the protocol sends them in binary. */
  sha256: z.string().optional(),
});
export type LoggedTensor = z.infer<typeof LoggedTensor>;

/** An input as the Open Inference Protocol writes it in JSON, of one row. */
export const GivenInput = z.object({
  name: z.string().max(limits.nameLength),
  datatype: z.string().max(limits.nameLength),
  shape: z.array(z.number().int().min(0)).max(8),
  parameters: z.object({ content_type: z.string().max(limits.nameLength) }).optional(),
  // A file is sent as base64.
  data: z.array(z.union([z.number(), z.string().max(limits.fileTextLength), z.boolean()])).max(limits.tensorLength),
});
export type GivenInput = z.infer<typeof GivenInput>;
