import { Gauge, type Registry, register } from "prom-client";
import type { Database } from "#db/client.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { oldestUnsealed } from "#server/platform/audit/seals/sealed-entries.ts";

/** Registers the gauge of the lag of the audit log's seals, read when Prometheus asks. */
export function registerSealGauge(db: Database, registry: Registry = register): void {
  new Gauge({
    name: "leeway_audit_unsealed_age_seconds",
    help: "Age of the oldest audit log entry without a seal; 0 when all are sealed.",
    registers: [registry],
    async collect() {
      const lag = await sealLagSeconds(db).catch(() => undefined);
      this.reset();
      if (lag !== undefined) this.set(lag);
    },
  });
}

async function sealLagSeconds(db: Database): Promise<number> {
  const oldest = await oldestUnsealed(db);
  return oldest ? Math.max(0, ((await databaseNow(db)) - oldest.getTime()) / 1000) : 0;
}
