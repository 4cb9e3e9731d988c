import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions } from "./registry.ts";
import { endpoints } from "./serving.ts";

/** A load test of one version through one endpoint, over as soon as `endedAt` is there. */
export const loadTests = pgTable(
  "load_tests",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    versionId: belongsTo(() => modelVersions.id),
    /** stopped: since live traffic got worse. */
    state: text({ enum: ["waiting", "running", "done", "stopped", "cancelled", "failed"] })
      .notNull()
      .default("waiting"),
    /** LoadTestSettings of server/serve/load-test/contract.ts. */
    settings: jsonb().$type<JsonColumns["loadTests.settings"]>().notNull(),
    /** Whether the version served live traffic when the test was started. */
    isLive: boolean().notNull(),
    reason: text().notNull().default(""),
    /** Description of why it ended as it did. */
    message: text(),
    startedBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Time of the first request. */
    startedAt: instant(),
    endedAt: instant(),
    /** Process that runs it now, and the time at which its lease expires without a heartbeat. */
    runner: uuid(),
    leasedUntil: instant(),
    /** Runners that began it. */
    attempts: integer().notNull().default(0),
  },
  (table) => [
    index("load_tests_endpoint").on(table.endpointId, table.createdAt),
    index("load_tests_version").on(table.versionId, table.createdAt),
    uniqueIndex("load_tests_one_at_a_time").on(table.endpointId).where(sql`state in ('waiting', 'running')`),
  ],
);

/** Measurements at one request rate. */
export const loadTestSteps = pgTable(
  "load_test_steps",
  {
    loadTestId: belongsTo(() => loadTests.id),
    workspaceId: ofWorkspace(),
    /** From 0. */
    position: integer().notNull(),
    /** StepMeasurement of server/serve/load-test/contract.ts. */
    measured: jsonb().$type<JsonColumns["loadTestSteps.measured"]>().notNull(),
    endedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.loadTestId, table.position] })],
);
