import { sql } from "drizzle-orm";
import { Gauge, type Registry, register } from "prom-client";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";

const Open = z.object({
  workspace: z.string(),
  model: z.string(),
  state: z.enum(["queued", "running"]),
  count: z.number(),
  oldest: z.number(),
});
type Open = z.infer<typeof Open>;

/**
 * Registers gauges of queued and running tasks at each endpoint, for Prometheus, read when it scrapes. They come from Postgres, so every
 * worker reports the same for all gateways: take the maximum, not the sum. @param db of the worker
 */
export function registerBacklogGauges(db: Database, registry: Registry = register): void {
  const gauge = (name: string, help: string, measure: (open: Open) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["workspace", "model", "state"],
      registers: [registry],
      // Each metric reads separately: all are collected concurrently, and none waits for another.
      async collect() {
        const open = await readOpen(db).catch(() => []);
        this.reset();
        for (const each of open) {
          const { workspace, model, state } = each;
          this.set({ workspace, model, state }, measure(each));
        }
      },
    });
  gauge("leeway_tasks_pending", "Queued and running tasks across all gateways.", ({ count }) => count);
  gauge("leeway_tasks_oldest_seconds", "Time since the oldest of them was submitted.", ({ oldest }) => oldest);
}

async function readOpen(db: Database): Promise<Open[]> {
  const result = await db.execute(sql`
    select workspace.slug as workspace, endpoint.name as model, task.state, count(*)::int as count,
      extract(epoch from now() - min(task.submitted_at))::float8 as oldest
    from inference_tasks as task join endpoints as endpoint on endpoint.id = task.endpoint_id
      join workspaces as workspace on workspace.id = task.workspace_id
    where task.state in ('queued', 'running') group by workspace.slug, endpoint.name, task.state`);
  return rowsOf(Open, result);
}
