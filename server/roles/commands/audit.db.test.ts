import { sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { getAuditIntegrity } from "#server/admin/audit-log/get-audit-integrity.ts";
import { sealWatcher } from "#server/admin/audit-log/seal-watcher.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { configureLog } from "#server/base/log.ts";
import { record } from "#server/platform/audit/record.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { audit } from "./audit.ts";

configureLog({ role: "test", level: "silent" });

test("verifies on the command line, and fails for a change, an unknown hash and wrong arguments", async () => {
  const { db, url } = await freshDatabase();
  const ctx = await newWorkspace(db);
  for (const number of [1, 2]) await record(ctx, "a.done", { subject: `a/${number}` });
  await sealWatcher(db).evaluate();
  const hash = (await getAuditIntegrity(ctx)).seal?.hash as string;
  await record(ctx, "a.done", { subject: "a/new" });
  const config = readConfig({ DATABASE_URL: url });
  const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await audit(["verify", "--head", hash.toUpperCase()], config);
  expect(printed.mock.calls.join("")).toContain("2 entries in 1 seal are intact.\n1 entry is not sealed yet.");
  expect(printed.mock.calls.join("")).toContain(`Hash of seal 1: ${hash}`);
  await expect(audit(["verify", "--head", "0".repeat(64)], config)).rejects.toThrow("No seal has the hash");
  await db.execute(sql`delete from audit_events where subject = 'a/1'`);
  await expect(audit(["verify"], config)).rejects.toThrow("was removed");
  for (const args of [[], ["seal"], ["verify", "--tail"]]) await expect(audit(args, config)).rejects.toThrow("Usage");
  await expect(audit(["verify", "--head", "abc"], config)).rejects.toThrow("--head");
});
