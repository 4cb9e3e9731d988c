import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { type DigitsFixture, digitsFixture, logRequests } from "#server/testing/fixtures/registry/gates/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { runConsistency } from "./run-consistency.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
let fixture: DigitsFixture;
beforeAll(async () => {
  fixture = await digitsFixture(ctx);
  const { endpointId, versionIds, images } = fixture;
  const inputs = images.slice(0, 120).map((image) => [image]);
  await logRequests(ctx, { endpointId, versionId: versionIds[1] as string, inputs });
}, 60_000);
afterAll(() => fixture.close());

const side = (index: number, providers: "cpu"[] = []) => ({
  versionId: fixture.versionIds[index] as string,
  providers,
});

test("finds almost no disagreement and small differences between the int8 copy and the original", async () => {
  const received: number[] = [];
  const question = { endpointId: fixture.endpointId, first: side(1), second: side(2), tolerance: 0.05 };
  const result = await runConsistency(ctx, fixture.runner, question, async (progress) => void received.push(progress));
  expect(result).toMatchObject({ compared: 120, skipped: 0, unanswered: 0, invalid: 0 });
  expect(result.share).toBeLessThan(0.03);
  expect(result.largestDifference).toBeGreaterThan(0);
  expect(received.length).toBeGreaterThan(2);
});

test("finds more disagreement for a version with other weights, with example requests", async () => {
  const question = { endpointId: fixture.endpointId, first: side(1), second: side(3) };
  const result = await runConsistency(ctx, fixture.runner, question);
  expect(result.disagreeing).toBeGreaterThan(0);
  expect(result.examples.length).toBe(Math.min(10, result.disagreeing));
  expect(result.words).toContain("of 120 requests");
});

test("rejects a comparison of a version with itself on the same provider", () => {
  expect(() =>
    runConsistency(ctx, fixture.runner, { endpointId: fixture.endpointId, first: side(1), second: side(1) }),
  ).toThrow("Both sides are the same");
});
