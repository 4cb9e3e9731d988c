import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { mlpModel } from "#server/testing/scenes/registry/onnx/fixture-models.ts";
import { mlpSignature, newVersion } from "#server/testing/scenes/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { type GateSetting, Policy } from "../../../../develop/registry/policy/contract.ts";
import { setPolicy } from "../../../../develop/registry/policy/set-policy.ts";
import { getChecklist } from "../../../../release/gates/queries.ts";
import { rolloutChecklist } from "../../../../release/gates/rollout-checklist.ts";
import { runGatesNow } from "../requests/testing.ts";
import { type DigitsScene, digitsScene, logRequests } from "./testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
let scene: DigitsScene;
beforeAll(async () => {
  scene = await digitsScene(ctx);
  const { endpointId, versionIds, images, runner } = scene;
  const inputs = images.slice(0, 200).map((image) => [image]);
  const caller = (place: number) => (place % 4 === 0 ? "kiosk" : "shop");
  await logRequests(ctx, { endpointId, versionId: versionIds[1] as string, inputs, runner, caller });
}, 60_000);
afterAll(() => scene.close());

type Gate = Partial<GateSetting> & Pick<GateSetting, "kind">;

async function found(version: number, gate: Gate, enforce = {}) {
  await setPolicy(ctx, { name: "digits", policy: Policy.parse({ gates: [gate], enforce }), reason: "see" });
  await runGatesNow(ctx, "digits", version, "champion", scene.runner);
  const [line] = (await getChecklist(ctx, { name: "digits", version })).gates;
  const facts = Object.fromEntries((line?.run?.evidence.facts ?? []).map(({ label, value }) => [label, value]));
  return { ...line, words: line?.run?.words, measured: line?.run?.measured, facts };
}

// Two versions on a busy machine: what is asserted of their times is that they were compared.
const lenient = { maxLatencyRatio: 1000 };

test("the int8 copy answers recorded requests as the champion did, and passes", async () => {
  const { standing, measured, facts, words } = await found(3, { kind: "replay", ...lenient });
  expect(words).toContain("none of 200 rejected or invalid");
  expect(standing).toBe("passed");
  expect(measured).toBeLessThan(0.03);
  expect(facts["Compared with"]).toBe("v2: 200 predictions from the log, 0 replayed");
  expect(facts["p95 relative to champion"]).toMatch(/^[\d.]+×, 95% interval .*, 197 alternating requests$/);
});

test("a version with a wrong calibration fails, and says for which answers and callers most", async () => {
  const { standing, measured, facts, words } = await found(4, { kind: "replay", maxDisagreement: 0.03, ...lenient });
  expect([standing, words]).toEqual([
    "failed",
    expect.stringContaining("different predictions than v2, at most 3.0% allowed"),
  ]);
  expect(measured).toBeGreaterThan(0.06);
  expect(facts["Most affected predictions"]).toMatch(/^\d: \d+ of \d+, \d: \d+ of \d+, \d: \d+ of \d+$/);
  expect(facts["Most affected callers"]).toMatch(/(shop|kiosk): \d+ of (150|50)/);
  expect(facts["Affected requests"]?.split(", ")).toHaveLength(5);
});

test("a version that takes what no client sends fails, and says what", async () => {
  await newVersion(ctx, { version: 5, bytes: mlpModel([4, 16, 3]), signature: mlpSignature }, scene.models);
  const { standing, words } = await found(5, { kind: "replay" });
  expect(standing).toBe("failed");
  expect(words).toContain("digits v5 requires input 'x', which the logged request does not contain");
});

test("too few requests are no evidence, and those whose inputs were not kept are counted", async () => {
  const { id: endpointId } = await createEndpoint(ctx, { name: "quiet" });
  const [versionId, { data: _, ...image }] = [scene.versionIds[1] as string, { ...scene.images[0] }];
  const redacted = { ...image, sha256: "0".repeat(64) } as (typeof scene.images)[number];
  const inputs = [...scene.images.slice(0, 5).map((each) => [each]), [redacted], [redacted]];
  await logRequests(ctx, { endpointId, versionId, inputs });
  const { standing, words, facts } = await found(3, { kind: "replay", endpoint: "quiet" });
  expect(standing).toBe("pending");
  expect(words).toContain(
    "5 recorded requests of quiet could be run, 20 are required; 2 have redacted or incomplete inputs",
  );
  expect(facts["Skipped"]).toBe("2, redacted or not fully stored");
  expect(await found(3, { kind: "replay", endpoint: "nowhere" })).toMatchObject({
    standing: "pending",
    words: expect.stringContaining('endpoint "nowhere" does not exist'),
  });
});

test("answers that were not kept are made again by the champion", async () => {
  const { id: endpointId } = await createEndpoint(ctx, { name: "without-answers" });
  const inputs = scene.images.slice(0, 60).map((image) => [image]);
  await logRequests(ctx, { endpointId, versionId: scene.versionIds[1] as string, inputs });
  const { facts, standing } = await found(3, { kind: "replay", endpoint: "without-answers", ...lenient });
  expect(facts["Compared with"]).toBe("v2: 0 predictions from the log, 60 replayed");
  expect(standing).toBe("passed");
});

test("the champion itself is held against what it answered", async () => {
  expect(await found(2, { kind: "replay" })).toMatchObject({ standing: "passed", measured: 0 });
});

test("the int8 copy has the champion's numbers up to a difference, of recorded and of made-up inputs", async () => {
  const gate = { kind: "consistency" as const, maxAbsoluteDifference: 1 };
  const { standing, measured, facts } = await found(3, gate);
  expect([standing, facts.Reference]).toEqual(["passed", "v2, the champion on cpu"]);
  expect(measured).toBeGreaterThan(1e-4);
  expect(facts["Max difference per request"]).toMatch(/^median [\d.e-]+, p90 .*, p99 .*, max /);
  expect(await found(3, { ...gate, maxAbsoluteDifference: 1e-6 })).toMatchObject({
    standing: "failed",
    words: expect.stringContaining("allowed 0.000001"),
  });
  const madeUp = await found(3, { ...gate, inputs: "made-up", requests: 30, maxClassChangeShare: 1 });
  expect([madeUp.standing, madeUp.facts.Inputs]).toEqual(["passed", "30 synthetic requests"]);
});

test("where there is nothing but a CPU, nothing can be said of another provider", async () => {
  expect(await found(3, { kind: "consistency", reference: "cpu" })).toMatchObject({
    standing: "pending",
    words: expect.stringContaining("Specify the provider to compare in the policy"),
  });
});

test("the start of a rollout is refused while a gate that the policy asks for has not passed", async () => {
  const enforce = { deploy: "gates" };
  const { endpointId } = scene;
  await found(4, { kind: "replay", maxDisagreement: 0.03, ...lenient }, enforce);
  const bad = await rolloutChecklist(ctx, { endpointId, version: 4 });
  expect(bad).toMatchObject({ model: "digits", isEnforced: true, isClear: false, gates: [{ standing: "failed" }] });
  expect(bad.refusal).toContain("Replay of recorded requests has not passed");
  await expect(deployVersion(ctx, { endpointId, model: "digits", version: 4, reason: "x" })).rejects.toThrow(
    bad.refusal as string,
  );
  await found(3, { kind: "replay", ...lenient }, enforce);
  expect(await rolloutChecklist(ctx, { endpointId, version: 3 })).toMatchObject({ isClear: true, refusal: null });
});
