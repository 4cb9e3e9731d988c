import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { teams } from "./oncall.ts";
import { runbooks } from "./runbooks.ts";
import { endpoints } from "./serving.ts";

export const incidents = pgTable(
  "incidents",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Counted from 1 in each workspace: INC-7. */
    number: integer().notNull(),
    title: text().notNull(),
    severity: text({ enum: ["SEV1", "SEV2", "SEV3", "SEV4"] }).notNull(),
    state: text({ enum: ["triage", "active", "mitigated", "resolved", "closed", "cancelled", "merged"] }).notNull(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "set null" }),
    teamId: uuid().references(() => teams.id, { onDelete: "set null" }),
    runbookId: uuid().references(() => runbooks.id, { onDelete: "set null" }),
    /** IncidentRoles of server/respond/incidents/contract.ts: lead and scribe. */
    roles: jsonb().$type<JsonColumns["incidents.roles"]>().notNull().default({}),
    /** Whether its first signal was an alert. */
    isFoundByMachine: boolean().notNull(),
    /** Cause of server/respond/incidents/contract.ts, entered by a user; null until it is known. */
    cause: text(),
    /** First minute in which the indicator was worse than its target; a person may correct it. */
    startedAt: instant().notNull(),
    detectedAt: instant().notNull(),
    pagedAt: instant(),
    acknowledgedAt: instant(),
    mitigatedAt: instant(),
    /** When it was last moved back to active after its impact had ended; null if it never was. */
    reopenedAt: instant(),
    resolvedAt: instant(),
    closedAt: instant(),
    declaredBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** ImpactCounts of server/respond/incidents/contract.ts, from the indicators themselves. */
    impact: jsonb().$type<JsonColumns["incidents.impact"]>().notNull().default({}),
    revision: integer().notNull().default(0),
    /** IncidentStage of server/respond/incidents/stages/contract.ts while it is open: what there is to do. */
    stage: text({ enum: ["act", "watch", "resolve"] })
      .notNull()
      .default("act"),
    /** When it entered the stage; null for one that never left the first. */
    stageAt: instant(),
    /** Recovery of server/respond/incidents/stages/contract.ts: what was done, and how the burn rate has moved since. */
    recovery: jsonb().$type<JsonColumns["incidents.recovery"]>().notNull().default({}),
    /** What is still to be attached: the changes and objectives of its start, and the start itself. Null once it is. */
    factsDue: text({ enum: ["facts", "facts-and-start"] }),
    /** Causes that alerts of other endpoints may have too (server/respond/cause/shared-causes.ts): they join this incident. */
    sharedCauses: text().array().notNull().default(sql`'{}'`),
    /** Merger of server/respond/incidents/folding/contract.ts: of which incident it is a part since when; null unless it is merged. */
    merger: jsonb().$type<JsonColumns["incidents.merger"]>(),
  },
  (table) => [
    uniqueIndex("incidents_number").on(table.workspaceId, table.number),
    index("incidents_state").on(table.workspaceId, table.state),
    index("incidents_endpoint").on(table.endpointId, table.startedAt),
    index("incidents_facts_due").on(table.createdAt).where(sql`${table.factsDue} is not null`),
  ],
);

const ofIncident = () => belongsTo(() => incidents.id);

export const incidentLinks = pgTable(
  "incident_links",
  {
    workspaceId: ofWorkspace(),
    incidentId: ofIncident(),
    kind: text({ enum: ["alert-group", "slo", "rollout", "deployment", "prediction", "change", "issue"] }).notNull(),
    ref: text().notNull(),
    title: text().notNull(),
    addedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.incidentId, table.kind, table.ref] }),
    index("incident_links_ref").on(table.workspaceId, table.kind, table.ref),
  ],
);

/** TimelineEvent of server/respond/incidents/timeline/contract.ts. One that supersedes another leaves that where it is. */
export const timelineEvents = pgTable(
  "timeline_events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: ofWorkspace(),
    incidentId: ofIncident(),
    at: instant().notNull(),
    recordedAt: instant().notNull().defaultNow(),
    kind: text().notNull(),
    title: text().notNull(),
    body: text(),
    actorKind: text({ enum: ["person", "system"] }).notNull(),
    actorName: text().notNull(),
    links: jsonb().$type<JsonColumns["timelineEvents.links"]>().notNull().default([]),
    /** Marked by a person or by evidence as what probably caused it. */
    isProbableCause: boolean().notNull().default(false),
    supersedes: bigint({ mode: "number" }),
    /** Idempotency key: a source adds the same event to an incident only once. */
    deduplicationKey: text(),
  },
  (table) => [
    index("timeline_events_incident").on(table.incidentId, table.at),
    uniqueIndex("timeline_events_deduplication").on(table.incidentId, table.deduplicationKey),
  ],
);

export const postMortems = pgTable("post_mortems", {
  incidentId: ofIncident().primaryKey(),
  workspaceId: ofWorkspace(),
  state: text({ enum: ["draft", "done", "waived"] }).notNull(),
  /** Markdown. */
  body: text().notNull(),
  /** Author and reason of the waiver. */
  waiver: text(),
  dueOn: date(),
  revision: integer().notNull().default(1),
  updatedBy: text().notNull(),
  updatedAt: instant().notNull().defaultNow(),
});

export const postMortemRevisions = pgTable(
  "post_mortem_revisions",
  {
    workspaceId: ofWorkspace(),
    incidentId: ofIncident(),
    revision: integer().notNull(),
    body: text().notNull(),
    changedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.incidentId, table.revision] })],
);

/** Follow-up actions with their owners. */
export const incidentActions = pgTable(
  "incident_actions",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    incidentId: ofIncident(),
    title: text().notNull(),
    kind: text({ enum: ["prevent", "detect", "mitigate"] }).notNull(),
    ownerId: uuid(),
    dueOn: date(),
    /** Address of the issue in another tracker. */
    issueUrl: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    doneAt: instant(),
    doneBy: text(),
  },
  (table) => [
    index("incident_actions_incident").on(table.incidentId),
    index("incident_actions_due").on(table.workspaceId, table.dueOn),
  ],
);

/** Changes that Leeway does not detect automatically, reported by pipelines: data loads, configuration, flags, schemas. */
export const externalChanges = pgTable(
  "external_changes",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Null for changes that affect all endpoints. */
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    kind: text({ enum: ["deploy", "data", "config", "schema", "flag"] }).notNull(),
    title: text().notNull(),
    body: text().notNull().default(""),
    url: text(),
    at: instant().notNull(),
    reportedBy: text().notNull(),
    recordedAt: instant().notNull().defaultNow(),
  },
  (table) => [index("external_changes_at").on(table.workspaceId, table.at)],
);
