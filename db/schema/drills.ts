import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  date,
  doublePrecision,
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
import { endpoints } from "./serving.ts";

/** Faults made on purpose, within limits, to see who notices and what recovers: planned, running or ended. docs/spec/game-days.md. */
export const gameDays = pgTable(
  "game_days",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Counted from 1 in each workspace: GD-7. */
    number: integer().notNull(),
    endpointId: belongsTo(() => endpoints.id),
    /** One sentence that the game day can refute. */
    hypothesis: text().notNull(),
    /** Fault of server/serve/faults/contract.ts. */
    fault: jsonb().$type<JsonColumns["gameDays.fault"]>().notNull(),
    /** Which requests it may affect: a share of all, or only those that ask for it by a header. */
    scope: text({ enum: ["requests", "header"] }).notNull(),
    /** Share of the requests, 0 to 1. */
    share: doublePrecision().notNull(),
    minutes: integer().notNull(),
    /** Whether on-call knows before the end. */
    isAnnounced: boolean().notNull(),
    /** User who watches it and answers for it. */
    ownerId: text().notNull(),
    /** Expectation[] of server/respond/drills/contract.ts. */
    expectations: jsonb().$type<JsonColumns["gameDays.expectations"]>().notNull(),
    state: text({ enum: ["planned", "running", "ended", "aborted", "skipped"] })
      .notNull()
      .default("planned"),
    /** When it starts without a hand; null: someone starts it. */
    startsAt: instant(),
    repeats: text({ enum: ["never", "monthly"] })
      .notNull()
      .default("never"),
    /** The game day that it repeats, with which its report compares it. */
    previousId: uuid().references((): AnyPgColumn => gameDays.id, { onDelete: "set null" }),
    revision: integer().notNull().default(1),
    startedAt: instant(),
    /** When the fault ends at the latest. */
    until: instant(),
    /** Gateways end the fault when this has passed; the worker moves it on while everything is in order. */
    leasedUntil: instant(),
    /** Process that has carried out a fault which only one process may; null until one did. */
    takenBy: text(),
    endedAt: instant(),
    /** Why it ended before its time, or was skipped, in words; "" otherwise. */
    endReason: text().notNull().default(""),
    /** Name of the person who aborted it; null where nobody did. */
    endedBy: text(),
    /** When the owner's page was last open. */
    ownerSeenAt: instant(),
    /** Baseline of server/respond/drills/contract.ts: what was true when it started; null before. */
    baseline: jsonb().$type<JsonColumns["gameDays.baseline"]>(),
    /** GameDayReport of server/respond/drills/contract.ts; null until it is complete. */
    report: jsonb().$type<JsonColumns["gameDays.report"]>(),
    /** What was decided about the error budget that it used; null while nothing was. */
    budgetDecision: text({ enum: ["counted", "excluded"] }),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("game_days_number").on(table.workspaceId, table.number),
    // Two faults at once could not be told apart.
    uniqueIndex("game_days_running").on(table.workspaceId).where(sql`state = 'running'`),
    index("game_days_endpoint").on(table.endpointId, table.startedAt),
    index("game_days_previous").on(table.previousId),
    index("game_days_starts").on(table.startsAt).where(sql`state = 'planned' and starts_at is not null`),
  ],
);

const ofGameDay = () => belongsTo(() => gameDays.id);

/** Log of a game day: what Leeway did, and notes of people. What alerts and notifications did is read from theirs. */
export const gameDayEvents = pgTable(
  "game_day_events",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    gameDayId: ofGameDay(),
    at: instant().notNull().defaultNow(),
    kind: text({ enum: ["started", "share-raised", "carried-out", "note", "aborted", "ended", "skipped"] }).notNull(),
    words: text().notNull(),
    /** Name of the person; null for Leeway. */
    by: text(),
  },
  (table) => [index("game_day_events_day").on(table.gameDayId, table.at)],
);

/** Requests that a game day affected, by process of a gateway. Each process replaces its own row. */
export const gameDayCounts = pgTable(
  "game_day_counts",
  {
    gameDayId: ofGameDay(),
    process: text().notNull(),
    affected: bigint({ mode: "number" }).notNull(),
    /** Of these, those that got no prediction. */
    failed: bigint({ mode: "number" }).notNull(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.gameDayId, table.process] })],
);

/** What a game day showed to be missing, until someone has done it. */
export const gameDayFollowUps = pgTable(
  "game_day_follow_ups",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    gameDayId: ofGameDay(),
    words: text().notNull(),
    ownerId: text(),
    dueOn: date(),
    doneAt: instant(),
    doneBy: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [index("game_day_follow_ups_day").on(table.gameDayId)],
);
