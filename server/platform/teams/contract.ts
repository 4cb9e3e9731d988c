import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import { rolloutPlans } from "./constants.ts";

const teamParts = ["member", "lead"] as const;

const TeamMember = z.object({ userId: z.uuid(), part: z.enum(teamParts).default("member") });

const TeamShape = z.object({
  name: z.string().trim().min(1, "Enter a name for the team.").max(80).check(noControlCharacters),
  description: z.string().trim().max(1000).default(""),
  /** Escalation policy for pages about what the team owns; null for the default policy. */
  escalationPolicyId: z.uuid().nullable().default(null),
  /** Plan with which rollouts on what the team owns start; null for "standard". */
  rolloutPlan: z.enum(rolloutPlans).nullable().default(null),
  members: z.array(TeamMember).max(100).default([]),
  /** Names of the models and endpoints that the team owns; moved from any other team. */
  models: z.array(z.string().max(limits.nameLength)).max(1000).default([]),
  endpoints: z.array(z.string().max(limits.nameLength)).max(1000).default([]),
});
export const CreateTeam = TeamShape;
export type CreateTeam = z.input<typeof CreateTeam>;

/** Partial update: omitted fields keep their values. */
export const UpdateTeam = z.object({
  teamId: z.uuid(),
  name: TeamShape.shape.name.optional(),
  description: z.string().trim().max(1000).optional(),
  escalationPolicyId: z.uuid().nullable().optional(),
  rolloutPlan: z.enum(rolloutPlans).nullable().optional(),
  members: z.array(TeamMember).max(100).optional(),
  models: z.array(z.string().max(limits.nameLength)).max(1000).optional(),
  endpoints: z.array(z.string().max(limits.nameLength)).max(1000).optional(),
});
export type UpdateTeam = z.input<typeof UpdateTeam>;

export const ArchiveTeam = z.object({ teamId: z.uuid(), reason: z.string().trim().max(500).default("") });
export type ArchiveTeam = z.input<typeof ArchiveTeam>;

export const Team = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  /** Null where the default policy holds. */
  policy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  /** Null where rollouts start with "standard". */
  rolloutPlan: z.enum(rolloutPlans).nullable(),
  members: z.array(
    z.object({
      userId: z.uuid(),
      name: z.string(),
      email: z.string(),
      part: z.enum(teamParts),
      isDisabled: z.boolean(),
    }),
  ),
  models: z.array(z.string()),
  endpoints: z.array(z.string()),
  schedules: z.array(z.object({ id: z.uuid(), name: z.string() })),
  createdAt: z.date(),
});
export type Team = z.infer<typeof Team>;
