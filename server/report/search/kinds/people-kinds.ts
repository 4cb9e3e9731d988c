import { sql } from "drizzle-orm";
import { z } from "zod";
import { counted, defineKind, factsOf, instant, type Kind } from "./kind.ts";

const team = defineKind({
  kind: "team",
  permission: "listTeams",
  source: ({ actor }) => sql`
    select team.id::text, team.name as label, team.description as haystack, array[team.id::text] as ids, team.created_at as at,
      jsonb_build_object('description', team.description, 'policy', policy.name,
        'members', (select count(*) from team_members member where member.workspace_id = ${actor.workspaceId} and member.team_id = team.id),
        'leads', (select string_agg(person.name, ', ' order by person.name) from team_members member
          join users person on person.id = member.user_id
          where member.workspace_id = ${actor.workspaceId} and member.team_id = team.id and member.part = 'lead')) as data
    from teams team
    left join escalation_policies policy on policy.id = team.escalation_policy_id
    where team.workspace_id = ${actor.workspaceId} and team.archived_at is null`,
  data: z.object({
    description: z.string(),
    policy: z.string().nullable(),
    members: z.number(),
    leads: z.string().nullable(),
  }),
  show: ({ data: { description, policy, members, leads } }) => ({
    detail: `team, ${members === 1 ? "1 person" : `${members} people`}`,
    href: "/on-call/teams",
    facts: factsOf({ About: description, Leads: leads, "Escalation policy": policy }),
  }),
});

const person = defineKind({
  kind: "person",
  permission: "listUsers",
  source: ({ actor }) => sql`
    select person.id::text, person.name as label, person.email as haystack, array[person.id::text] as ids,
      coalesce(membership.last_used_at, membership.created_at) as at,
      jsonb_build_object('email', person.email, 'role', membership.role, 'isDisabled', membership.disabled_at is not null,
        'teams', (select string_agg(team.name, ', ' order by team.name) from team_members member
          join teams team on team.id = member.team_id and team.archived_at is null
          where member.workspace_id = ${actor.workspaceId} and member.user_id = person.id),
        'usedAt', extract(epoch from membership.last_used_at) * 1000) as data
    from memberships membership
    join users person on person.id = membership.user_id and person.kind = 'person'
    where membership.workspace_id = ${actor.workspaceId} and membership.removed_at is null`,
  data: z.object({
    email: z.string(),
    role: z.string(),
    isDisabled: z.boolean(),
    teams: z.string().nullable(),
    usedAt: instant,
  }),
  show: ({ data: { email, role, isDisabled, teams, usedAt } }) => ({
    detail: `${role}, ${email}`,
    href: "/settings/people",
    ...(isDisabled && { state: { shape: "paused", word: "Disabled" } as const }),
    facts: factsOf({ Email: email, Role: role, Teams: teams }, { "Last seen": usedAt }),
  }),
});

const schedule = defineKind({
  kind: "schedule",
  permission: "listSchedules",
  source: ({ actor }) => sql`
    select schedule.id::text, schedule.name as label, coalesce(team.name, '') as haystack, array[schedule.id::text] as ids,
      schedule.created_at as at,
      jsonb_build_object('team', team.name, 'timeZone', schedule.time_zone, 'layers', jsonb_array_length(schedule.layers)) as data
    from schedules schedule
    left join teams team on team.id = schedule.team_id
    where schedule.workspace_id = ${actor.workspaceId} and schedule.archived_at is null`,
  data: z.object({ team: z.string().nullable(), timeZone: z.string(), layers: z.number() }),
  show: ({ id, data: { team: name, timeZone, layers } }) => ({
    detail: "on-call schedule",
    href: `/on-call/schedules/${id}`,
    facts: factsOf({ Team: name, "Time zone": timeZone, Layers: layers }),
  }),
});

const escalationPolicy = defineKind({
  kind: "escalation-policy",
  permission: "listPolicies",
  source: ({ actor }) => sql`
    select policy.id::text, policy.name as label, 'escalation' as haystack, array[policy.id::text] as ids, policy.created_at as at,
      jsonb_build_object('steps', jsonb_array_length(policy.steps), 'repeats', policy.repeats) as data
    from escalation_policies policy where policy.workspace_id = ${actor.workspaceId} and policy.archived_at is null`,
  data: z.object({ steps: z.number(), repeats: z.number() }),
  show: ({ data: { steps, repeats } }) => ({
    detail: `escalation policy, ${counted(steps, "step")}`,
    href: "/on-call/policies",
    facts: factsOf({ Steps: steps, Repeats: repeats }),
  }),
});

/** Whom to ask, and who is paged. */
export const peopleKinds: readonly Kind[] = [team, person, schedule, escalationPolicy];
