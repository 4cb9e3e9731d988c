import { count } from "drizzle-orm";
import { Gauge, type Registry, register } from "prom-client";
import type { Database } from "#db/client.ts";
import { setAsideItems } from "#db/schema/index.ts";
import { schedule } from "./schedule.ts";
import type { Watcher } from "./watcher.ts";

/**
 * Registers the gauges of watchers and scheduled jobs, read when Prometheus asks. Items set aside are counted in Postgres, so that every worker reports the
 * same number: take the largest, not the sum. Ages are those of this worker.
 * @param db of the worker
 */
export function registerWatcherGauges(
  db: Database,
  watchers: readonly Pick<Watcher, "name" | "ageMs">[],
  registry: Registry = register,
): void {
  new Gauge({
    name: "leeway_watcher_set_aside",
    help: "Items that a watcher or a scheduled job failed to evaluate and retries later.",
    labelNames: ["watcher"],
    registers: [registry],
    async collect() {
      const counts = await countSetAside(db).catch(() => undefined);
      this.reset();
      if (!counts) return;
      const names = [...watchers.map(({ name }) => name), ...schedule.map(({ kind }) => kind)];
      for (const name of names) this.set({ watcher: name }, counts.get(name) ?? 0);
    },
  });
  new Gauge({
    name: "leeway_watcher_last_round_age_seconds",
    help: "Time since a watcher of this worker last completed a round without failing.",
    labelNames: ["watcher"],
    registers: [registry],
    collect() {
      for (const { name, ageMs } of watchers) this.set({ watcher: name }, ageMs / 1000);
    },
  });
}

async function countSetAside(db: Database): Promise<Map<string, number>> {
  const rows = await db
    .select({ watcher: setAsideItems.watcher, count: count() })
    .from(setAsideItems)
    .groupBy(setAsideItems.watcher);
  return new Map(rows.map(({ watcher, count }) => [watcher, count]));
}
