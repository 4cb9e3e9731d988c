import { z } from "zod";

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
