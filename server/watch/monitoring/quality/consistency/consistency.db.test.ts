import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { type DigitsScene, digitsScene, logRequests } from "#server/testing/scenes/registry/gates/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { runConsistency } from "./run-consistency.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
let scene: DigitsScene;
beforeAll(async () => {
  scene = await digitsScene(ctx);
  const { endpointId, versionIds, images } = scene;
  const inputs = images.slice(0, 120).map((image) => [image]);
  await logRequests(ctx, { endpointId, versionId: versionIds[1] as string, inputs });
}, 60_000);
afterAll(() => scene.close());

const side = (place: number, providers: "cpu"[] = []) => ({ versionId: scene.versionIds[place] as string, providers });

test("the int8 copy answers nearly all recorded requests as the original does, with small differences of its numbers", async () => {
  const told: number[] = [];
  const question = { endpointId: scene.endpointId, first: side(1), second: side(2), tolerance: 0.05 };
  const result = await runConsistency(ctx, scene.runner, question, async (progress) => void told.push(progress));
  expect(result).toMatchObject({ compared: 120, skipped: 0, unanswered: 0, invalid: 0 });
  expect(result.share).toBeLessThan(0.03);
  expect(result.largestDifference).toBeGreaterThan(0);
  expect(told.length).toBeGreaterThan(2);
});

test("a version of other weights disagrees more, and the requests are named", async () => {
  const question = { endpointId: scene.endpointId, first: side(1), second: side(3) };
  const result = await runConsistency(ctx, scene.runner, question);
  expect(result.disagreeing).toBeGreaterThan(0);
  expect(result.examples.length).toBe(Math.min(10, result.disagreeing));
  expect(result.words).toContain("of 120 requests");
});

test("the same version at the same place is no question", () => {
  expect(() =>
    runConsistency(ctx, scene.runner, { endpointId: scene.endpointId, first: side(1), second: side(1) }),
  ).toThrow("Both sides are the same");
});
