import { randomUUID } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import { loadTestSteps, loadTests, modelVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { mainAlias } from "#server/develop/registry/policy/contract.ts";
import { loadPolicy } from "#server/develop/registry/policy/queries.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { acquireLease } from "#server/platform/jobs/lease.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import type { LoadTest } from "./contract.ts";
import { loadLoadTest } from "./queries.ts";
import { runSteps } from "./run-steps.ts";

export interface LoadTestDependencies {
  /** URL at which the worker reaches inference, as clients do. */
  gatewayUrl: string;
}

interface Outcome {
  state: "done" | "stopped" | "failed";
  message: string | null;
}

/**
 * Runs a load test to its end, from the first step that is not measured. A runner that dies leaves its lease to lapse; then
 * resumeLoadTests has another go on. One that finds the test cancelled, or taken by another, ends without a word.
 */
export async function runLoadTest(ctx: Context, loadTestId: string, deps: LoadTestDependencies): Promise<void> {
  permit(ctx, "runLoadTest");
  const lease = await acquireLease(ctx, "load_tests", loadTestId);
  if (!lease) return;
  try {
    const test = await loadLoadTest(ctx, loadTestId);
    const outcome = await attempt(ctx, test, lease.signal, deps);
    if (outcome) await end(ctx, test, lease.runner, outcome);
  } finally {
    lease.stop();
  }
}

/** Runs one attempt of a load test. @returns undefined when another runner owns the test */
async function attempt(
  ctx: Context,
  test: LoadTest,
  signal: AbortSignal,
  { gatewayUrl }: LoadTestDependencies,
): Promise<Outcome | undefined> {
  try {
    const { endpointId } = await indexOf(ctx, test.id);
    const stoppedSince = await runSteps({
      ctx,
      test,
      endpointId,
      gatewayUrl,
      signal,
      onStart: async () => {
        await ctx.db.update(loadTests).set({ startedAt: new Date() }).where(thisTest(ctx, test.id));
        await publish(ctx, "endpoint", endpointId);
      },
      measured: async ({ position, measured }) => {
        const row = { loadTestId: test.id, workspaceId: ctx.actor.workspaceId, position, measured };
        await ctx.db.insert(loadTestSteps).values(row).onConflictDoNothing();
        await publish(ctx, "endpoint", endpointId);
      },
    });
    if (signal.aborted) return undefined;
    return stoppedSince ? { state: "stopped", message: stoppedSince } : { state: "done", message: null };
  } catch (cause) {
    if (signal.aborted) return undefined;
    if (cause instanceof DomainError) return { state: "failed", message: cause.message };
    log.error("load-test.failed", { loadTestId: test.id, cause });
    return { state: "failed", message: "Internal error; see the worker log." };
  }
}

async function end(ctx: Context, { id }: LoadTest, runner: string, { state, message }: Outcome): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [ended] = await ctx.db
      .update(loadTests)
      .set({ state, message, endedAt: new Date(), runner: null, leasedUntil: null })
      .where(and(thisTest(ctx, id), eq(loadTests.runner, runner), inArray(loadTests.state, ["waiting", "running"])))
      .returning({ endpointId: loadTests.endpointId });
    if (!ended) return;
    const { endpoint, model, version, versionId, steps, findings } = await loadLoadTest(ctx, id);
    if (steps.length > 0) await refreshGates(ctx, versionId);
    await record(ctx, `load-test.${state === "done" ? "ended" : state}`, {
      subject: `endpoint/${endpoint}`,
      after: { loadTestId: id, model, version, steps: steps.length, message, ...findings },
    });
    await publish(ctx, "routes", ended.endpointId);
    await publish(ctx, "endpoint", ended.endpointId);
  });
}

async function indexOf(ctx: Context, id: string): Promise<{ endpointId: string }> {
  const [row] = await ctx.db.select({ endpointId: loadTests.endpointId }).from(loadTests).where(thisTest(ctx, id));
  if (!row) throw new DomainError("not-found", "The load test no longer exists.");
  const { archivedAt, name } = await findEndpointById(ctx, row.endpointId);
  if (archivedAt) throw new DomainError("conflict", `The endpoint "${name}" was archived.`);
  return row;
}

function thisTest(ctx: Context, id: string) {
  return and(eq(loadTests.workspaceId, ctx.actor.workspaceId), eq(loadTests.id, id));
}

/** Runs the gates of a version again if one of them is about latency, since there is new evidence. */
async function refreshGates(ctx: Context, versionId: string): Promise<void> {
  const [version] = await ctx.db
    .select({ modelId: modelVersions.modelId })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId)));
  if (!version) return;
  const { policy } = await loadPolicy(ctx, version.modelId);
  if (!policy.gates.some(({ kind }) => kind === "latency")) return;
  await enqueue(ctx, "run-gates", { versionId, alias: mainAlias(policy), checkId: randomUUID() });
}
