import { z } from "zod";
import { GateLine } from "../../develop/registry/gates/contract.ts";
import { problemOfAlias } from "../../develop/registry/names.ts";

/**
 * checking: gates run, or run again because the champion or the policy changed; held: a gate is in the way; ready: waits for somebody
 * else than the author; void: its version was deleted.
 */
const requestStates = ["checking", "held", "ready", "approved", "rejected", "withdrawn", "void"] as const;
export type RequestState = (typeof requestStates)[number];

const decisionKinds = ["approved", "rejected", "withdrawn"] as const;

export const PromotionRequest = z.object({
  id: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  alias: z.string(),
  /** Where the alias points now, or for an approved request, where it pointed before; null: at nothing. */
  fromVersion: z.number().int().nullable(),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: z.date(),
  state: z.enum(requestStates),
  /** What it waits for, in words. */
  words: z.string(),
  /** Whether the caller is its author, and so may withdraw it and not decide on it. */
  isMine: z.boolean(),
  decision: z
    .object({ kind: z.enum(decisionKinds), by: z.string(), at: z.date(), reason: z.string().nullable() })
    .nullable(),
  gates: z.array(GateLine),
});
export type PromotionRequest = z.infer<typeof PromotionRequest>;

const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000);
const Alias = z.string().superRefine((alias, refinement) => {
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

/** @see fromVersion: where the decider saw the alias point; another place refuses the decision. */
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
