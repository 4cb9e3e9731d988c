import { sql } from "drizzle-orm";
import { Gauge, type Registry, register } from "prom-client";
import type { Database } from "#db/client.ts";

interface Open {
  workspace: string;
  model: string;
  state: "queued" | "running";
  count: number;
  oldest: number;
}

/**
 * What waits and runs at each endpoint, for Prometheus, read when it asks. In Postgres, so that every worker tells the same of all
 * gateways: take the largest, not the sum. @param db of the worker
 */
export function registerBacklogGauges(db: Database, registry: Registry = register): void {
  const labelNames = ["workspace", "model", "state"] as const;
  const count = new Gauge({
    ...{ name: "leeway_tasks_open", help: "Tasks that wait or run, of all gateways together.", labelNames },
    registers: [registry],
    collect: async () => {
      const open = await readOpen(db).catch(() => []);
      count.reset();
      oldest.reset();
      for (const { count: tasks, oldest: seconds, ...labels } of open) {
        count.set(labels, tasks);
        oldest.set(labels, seconds);
      }
    },
  });
  const oldest = new Gauge({
    ...{ name: "leeway_tasks_oldest_seconds", help: "Time since the submission of the oldest of them.", labelNames },
    registers: [registry],
  });
}

async function readOpen(db: Database): Promise<Open[]> {
  const { rows } = await db.execute(sql`
    select workspace.slug as workspace, endpoint.name as model, task.state, count(*)::int as count,
      extract(epoch from now() - min(task.submitted_at))::float8 as oldest
    from inference_tasks as task join endpoints as endpoint on endpoint.id = task.endpoint_id
      join workspaces as workspace on workspace.id = task.workspace_id
    where task.state in ('queued', 'running') group by workspace.slug, endpoint.name, task.state`);
  return rows as unknown as Open[];
}
