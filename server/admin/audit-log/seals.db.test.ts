import { eq, sql } from "drizzle-orm";
import pg from "pg";
import { Registry } from "prom-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { auditSeals, recurringWork } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { dayMs } from "#server/base/durations.ts";
import { configureLog, log } from "#server/base/log.ts";
import { record } from "#server/platform/audit/record.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { getAuditIntegrity } from "./get-audit-integrity.ts";
import { registerSealGauge } from "./seal-gauge.ts";
import { sealWatcher } from "./seal-watcher.ts";
import { verifyAuditLog } from "./verify-audit-log.ts";

configureLog({ role: "test", level: "silent" });

async function newLog(entries: number) {
  const { db, url } = await freshDatabase();
  const ctx = await newWorkspace(db);
  for (let number = 0; number < entries; number++) await record(ctx, "a.done", { subject: `a/${number}` });
  return { db, url, ctx };
}

test("seals everything in rounds, and shows the seal and the verification", async () => {
  const { db, ctx } = await newLog(3);
  expect(await getAuditIntegrity(ctx)).toMatchObject({ seal: null, verification: null });
  const watcher = sealWatcher(db);
  await watcher.evaluate();
  expect(await getAuditIntegrity(ctx)).toMatchObject({ seal: { number: 1 }, unsealedSince: null });
  await record(ctx, "a.done", { subject: "a/3" });
  expect((await getAuditIntegrity(ctx)).unsealedSince).toBeInstanceOf(Date);
  await watcher.evaluate();
  await watcher.evaluate();
  expect(await db.$count(auditSeals)).toBe(2);
  const written = vi.spyOn(log, "info");
  await verifyAuditLog(ctx);
  const { seal, verification } = await getAuditIntegrity(ctx);
  expect(verification).toMatchObject({ seals: 2, entries: 4, head: seal?.hash, problem: null });
  expect(written).toHaveBeenCalledWith("audit.verified", expect.objectContaining({ head: seal?.hash }));
});

test("shows and logs a change that the daily verification finds", async () => {
  const { db, ctx } = await newLog(3);
  await sealWatcher(db).evaluate();
  await db.execute(sql`update audit_events set actor_name = 'X' where subject = 'a/1'`);
  const written = vi.spyOn(log, "error");
  await expect(verifyAuditLog(ctx)).rejects.toMatchObject({ code: "conflict" });
  expect((await getAuditIntegrity(ctx)).verification?.problem).toContain("was changed");
  expect(written).toHaveBeenCalledWith("audit.verification_failed", expect.anything());
});

test("waits for an open transaction, reports its lag, and catches up", async () => {
  const { db, url, ctx } = await newLog(0);
  const slow = new pg.Client({ connectionString: url });
  await slow.connect();
  onTestFinished(() => slow.end());
  const insert =
    "insert into audit_events (actor_kind, actor_id, actor_name, action, subject, at) values ('system', 'a', 'A', 'a.done', 'a', now() - interval '1 hour')";
  await slow.query(`begin; ${insert}`);
  await db.execute(sql.raw(insert));
  const watcher = sealWatcher(db);
  await expect(watcher.evaluate()).rejects.toThrow("are not sealed yet");
  const [row] = await db.select().from(recurringWork).where(eq(recurringWork.name, "audit-seals"));
  expect(row?.problem).toContain("A transaction may be open");
  const registry = new Registry();
  registerSealGauge(db, registry);
  const lag = async () => Number(/^leeway_audit_unsealed_age_seconds (\S+)$/m.exec(await registry.metrics())?.[1]);
  expect(await lag()).toBeGreaterThan(3_500);
  await slow.query("commit");
  await watcher.evaluate(Date.now() + dayMs);
  expect(await lag()).toBe(0);
  expect((await getAuditIntegrity(ctx)).seal).toMatchObject({ number: 1 });
});
