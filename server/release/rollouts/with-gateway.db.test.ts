import { expect, onTestFinished, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { type EventFeed, listen } from "#server/platform/events/listen.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { readInferRequest } from "#server/serve/protocol/infer-request.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newTestGateway, type TestGateway } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { listRolloutDecisions } from "./decision-queries.ts";
import { getRollout } from "./queries.ts";
import { rolloutWatcher } from "./rollout-watcher.ts";
import { startRollout } from "./start-rollout.ts";

configureLog({ role: "test", level: "silent" });
const { db, url } = await freshDatabase();

/** Starts a gateway and a worker that receive changes through Postgres, and creates an endpoint that serves version 1 of two. */
async function setUpFixture() {
  const ctx = await newWorkspace(db);
  const feed: EventFeed = listen(url, "test");
  const gateway = newTestGateway(db);
  const forward = feed.subscribe((message) => gateway.emit(message));
  const runner = rolloutWatcher({ db, feed });
  onTestFinished(async () => {
    await runner.stop();
    forward();
    await gateway.core.drain();
    await gateway.close();
    await feed.close();
  });
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await newVersion(ctx, {}, gateway.models);
  await newVersion(ctx, { version: 2, bytes: mlpModel([4, 8, 3]) }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  await gateway.core.start();
  await vi.waitFor(async () => expect(await infer(gateway, ctx, () => false)).toMatchObject({ status: 200 }));
  await runner.start();
  return { ctx, gateway, endpointId };
}

/** Sends one request as the transport does. @param isFailing whether the model rejects its input @returns the arm and the status */
async function infer({ core }: TestGateway, ctx: Context, isFailing: (arm: string | undefined) => boolean) {
  const attempt = core.startRequest(ctx, "digits", undefined, undefined, { headers: {}, elapsedMs: 0, route: "" });
  const data = isFailing(attempt.arm) ? [1] : [1, 2, 3, 4];
  const body = { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data }] };
  try {
    await attempt.run(readInferRequest(Buffer.from(JSON.stringify(body)), Buffer.alloc(0)), () => false);
    await attempt.settle({ status: 200, reason: "" });
    return { version: attempt.modelVersion, status: 200 };
  } catch {
    await attempt.settle({ status: 500, reason: "model" });
    return { version: attempt.modelVersion, status: 500 };
  }
}

const plan = {
  steps: [
    { weight: 0.2, minSeconds: 0, maxSeconds: 2, minUnits: 20 },
    { weight: 0.5, minSeconds: 0, maxSeconds: 2, minUnits: 20 },
  ],
  guardrails: [{ metric: "errors" as const }],
  advanceWhen: "no-harm-found" as const,
  outcomeAgeMs: 50,
  watch: { seconds: 2, shadowShare: 0 },
};

/** Sends requests until the rollout is over. @returns how many failed */
async function trafficUntilOver(
  fixture: Awaited<ReturnType<typeof setUpFixture>>,
  rolloutId: string,
  isBroken: boolean,
) {
  const { ctx, gateway } = fixture;
  let failed = 0;
  await vi.waitFor(
    async () => {
      const predictions = await Promise.all(
        Array.from({ length: 20 }, () => infer(gateway, ctx, (arm) => isBroken && arm === "canary")),
      );
      failed += predictions.filter(({ status }) => status !== 200).length;
      await gateway.core.evidence.flush();
      expect((await getRollout(ctx, { rolloutId })).endedAt).not.toBeNull();
    },
    { interval: 100 },
  );
  return failed;
}

test("promotes a good version with a real gateway and a worker, without a failed request", async () => {
  const fixture = await setUpFixture();
  const { ctx, gateway, endpointId } = fixture;
  const { id: rolloutId } = await startRollout(ctx, { endpointId, version: 2, plan, reason: "better" });
  expect(await trafficUntilOver(fixture, rolloutId, false)).toBe(0);
  const { decisions } = await listRolloutDecisions(ctx, { rolloutId });
  const received = decisions
    .toReversed()
    .flatMap(({ kind, code }) => (["hold", "go-on"].includes(kind) ? [] : [`${kind} ${code}`]));
  expect(received).toEqual([
    "started started",
    "advance ready",
    "advance no-harm-found",
    "promote no-harm-found",
    "complete watched",
  ]);
  expect(await infer(gateway, ctx, () => false)).toEqual({ version: "2", status: 200 });
});

test("rolls back a failing version by its own counts, after which the stable one answers everything", async () => {
  const fixture = await setUpFixture();
  const { ctx, gateway, endpointId } = fixture;
  const { id: rolloutId } = await startRollout(ctx, { endpointId, version: 2, plan, reason: "worse" });
  const failed = await trafficUntilOver(fixture, rolloutId, true);
  const ended = await getRollout(ctx, { rolloutId });
  expect(ended).toMatchObject({ phase: "rolled-back", violatedMetrics: ["errors"], step: 0 });
  expect(failed).toBeLessThan(100);
  await vi.waitFor(async () => {
    const predictions = await Promise.all(Array.from({ length: 40 }, () => infer(gateway, ctx, () => false)));
    expect(new Set(predictions.map(({ version, status }) => `${version} ${status}`))).toEqual(new Set(["1 200"]));
  });
});
