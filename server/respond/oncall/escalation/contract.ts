import { z } from "zod";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import { OnCallPerson } from "../../../platform/teams/people/contract.ts";

/** Target in a team: everyone, its leads, round-robin, or the current or next on-call engineer. Null for the owning team. */
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

/** Targets that are notified a number of minutes after the start, unless someone has acknowledged it. */
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
  name: z.string().trim().min(1, "Enter a name for the policy.").max(80).check(noControlCharacters),
  steps: Steps,
  /** Number of times it restarts after its last step. */
  repeats: z.number().int().min(0).max(10).default(0),
});
export const CreatePolicy = PolicyShape;
export type CreatePolicy = z.input<typeof CreatePolicy>;

/** Partial update: omitted fields keep their values. */
export const UpdatePolicy = z.object({
  policyId: z.uuid(),
  name: PolicyShape.shape.name.optional(),
  steps: Steps.optional(),
  repeats: z.number().int().min(0).max(10).optional(),
});
export type UpdatePolicy = z.input<typeof UpdatePolicy>;

export const ArchivePolicy = z.object({ policyId: z.uuid(), reason: z.string().trim().max(500).default("") });
export type ArchivePolicy = z.input<typeof ArchivePolicy>;

/** Policy used where a team has selected none: docs/spec/alerting.md section 18. */
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
  /** Null for the default, which cannot be changed. */
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

/** Next escalation of a group, unless someone acknowledges it before. */
export const NextEscalation = z.object({
  at: z.date(),
  /** From 1. */
  step: z.number().int(),
  steps: z.number().int(),
  people: z.array(OnCallPerson),
  /** Names of receivers that are notified besides people. */
  receivers: z.array(z.string()),
  /** "Tomasz Berg, next in Primary". */
  words: z.array(z.string()),
  /** Name of the policy that it follows. */
  policy: z.string(),
  /** Time between the step before it and this one, in milliseconds. */
  waitMs: z.number(),
  /** Step after it; null after the last one. */
  following: z.object({ at: z.date(), words: z.array(z.string()) }).nullable(),
});
export type NextEscalation = z.infer<typeof NextEscalation>;

export const EscalateNow = z.object({
  groupId: z.uuid(),
  /** Number of the step that is due next, from 1: a step that was executed meanwhile is not followed by another one. */
  step: z.number().int().min(1),
  reason: z.string().trim().max(500).default(""),
});
export type EscalateNow = z.input<typeof EscalateNow>;

/** What a test page was sent to. */
export const TestPage = z.object({ methods: z.number().int().describe("Contact methods that it goes to.") });

export const CallPerson = z.object({
  groupId: z.uuid(),
  userId: z.uuid(),
  note: z.string().trim().max(500).default(""),
});
export type CallPerson = z.input<typeof CallPerson>;
