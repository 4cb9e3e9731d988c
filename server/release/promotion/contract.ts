import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { GateLine } from "../../develop/registry/gates/contract.ts";
import { problemOfAlias } from "../../develop/registry/names.ts";

/**
 * checking: gates run, or run again because the champion or the policy changed; held: blocked by a gate; ready: awaits someone other
 * than the author; void: its version was deleted.
 */
const requestStates = ["checking", "held", "ready", "approved", "rejected", "withdrawn", "void"] as const;
export type RequestState = (typeof requestStates)[number];

const decisionKinds = ["approved", "rejected", "withdrawn"] as const;

export const PromotionRequest = z.object({
  id: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  alias: z.string(),
  /** Version that the alias points to, or for an approved request, pointed to before; null when there is none. */
  fromVersion: z.number().int().nullable(),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: z.date(),
  state: z.enum(requestStates),
  /** Description of what the request waits for. */
  words: z.string(),
  /** Whether the caller is its author, and thus may withdraw it but not decide on it. */
  isMine: z.boolean(),
  decision: z
    .object({ kind: z.enum(decisionKinds), by: z.string(), at: z.date(), reason: z.string().nullable() })
    .nullable(),
  gates: z.array(GateLine),
});
export type PromotionRequest = z.infer<typeof PromotionRequest>;

const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000);
const Alias = z
  .string()
  .max(limits.nameLength)
  .superRefine((alias, refinement) => {
    const message = problemOfAlias(alias);
    if (message) refinement.addIssue({ code: "custom", message });
  });

export const RequestPromotion = z.object({
  name: z.string(),
  version: z.number().int(),
  alias: Alias,
  reason: Reason,
});
export type RequestPromotion = z.infer<typeof RequestPromotion>;

/** Input of an approval. @see fromVersion: the alias's target that the approver saw; another target rejects the approval. */
export const ApprovePromotion = z.object({
  id: z.uuid(),
  reason: z.string().trim().max(2000).optional(),
  fromVersion: z.number().int().nullable().optional(),
});
export type ApprovePromotion = z.infer<typeof ApprovePromotion>;

export const EndPromotion = z.object({ id: z.uuid(), reason: Reason });
export type EndPromotion = z.infer<typeof EndPromotion>;

export const ListPromotionRequests = z.object({
  /** Only those of one model, and of one version of it. */
  name: z.string().optional(),
  version: z.number().int().optional(),
  /** open: not decided; mine-to-decide: ready, and the caller may approve them. */
  which: z.enum(["all", "open", "mine-to-decide"]).default("all"),
  /** Only those requested before this time: of the last one of the page before. */
  before: z.date().optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type ListPromotionRequests = z.input<typeof ListPromotionRequests>;
