import { z } from "zod";
import { parsedJson } from "#components/ui/parsed-json.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";

const InputHint = z.object({
  /** Shape of one row, when the model's own says less: [1, 8, 8]. */
  shape: z.array(z.number().int().positive()).optional().catch(undefined),
  min: z.number().optional().catch(undefined),
  max: z.number().optional().catch(undefined),
  levels: z.array(z.coerce.string()).min(1).optional().catch(undefined),
  example: z.union([z.number(), z.string(), z.boolean()]).optional().catch(undefined),
  unit: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
});

/** Description of one input by the model, beyond its type: the levels or range seen in training, an example, a description. */
export type InputHint = z.infer<typeof InputHint>;

/** Hints by input name, from the file's metadata key "inputs" (a JSON object). What cannot be read is left out. */
export function readHints(signature: Pick<Signature, "metadata">): Record<string, InputHint> {
  const text = signature.metadata.inputs;
  if (!text) return {};
  return z.record(z.string(), InputHint.catch({})).safeParse(parsedJson(text)).data ?? {};
}
