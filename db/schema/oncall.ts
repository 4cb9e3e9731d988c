import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { users } from "./identity.ts";
import type { JsonColumns } from "./json-columns.ts";
import { registeredModels } from "./registry.ts";
import { endpoints } from "./serving.ts";

const person = () => belongsTo(() => users.id);

export const teams = pgTable(
  "teams",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    description: text().notNull().default(""),
    /** Escalation policy of the team's pages; null pages only the receiver of the route. */
    escalationPolicyId: uuid(),
    /** Plan with which rollouts on what the team owns start; null for the default of the product. */
    rolloutPlan: text({ enum: ["careful", "standard", "fast"] }),
    createdAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
  },
  (table) => [uniqueIndex("teams_name").on(table.workspaceId, table.name).where(sql`${table.archivedAt} is null`)],
);

const ofTeam = () => belongsTo(() => teams.id);

export const teamMembers = pgTable(
  "team_members",
  {
    workspaceId: ofWorkspace(),
    teamId: ofTeam(),
    userId: person(),
    part: text({ enum: ["member", "lead"] })
      .notNull()
      .default("member"),
  },
  (table) => [primaryKey({ columns: [table.teamId, table.userId] })],
);

/** Team that owns a model or an endpoint; at most one each. An endpoint without one uses that of its model. */
export const teamModels = pgTable(
  "team_models",
  {
    modelId: belongsTo(() => registeredModels.id).primaryKey(),
    workspaceId: ofWorkspace(),
    teamId: ofTeam(),
  },
  (table) => [index("team_models_team").on(table.teamId)],
);
export const teamEndpoints = pgTable(
  "team_endpoints",
  {
    endpointId: belongsTo(() => endpoints.id).primaryKey(),
    workspaceId: ofWorkspace(),
    teamId: ofTeam(),
  },
  (table) => [index("team_endpoints_team").on(table.teamId)],
);

/** Contact methods of a user, in order; without a row, email to the address of the account. */
export const contactMethods = pgTable(
  "contact_methods",
  {
    workspaceId: ofWorkspace(),
    userId: person(),
    /** ContactMethod[] of server/platform/teams/people/contract.ts. */
    methods: jsonb().$type<JsonColumns["contactMethods.methods"]>().notNull(),
    timeZone: text().notNull().default("UTC"),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.userId] })],
);

export const schedules = pgTable(
  "schedules",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    teamId: uuid().references(() => teams.id, { onDelete: "set null" }),
    name: text().notNull(),
    /** IANA name. */
    timeZone: text().notNull(),
    /** ScheduleLayer[] of server/respond/oncall/schedules/contract.ts; later layers take precedence over earlier ones. */
    layers: jsonb().$type<JsonColumns["schedules.layers"]>().notNull(),
    /** SHA-256 of the secret in the address of its calendar, hex; null while there is none. */
    calendarHash: text(),
    createdAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
  },
  (table) => [uniqueIndex("schedules_name").on(table.workspaceId, table.name).where(sql`${table.archivedAt} is null`)],
);

/** An override: someone takes a shift of a schedule over from the user that the schedule names. */
export const scheduleOverrides = pgTable(
  "schedule_overrides",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    scheduleId: belongsTo(() => schedules.id),
    userId: person(),
    from: instant().notNull(),
    to: instant().notNull(),
    reason: text().notNull().default(""),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    cancelledAt: instant(),
  },
  (table) => [index("schedule_overrides_span").on(table.scheduleId, table.from)],
);

export const escalationPolicies = pgTable(
  "escalation_policies",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    /** EscalationStep[] of server/respond/oncall/escalation/contract.ts. */
    steps: jsonb().$type<JsonColumns["escalationPolicies.steps"]>().notNull(),
    /** Number of times the policy restarts after its last step. */
    repeats: integer().notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
  },
  (table) => [
    uniqueIndex("escalation_policies_name").on(table.workspaceId, table.name).where(sql`${table.archivedAt} is null`),
  ],
);

/** An escalation policy in progress for one alert group, until someone acknowledges it or it is resolved. */
export const escalations = pgTable(
  "escalations",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    groupId: uuid().notNull(),
    /** Null for the default. The policy's content at the start is stored, so that an edit affects no escalation in progress. */
    policyId: uuid().references(() => escalationPolicies.id, { onDelete: "set null" }),
    policyName: text().notNull().default(""),
    /** EscalationStep[] of server/respond/oncall/escalation/contract.ts. */
    steps: jsonb().$type<JsonColumns["escalations.steps"]>().notNull().default([]),
    repeats: integer().notNull().default(0),
    /** Team that owns the affected model or endpoint. */
    teamId: uuid().references(() => teams.id, { onDelete: "set null" }),
    severity: text().notNull().default("page"),
    /** Number of people and receivers notified so far. */
    notifiedCount: integer().notNull().default(0),
    /** Index of the step that is next, and how often all were gone through. */
    step: integer().notNull().default(0),
    round: integer().notNull().default(0),
    startedAt: instant().notNull().defaultNow(),
    /** Time of the next step; null once the escalation has ended. */
    nextAt: instant(),
    /** Reason why it ended: "acknowledged", "resolved", "silenced", "at its end". Null while it is in progress. */
    ended: text(),
    endedAt: instant(),
    /** Time at which its next step would have been due, for one that was interrupted: it may continue there. */
    resumesAt: instant(),
    /** Of one that reached its end: when its page ended, and why. Until then it stands for the page, and no other one starts. */
    lapsedAt: instant(),
    lapsed: text(),
  },
  (table) => [
    index("escalations_due").on(table.nextAt),
    index("escalations_group").on(table.groupId),
    uniqueIndex("escalations_open").on(table.groupId).where(sql`${table.endedAt} is null`),
  ],
);

/** Notes from the user who goes off shift to the user who comes on. */
export const handoverNotes = pgTable(
  "handover_notes",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    scheduleId: belongsTo(() => schedules.id),
    shiftFrom: instant().notNull(),
    shiftTo: instant().notNull(),
    body: text().notNull(),
    writtenBy: text().notNull(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [uniqueIndex("handover_notes_shift").on(table.scheduleId, table.shiftFrom)],
);
