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

test("the int8 copy answers nearly all recorded requests as the original does, with small differences of its numbers", async () => {
  const received: number[] = [];
  const question = { endpointId: fixture.endpointId, first: side(1), second: side(2), tolerance: 0.05 };
  const result = await runConsistency(ctx, fixture.runner, question, async (progress) => void received.push(progress));
  expect(result).toMatchObject({ compared: 120, skipped: 0, unanswered: 0, invalid: 0 });
  expect(result.share).toBeLessThan(0.03);
  expect(result.largestDifference).toBeGreaterThan(0);
  expect(received.length).toBeGreaterThan(2);
});

test("a version of other weights disagrees more, and the requests are named", async () => {
  const question = { endpointId: fixture.endpointId, first: side(1), second: side(3) };
  const result = await runConsistency(ctx, fixture.runner, question);
  expect(result.disagreeing).toBeGreaterThan(0);
  expect(result.examples.length).toBe(Math.min(10, result.disagreeing));
  expect(result.words).toContain("of 120 requests");
});

test("the same version at the same place is no question", () => {
  expect(() =>
    runConsistency(ctx, fixture.runner, { endpointId: fixture.endpointId, first: side(1), second: side(1) }),
  ).toThrow("Both sides are the same");
});
