import { z } from "zod";
import { OnCallPerson } from "../../../platform/teams/people/contract.ts";

/** Of a team: everybody, its leads, one after another, or whoever its schedules put on call or next. Null is the team that answers for what burns. */
const TeamTarget = z.object({
  kind: z.literal("team"),
  teamId: z.uuid().nullable().default(null),
  who: z.enum(["on-call", "second", "leads", "all", "round-robin"]),
});

const Target = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("person"), userId: z.uuid() }),
  z.object({
    kind: z.literal("schedule"),
    scheduleId: z.uuid(),
    who: z.enum(["on-call", "second"]).default("on-call"),
  }),
  TeamTarget,
  z.object({ kind: z.literal("receiver"), receiverId: z.uuid() }),
]);
export type Target = z.infer<typeof Target>;

/** So many minutes after the beginning, while nobody has acknowledged, these are told. */
export const EscalationStep = z.object({
  waitMinutes: z.number().int().min(0).max(1440),
  notify: z.array(Target).min(1, "Add at least one target to notify.").max(20),
});
export type EscalationStep = z.infer<typeof EscalationStep>;

const Steps = z
  .array(EscalationStep)
  .min(1, "Add at least one step.")
  .max(20)
  .refine((steps) => steps.every((step, at) => at === 0 || step.waitMinutes > (steps[at - 1]?.waitMinutes ?? 0)), {
    message: "Each step must be later than the previous one.",
  });

const PolicyShape = z.object({
  name: z.string().trim().min(1, "Enter a name for the policy.").max(80),
  steps: Steps,
  /** How often it begins again after its last step. */
  repeats: z.number().int().min(0).max(10).default(0),
});
export const CreatePolicy = PolicyShape;
export type CreatePolicy = z.input<typeof CreatePolicy>;

/** What is left out stays. */
export const UpdatePolicy = z.object({
  policyId: z.uuid(),
  name: PolicyShape.shape.name.optional(),
  steps: Steps.optional(),
  repeats: z.number().int().min(0).max(10).optional(),
});
export type UpdatePolicy = z.input<typeof UpdatePolicy>;

export const ArchivePolicy = z.object({ policyId: z.uuid(), reason: z.string().trim().max(500).default("") });
export type ArchivePolicy = z.input<typeof ArchivePolicy>;

/** What is followed where a team chose none: docs/spec/alerting.md section 18. */
export const defaultPolicy: { name: string; steps: EscalationStep[]; repeats: number } = {
  name: "Default",
  steps: (
    [
      [0, "on-call"],
      [5, "on-call"],
      [10, "second"],
      [20, "leads"],
    ] as const
  ).map(([waitMinutes, who]) => ({ waitMinutes, notify: [{ kind: "team", teamId: null, who }] })),
  repeats: 0,
};

export const Policy = z.object({
  /** Null for the default, which nobody can change. */
  id: z.uuid().nullable(),
  name: z.string(),
  steps: z.array(EscalationStep),
  repeats: z.number().int(),
  /** Names of the teams that follow it. */
  teams: z.array(z.string()),
  /** Each step in words. */
  words: z.array(z.string()),
});
export type Policy = z.infer<typeof Policy>;

/** Who is told next about a group, if nobody acknowledges it before. */
export const NextEscalation = z.object({
  at: z.date(),
  /** From 1. */
  step: z.number().int(),
  steps: z.number().int(),
  people: z.array(OnCallPerson),
  /** Names of receivers that are told beside people. */
  receivers: z.array(z.string()),
  /** "Tomasz Berg, next in Primary". */
  words: z.array(z.string()),
});
export type NextEscalation = z.infer<typeof NextEscalation>;

export const CallPerson = z.object({
  groupId: z.uuid(),
  userId: z.uuid(),
  note: z.string().trim().max(500).default(""),
});
export type CallPerson = z.input<typeof CallPerson>;
