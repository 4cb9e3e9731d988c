import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import type { FastifyRequest } from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import { labelAnswers, labelTasks, predictionLabels } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { authenticateRequest } from "#server/http/auth.ts";
import { inferencePlugin } from "#server/http/inference/plugin.ts";
import { createServer, type WebDependencies } from "#server/http/server.ts";
import { recordSettledLabels } from "#server/improve/labelling/flows/record-settled-labels.ts";
import type { LabelProject } from "#server/improve/labelling/projects/contract.ts";
import { performLabelRun } from "#server/improve/labelling/runs/perform-label-run.ts";
import { getLabelRun, listLabelRuns } from "#server/improve/labelling/runs/queries.ts";
import { fillProject } from "#server/improve/labelling/sources/fill-project.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { scopes } from "#server/platform/permissions/permissions/permission.ts";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { ensureEndpoint } from "#server/roles/demo/deploy.ts";
import { labelArchive, labelAudit, startSessions } from "#server/roles/demo/labels/annotate.ts";
import { archiveOf, digitFinder } from "#server/roles/demo/labels/archive.ts";
import {
  ensureArchive,
  ensureLabelProject,
  reviewArchive,
  startLabelRun,
} from "#server/roles/demo/labels/label-project.ts";
import { demoFile, readSamples } from "#server/roles/demo/recording.ts";
import { newTestGateway } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { v1Plugin } from "./plugin.ts";

const samples = await readSamples("digits");
const signature = {
  ...mlpSignature,
  inputs: [{ name: "image", datatype: "FP32" as const, shape: ["N", 1, 8, 8] }],
  outputs: [{ name: "probabilities", datatype: "FP32" as const, shape: ["N", 10] }],
  labels: Array.from({ length: 10 }, (_, digit) => String(digit)),
};

/** Creates the product with version 2 of the digits, and its gateway on the same address. */
async function newProduct(): Promise<{ ctx: Context; target: DemoTarget; flush: () => Promise<void> }> {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  const app = createServer(readConfig({}));
  onTestFinished(async () => {
    await app.close();
    await gateway.close();
  });
  const bytes = readFileSync(demoFile("digits", "models/digits-v2.onnx"));
  await newVersion(ctx, { version: 2, bytes, signature }, gateway.models);
  await inferencePlugin(app, { core: gateway.core });
  const rules = { allowsPrivate: true };
  const config = { publicUrl: "http://leeway.test", engines: rules, notifications: { rules } };
  const known = { db, sessionSecret: "x".repeat(32), config };
  const deps = {
    ...known,
    authenticate: (request: FastifyRequest) => authenticateRequest(request, known),
  } as unknown as WebDependencies;
  await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
  await app.listen({ port: 0, host: "127.0.0.1" });
  await gateway.core.start();
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    ctx,
    target: { url, gatewayUrl: url, token: (await createToken(ctx, { name: "demo", scopes: [...scopes] })).secret },
    flush: () => gateway.core.flush(),
  };
}

/** Requests that the project is filled from, and digits of the archive: fewer than in the demo, so that the test is short. */
const traffic = samples.slice(240);
const digits = new Map(traffic.map(({ label }, at) => [`request ${at}`, label]));
const archive = archiveOf(samples).slice(0, 100);

/** Sends digits, as if a few minutes ago. */
async function sendDigits(ctx: Context, target: DemoTarget, flush: () => Promise<void>): Promise<void> {
  const infer = (inputs: unknown[], id: string) =>
    send(target, "POST", `${target.gatewayUrl}/v2/models/digits/infer`, { id, inputs });
  await vi.waitFor(() => infer(traffic[0]?.inputs ?? [], "first"), { timeout: 20_000 });
  await Promise.all(traffic.map(({ inputs }, at) => infer(inputs, `request ${at}`)));
  await flush();
  await ctx.db.execute(sql`update predictions set at = at - interval '3 minutes'`);
}

/** Answers of a confusion table off its diagonal. */
const mistaken = (confusion: readonly number[][]) =>
  confusion.reduce(
    (sum, row, label) => sum + row.reduce((all, count, given) => all + (given === label ? 0 : count), 0),
    0,
  );

test("has people label digits with their known errors, and leaves a queue for the viewer", async () => {
  const { ctx, target, flush } = await newProduct();
  const folder = mkdtempSync(join(tmpdir(), "leeway-demo-labels-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const artifacts = await openLocalStore(folder);
  await ensureEndpoint(target, { name: "digits", model: "digits", version: 2, captureShare: 1 });
  await sendDigits(ctx, target, flush);
  const start = async () => {
    const projectId = (await ensureLabelProject(target)) ?? 0;
    await ensureArchive(target, projectId, archive);
    const sessions = await startSessions(target, { projectId, digitOf: digitFinder(samples) });
    await Promise.all(sessions.map((session) => labelArchive(session, new AbortController().signal)));
    await reviewArchive(target, projectId, archive);
    return { projectId, sessions };
  };
  const { projectId, sessions } = await start();

  await startLabelRun(target, projectId);
  const [waiting] = await listLabelRuns(ctx, { projectId });
  await performLabelRun(ctx, { runId: waiting?.id ?? 0 }, artifacts);
  const { results } = (await getLabelRun(ctx, { projectId })) ?? {};
  const [pair] = results?.pairs ?? [];
  expect(pair?.shared).toBeGreaterThan(40);
  expect(results?.agreement.alpha.value).toBeGreaterThan(0.7);
  expect(results?.agreement.alpha.value).toBeLessThan(0.95);
  expect(results?.byPerson.every(({ gold }) => gold.seen > 3)).toBe(true);
  expect(results?.byPerson.reduce((sum, { confusion }) => sum + mistaken(confusion ?? []), 0)).toBeGreaterThan(2);
  expect(results?.noise?.rows).toBeGreaterThan(80);

  await fillProject(ctx, projectId, { artifacts, now: Date.now() });
  const stop = new AbortController();
  const working = Promise.all(sessions.map((session) => labelAudit(target, session, stop.signal)));
  const open = async () => {
    const counts = await send<LabelProject>(target, "GET", `${target.url}/api/v1/label-projects/${projectId}`);
    return Object.fromEntries(counts.counts.bySource.map(({ source, open }) => [source, open]));
  };
  await vi.waitFor(async () => expect((await open()).audit).toBeLessThanOrEqual(10), {
    timeout: 60_000,
    interval: 200,
  });
  expect((await open()).uncertain).toBeGreaterThan(0);
  stop.abort();
  await working;
  await recordSettledLabels(ctx, projectId);
  const labels = await ctx.db.select().from(predictionLabels).where(eq(predictionLabels.selection, "audit"));
  expect(labels.length).toBeGreaterThan(5);
  // They saw the digits that were sent: who cannot tell settles nothing, and who guesses is seldom correct.
  const correct = labels.filter(({ requestId, label }) => digits.get(requestId) === label).length;
  expect(correct / labels.length).toBeGreaterThan(0.6);

  // Who ended first is wanted once more where the last answers of the other one are not certain enough.
  for (const session of [...sessions, ...sessions]) await labelArchive(session, new AbortController().signal);
  // A gold item that someone has not seen yet may be what is next.
  const countAnswers = () => ctx.db.$count(labelAnswers, eq(labelAnswers.isGold, false));
  const before = await countAnswers();
  expect((await start()).projectId).toBe(projectId);
  expect(await countAnswers()).toBe(before);
  expect(await ctx.db.$count(labelTasks, eq(labelTasks.source, "imported"))).toBe(archive.length);
}, 120_000);
