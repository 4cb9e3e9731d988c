import { z } from "zod";
import { Change } from "#server/respond/changes/contract.ts";

const evidenceLevels = ["strong", "some", "none"] as const;

/** Most likely cause, with its evidence. Never certain: a change just before is not proof. */
export const LikelyCause = z.object({
  change: Change.nullable(),
  evidence: z.enum(evidenceLevels),
  /** Title such as "Most likely a deployment". */
  title: z.string(),
  /** From the change to the rise, in milliseconds; null without a change. */
  beforeMs: z.number().nullable(),
  /** Finding in the inputs that is the cause; omitted for a change. */
  findingId: z.uuid().optional(),
  /** Evidence for and against it. */
  words: z.string(),
});
export type LikelyCause = z.infer<typeof LikelyCause>;
