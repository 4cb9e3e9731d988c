import {
  bigint,
  date,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { workspaces } from "./identity.ts";
import { teams } from "./oncall.ts";
import { endpoints } from "./serving.ts";

const ofWorkspace = () =>
  uuid()
    .notNull()
    .references(() => workspaces.id, { onDelete: "cascade" });
const instant = () => timestamp({ withTimezone: true });

/** What things cost, from an instant on; a later row takes its place, and none is ever changed. */
export const prices = pgTable(
  "prices",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** PriceItem of server/cost/contract.ts: "core-hour", "gpu-hour", "gb-month", "engine-request". */
    item: text().notNull(),
    /** Of a kind of machine, card or engine; "" for all that no other row names. */
    variant: text().notNull().default(""),
    amount: doublePrecision().notNull(),
    currency: text().notNull(),
    from: instant().notNull(),
    reason: text().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [index("prices_item").on(table.workspaceId, table.item, table.from)],
);

/** What an endpoint's version used in an hour, metered; money is made of it when it is read. */
export const usageHours = pgTable(
  "usage_hours",
  {
    workspaceId: ofWorkspace(),
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id, { onDelete: "cascade" }),
    versionId: uuid().notNull(),
    arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
    provider: text().notNull(),
    hour: instant().notNull(),
    requests: bigint({ mode: "number" }).notNull(),
    /** Rows that were answered by a run of the model. */
    rows: bigint({ mode: "number" }).notNull(),
    cacheHits: bigint({ mode: "number" }).notNull(),
    coalesced: bigint({ mode: "number" }).notNull(),
    /** Milliseconds of runs, each once however many requests shared it. */
    computeMs: doublePrecision().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.hour, table.versionId, table.arm, table.provider] }),
    index("usage_hours_hour").on(table.workspaceId, table.hour),
  ],
);

/** What a gateway's machine had and how much of it ran models, by hour. Not a tenant's data. */
export const machineHours = pgTable(
  "machine_hours",
  {
    gatewayId: text().notNull(),
    hour: instant().notNull(),
    cores: integer().notNull(),
    gpus: integer().notNull(),
    memoryBytes: bigint({ mode: "number" }).notNull(),
    /** Seconds of the hour that it was up. */
    upSeconds: doublePrecision().notNull(),
    /** Core-milliseconds and GPU-milliseconds of runs. */
    coreBusyMs: doublePrecision().notNull(),
    gpuBusyMs: doublePrecision().notNull(),
  },
  (table) => [primaryKey({ columns: [table.gatewayId, table.hour] }), index("machine_hours_hour").on(table.hour)],
);

/** Bytes that a workspace keeps, by day and kind. */
export const storageDays = pgTable(
  "storage_days",
  {
    workspaceId: ofWorkspace(),
    day: date().notNull(),
    /** "artifacts", "predictions". */
    kind: text().notNull(),
    bytes: bigint({ mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.day, table.kind] })],
);

/** What may be spent in a month, of the workspace, an endpoint or a team; a later row of the same scope takes its place. */
export const costBudgets = pgTable(
  "cost_budgets",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    teamId: uuid().references(() => teams.id, { onDelete: "cascade" }),
    /** A month; 0 takes the budget away. */
    amount: doublePrecision().notNull(),
    currency: text().notNull(),
    /** The first month that it is for: its first day. */
    from: date().notNull(),
    reason: text().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [index("cost_budgets_workspace").on(table.workspaceId, table.from)],
);
