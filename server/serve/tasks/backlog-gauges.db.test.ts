import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { ago, gatewayUrl, newTaskEndpoint, submit } from "../../testing/fixtures/serving/tasks/testing.ts";
import { registerBacklogGauges } from "./backlog-gauges.ts";
import { cancelTask } from "./cancel-task.ts";

test(
  "exports the number of queued tasks and the age of the oldest, and removes them after completion",
  inWorkspace(async (ctx) => {
    const registry = new Registry();
    registerBacklogGauges(ctx.db, registry);
    const endpointId = await newTaskEndpoint(ctx);
    const ids = [await submit(ctx, endpointId), await submit(ctx, endpointId)];
    await ago(ctx, ids[0] as string, { submittedAt: new Date(Date.now() - 90_000) });
    const text = await registry.metrics();
    expect(text).toMatch(/leeway_tasks_pending\{.*model="digits",state="queued"\} 2\n/);
    expect(Number(/leeway_tasks_oldest_seconds\{.*\} (\S+)/.exec(text)?.[1])).toBeGreaterThan(80);
    for (const taskId of ids) await cancelTask(ctx, { taskId }, gatewayUrl);
    expect(await registry.metrics()).not.toContain("leeway_tasks_pending{");
  }),
);
