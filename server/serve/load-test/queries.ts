import { and, asc, desc, eq, gte, inArray, type SQL } from "drizzle-orm";
import { z } from "zod";
import { endpoints, loadTestSteps, loadTests, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { type LoadTest, LoadTestKey, LoadTestSettings, StepMeasurement } from "./contract.ts";
import { findingsOf } from "./findings.ts";

const ListLoadTests = z.object({ endpointId: z.uuid(), limit: z.number().int().min(1).max(100).default(20) });

/** Lists the load tests of an endpoint, newest first. @throws DomainError "not-found" */
export async function listLoadTests(ctx: Context, input: z.input<typeof ListLoadTests>): Promise<LoadTest[]> {
  permit(ctx, "listLoadTests");
  const { endpointId, limit } = ListLoadTests.parse(input);
  await findEndpointById(ctx, endpointId);
  return select(ctx, eq(loadTests.endpointId, endpointId), limit);
}

/** Returns one load test of an endpoint, with all its steps so far. @throws DomainError "not-found" */
export async function getLoadTest(ctx: Context, input: LoadTestKey): Promise<LoadTest> {
  permit(ctx, "getLoadTest");
  const { endpointId, id } = LoadTestKey.parse(input);
  await findEndpointById(ctx, endpointId);
  return loadLoadTest(ctx, id, endpointId);
}

/** Loads a test for commands of this domain, which have checked permissions. @throws DomainError "not-found" */
export async function loadLoadTest(ctx: Context, id: string, endpointId?: string): Promise<LoadTest> {
  const ofEndpoint = endpointId === undefined ? undefined : eq(loadTests.endpointId, endpointId);
  const [found] = await select(ctx, and(eq(loadTests.id, id), ofEndpoint), 1);
  if (!found) throw new DomainError("not-found", "Load test not found for this endpoint.");
  return found;
}

/** Lists completed load tests of a version since the given time that measured a step, newest first: the evidence of the latency gate. */
export async function measuredLoadTests(ctx: Context, versionId: string, since: Date): Promise<LoadTest[]> {
  const found = await select(ctx, and(eq(loadTests.versionId, versionId), gte(loadTests.createdAt, since)), 20);
  return found.filter(({ steps, endedAt }) => endedAt !== null && steps.length > 0);
}

async function select(ctx: Context, where: SQL | undefined, limit: number): Promise<LoadTest[]> {
  const rows = await ctx.db
    .select({
      test: loadTests,
      endpoint: endpoints.name,
      model: registeredModels.name,
      version: modelVersions.version,
    })
    .from(loadTests)
    .innerJoin(endpoints, eq(endpoints.id, loadTests.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, loadTests.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(loadTests.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(loadTests.createdAt), desc(loadTests.id))
    .limit(limit);
  if (rows.length === 0) return [];
  const ids = rows.map(({ test }) => test.id);
  const steps = await ctx.db
    .select()
    .from(loadTestSteps)
    .where(and(eq(loadTestSteps.workspaceId, ctx.actor.workspaceId), inArray(loadTestSteps.loadTestId, ids)))
    .orderBy(asc(loadTestSteps.position));
  const stepsOf = Map.groupBy(steps, ({ loadTestId }) => loadTestId);
  return rows.map(({ test, ...names }) => {
    const { workspaceId, endpointId, runner, leasedUntil, settings, ...row } = test;
    const measured = (stepsOf.get(test.id) ?? []).map((step) => StepMeasurement.parse(step.measured));
    return {
      ...row,
      ...names,
      settings: LoadTestSettings.parse(settings),
      steps: measured,
      findings: findingsOf(measured),
    };
  });
}
