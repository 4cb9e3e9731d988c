import { globSync, readFileSync } from "node:fs";
import { getTableName, isTable } from "drizzle-orm";
import { expect, test } from "vitest";
import * as schema from "#db/schema/index.ts";

/** Folder that writes the rows of each table. All other code calls a function there. */
const owners: Record<string, string> = {
  alert_group_members: "server/alerting/alerts/",
  alert_groups: "server/alerting/alerts/",
  artifact_uploads: "server/platform/artifacts/",
  audit_events: "server/platform/audit/",
  audit_seals: "server/platform/audit/seals/",
  deployments: "server/release/endpoints/",
  leases: "server/platform/heartbeats/",
  recurring_work: "server/platform/jobs/",
  role_heartbeats: "server/platform/heartbeats/",
  rollout_counts: "server/serve/rollout/",
  rule_states: "server/alerting/alerts/rules/",
  sessions: "server/platform/identity/sessions/",
  set_aside_items: "server/platform/jobs/",
  sign_in_episodes: "server/platform/identity/sign-in-log/",
  system_values: "server/platform/system-values.ts",
  watchdogs: "server/alerting/watchdog/",
  token_networks: "server/platform/identity/tokens/",
};

const nameOf = new Map(
  Object.entries(schema).flatMap(([key, value]) => (isTable(value) ? [[key, getTableName(value)] as const] : [])),
);

test("writes tables only from their owners", () => {
  const files = globSync("server/**/*.ts").filter(
    (file) => !file.endsWith(".test.ts") && !file.startsWith("server/testing/"),
  );
  const writes = files.flatMap((file) => writtenIn(readFileSync(file, "utf8")).map((table) => ({ table, file })));
  expect(new Set(writes.map(({ table }) => table).filter((table) => table in owners))).toEqual(
    new Set(Object.keys(owners)),
  );
  expect(writes.filter(({ table, file }) => owners[table] && !file.startsWith(owners[table]))).toEqual([]);
});

/** Names of the tables that a file inserts into, updates or deletes from, through drizzle or in SQL. */
function writtenIn(text: string): string[] {
  const built = [...text.matchAll(/\.(?:insert|update|delete)\((\w+)\)/g)].map(([, key]) => key);
  const inserted = [...text.matchAll(/(?:insert into|update|delete from) \$\{(\w+)\}/g)].map(([, key]) => key);
  const named = [...text.matchAll(/(?:insert into|update|delete from) "?(\w+)/g)].map(([, name]) => name ?? "");
  return [...[...built, ...inserted].map((key) => nameOf.get(key ?? "") ?? ""), ...named];
}
