import { bigint, date, doublePrecision, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { teams } from "./oncall.ts";
import { endpoints } from "./serving.ts";

/** Immutable prices, each in effect from an instant on, until a later row replaces it. */
export const prices = pgTable(
  "prices",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** PriceItem of server/watch/cost/contract.ts: "core-hour", "gpu-hour", "gb-month", "engine-request". */
    item: text().notNull(),
    /** Kind of machine, card or engine; "" for all that no other row names. */
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

/** Metered hourly usage of an endpoint's version; converted to money when it is read. */
export const usageHours = pgTable(
  "usage_hours",
  {
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    versionId: uuid().notNull(),
    arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
    provider: text().notNull(),
    /** Name of the gateway's machine. */
    machine: text().notNull().default(""),
    hour: instant().notNull(),
    requests: bigint({ mode: "number" }).notNull(),
    /** Requests that got a response, of these and of those below. */
    answered: bigint({ mode: "number" }).notNull().default(0),
    /** Rows predicted by a run of the model. */
    rows: bigint({ mode: "number" }).notNull(),
    cacheHits: bigint({ mode: "number" }).notNull(),
    coalesced: bigint({ mode: "number" }).notNull(),
    /** Runs whose request went on to another step of a cascade: they are in no count above, and an engine is paid for them too. */
    escalatedRuns: bigint({ mode: "number" }).notNull().default(0),
    /** Core-milliseconds of runs, or GPU-milliseconds on a GPU, each run once however many requests shared it. */
    computeMs: doublePrecision().notNull(),
  },
  (table) => [
    primaryKey({
      name: "usage_hours_pk",
      columns: [table.endpointId, table.hour, table.versionId, table.arm, table.provider, table.machine],
    }),
    index("usage_hours_machine").on(table.machine, table.hour),
    index("usage_hours_hour").on(table.workspaceId, table.hour),
  ],
);

/** Hourly capacity of a gateway machine and the share of it that ran models, for all workspaces. Not a tenant's data. */
export const machineHours = pgTable(
  "machine_hours",
  {
    /** Name of the machine; several gateway processes may share it. */
    machine: text().notNull(),
    hour: instant().notNull(),
    /** Machine kind as the price book may name it (MACHINE_KIND); "" when it is not configured. */
    kind: text().notNull().default(""),
    cores: integer().notNull(),
    gpus: integer().notNull(),
    gpuKind: text().notNull().default(""),
    memoryBytes: bigint({ mode: "number" }).notNull(),
    /** Memory last observed to be held by loaded versions. */
    modelBytes: bigint({ mode: "number" }).notNull().default(0),
    /** Minutes of the hour in which it was up, a bit each: adding one twice is adding it once. */
    minutesUp: bigint({ mode: "bigint" }).notNull(),
    /** Core-milliseconds and GPU-milliseconds of runs. */
    coreBusyMs: doublePrecision().notNull().default(0),
    gpuBusyMs: doublePrecision().notNull().default(0),
    /** Rows of usage that are its own: what it costs without a run is theirs in equal parts. */
    served: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.machine, table.hour] }), index("machine_hours_hour").on(table.hour)],
);

/** Bytes stored by a workspace, by day and kind. */
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

/** Monthly budget of the workspace, an endpoint or a team; a later row of the same scope replaces it. */
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
