import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { auditEvents, predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { demoFile, readSamples } from "#server/roles/demo/recording.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { newModelFolder, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import { createModelRunner } from "../runner/model-runner.ts";
import { replayFailures } from "./replay-failures.ts";
import { replayPrediction } from "./replay-prediction.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const folder = mkdtempSync(join(tmpdir(), "leeway-replay-"));
const models = newModelFolder();
const limits = { workers: 1, threads: 1 };
const runner = createModelRunner({ artifacts: models, folder, providers: ["cpu"], limits });
afterAll(async () => {
  await runner.close();
  for (const path of [folder, models.path]) rmSync(path, { recursive: true, force: true });
});

async function digits(version: number, file: string) {
  const path = demoFile("digits", `models/${file}`);
  const { signature } = await describeModel({ path, isAlone: true });
  return newVersion(ctx, { version, bytes: readFileSync(path), signature }, models);
}
const [first, second] = [await digits(1, "digits-v1.onnx"), await digits(2, "digits-v2.onnx")];
const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
const [sample] = await readSamples("digits");
const image: LoggedTensor = { ...(sample?.inputs[0] as LoggedTensor), name: "image" };

async function logged(inputs: LoggedTensor[] | null, outputs: LoggedTensor[] | null = null) {
  const id = randomUUID();
  const ids = { id, workspaceId: ctx.actor.workspaceId, endpointId, versionId: first.id, requestId: id };
  const rest = { arm: "stable" as const, at: new Date(), status: 200, provider: "cpu", latencyMs: 3 };
  await db.insert(predictions).values({ ...ids, ...rest, inputs, outputs });
  return id;
}

test("replays bit-identically on the original version and reports the differences on another", async () => {
  const once = await replayPrediction(ctx, runner, { id: await logged([image]), versionId: first.id });
  expect(once).toMatchObject({ via: "tensors", version: 1, answer: expect.any(String) });
  const id = await logged([image], once.ran.outputs);
  const again = await replayPrediction(ctx, runner, { id, versionId: first.id });
  expect(again.differences).toEqual([
    { name: once.ran.outputs[0]?.name, kind: "same", elements: 10, differing: 0, maxDifference: 0 },
  ]);
  const other = await replayPrediction(ctx, runner, { id, versionId: second.id });
  expect(other.answer).toBe(sample?.label);
  expect(other.differences.some(({ kind }) => kind !== "same")).toBe(true);
});

test("replays what failed on another version, newest first, and says what it cannot send", async () => {
  const failing = await createEndpoint(ctx, { name: "failing" });
  const insert = async (minute: number, status: number, inputs: LoggedTensor[] | null) => {
    const id = randomUUID();
    const ids = { id, workspaceId: ctx.actor.workspaceId, endpointId: failing.id, versionId: first.id, requestId: id };
    const rest = { arm: "stable" as const, provider: "cpu", latencyMs: 3, loggedReason: "failed" as const };
    const at = new Date(Date.UTC(2027, 0, 15, 8, minute));
    await db.insert(predictions).values({ ...ids, ...rest, at, status, inputs, error: status === 200 ? null : "No." });
    return id;
  };
  await insert(0, 200, [image]);
  const sent = await insert(1, 500, [image]);
  const unread = await insert(2, 400, null);
  const wrong = await insert(3, 400, [{ ...image, shape: [1, 1, 4, 4], data: image.data?.slice(0, 16) }]);
  const counted = await db.$count(predictions);
  const of = { endpointId: failing.id, versionId: second.id };
  const { version, requests } = await replayFailures(ctx, runner, of);
  expect(version).toBe(2);
  expect(requests).toMatchObject([
    { id: wrong, status: 400, error: "No.", result: "failed", answer: null, reason: expect.stringMatching(/.+/) },
    { id: unread, result: "skipped", reason: "Its inputs are not stored." },
    { id: sent, status: 500, result: "answered", answer: sample?.label, reason: "" },
  ]);
  expect((await replayFailures(ctx, runner, { ...of, limit: 1 })).requests.map(({ id }) => id)).toEqual([wrong]);
  expect(await db.$count(predictions)).toBe(counted);
  const [entry] = await db.select().from(auditEvents).where(eq(auditEvents.action, "failures.replayed")).limit(1);
  expect(entry).toMatchObject({ subject: "endpoint/failing" });
});

test("rejects the replay of a redacted prediction and across workspaces", async () => {
  const { data: _, ...described } = image;
  const redacted = await logged([{ ...described, sha256: "0".repeat(64) }]);
  await expect(replayPrediction(ctx, runner, { id: redacted, versionId: first.id })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("only a digest is stored"),
  });
  const id = await logged([image]);
  const other = await newWorkspace(db);
  await expect(replayPrediction(other, runner, { id, versionId: first.id })).rejects.toMatchObject({
    code: "not-found",
  });
  const foreign = await newVersion(other, {});
  await expect(replayPrediction(ctx, runner, { id, versionId: foreign.id })).rejects.toMatchObject({
    code: "not-found",
  });
});
