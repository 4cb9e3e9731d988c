import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { type Fixture, logged, recounted, stepping } from "../../../testing/fixtures/rollouts/sources/testing.ts";
import { abortRollout } from "../abort-rollout.ts";
import { getRollout } from "../queries.ts";

const guardrails = [{ metric: "errors" as const }, { metric: "label-errors" as const }];

function label({ ctx, endpointId }: Fixture, labels: Record<string, string>) {
  return recordLabels(ctx, {
    endpointId,
    labels: Object.entries(labels).map(([requestId, label]) => ({ requestId, label })),
  });
}

test(
  "counts labelled predictions by arm and step, whether label or request came first, once each",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await label(fixture, { early: "2", right: "1", unknown: "1" });
    await logged(fixture, "early");
    await logged(fixture, "right", { arm: "canary" });
    await logged(fixture, "late", { arm: "canary", rollout: { step: 1, weight: 0.5 } });
    const first = await recounted(fixture, "label-errors");
    expect(first).toEqual({ "0 stable": "1/1/0", "0 canary": "1/0/0" });
    expect(await recounted(fixture, "label-errors")).toEqual(first);
    await label(fixture, { late: "3" });
    expect(await recounted(fixture, "label-errors")).toEqual({ ...first, "1 canary": "1/1/0" });
    const { evidence } = await getRollout(ctx, { rolloutId: fixture.rolloutId });
    expect(evidence.guardrails[1]).toMatchObject({ canary: { units: 2, events: 1 }, stable: { units: 1, events: 1 } });
  }),
);

test(
  "changes the count for a corrected label instead of adding to it",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await logged(fixture, "a", { arm: "canary" });
    await label(fixture, { a: "2" });
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 canary": "1/1/0" });
    await label(fixture, { a: "1" });
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 canary": "1/0/0" });
  }),
);

test(
  "counts only sampled predictions of this rollout, not those logged because uncertain or failed",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await logged(fixture, "unsure", { arm: "canary", loggedReason: "low-confidence" });
    await logged(fixture, "failed", { arm: "canary", loggedReason: "failed", status: 500, answer: null });
    await logged(fixture, "pinned", { arm: "canary", rollout: null });
    await logged(fixture, "other", { arm: "canary", rollout: { id: "00000000-0000-4000-8000-000000000000" } });
    await logged(fixture, "repeated");
    await logged(fixture, "repeated", { answer: "2", at: new Date(Date.now() + 1000) });
    await label(fixture, { unsure: "2", failed: "2", pinned: "2", other: "2", repeated: "1" });
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 stable": "1/0/0" });
  }),
);

test(
  "counts a label once, whose id several requests have",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    for (let index = 0; index < 5; index += 1) {
      const arm = index === 0 ? "stable" : "canary";
      await logged(fixture, "same", { arm, at: new Date(Date.now() + index), rollout: { unit: `unit ${index}` } });
    }
    await label(fixture, { same: "2" });
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 stable": "1/1/0" });
  }),
);

test(
  "compares a copy with the request that it copies, not with another one of the same id",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails, { steps: [{ weight: 0, shadowShare: 1, minSeconds: 0 }] });
    const [first, second] = [randomUUID(), randomUUID()];
    const at = (ms: number) => new Date(Date.now() + ms);
    await logged(fixture, "same", { id: first, at: at(0), answer: "1", rollout: null });
    await logged(fixture, "same", { id: second, at: at(1), answer: "2", rollout: null });
    const mark = { weight: 0, unit: second, originalId: second };
    await logged(fixture, "same", { arm: "shadow", at: at(2), answer: "1", rollout: mark });
    await label(fixture, { same: "1" });
    // The second request was wrong, and its copy was right.
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 pair": "1/0/1" });
  }),
);

test(
  "counts a key once, by its first labelled prediction",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails, { unit: { kind: "token" } });
    const at = (minute: number) => new Date(Date.now() + minute * 1000);
    await logged(fixture, "r1", { at: at(1), rollout: { unit: "key" } });
    await logged(fixture, "r2", { at: at(2), rollout: { unit: "key" } });
    await logged(fixture, "r3", { at: at(3), arm: "canary", rollout: { unit: "key", step: 1, weight: 0.5 } });
    await label(fixture, { r2: "2", r3: "2" });
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 stable": "1/1/0" });
  }),
);

test(
  "determines by label which version alone was incorrect in a pair",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails, { steps: [{ weight: 0, shadowShare: 1, minSeconds: 0 }] });
    const pair = async (requestId: string, stable: string, canary: string) => {
      await logged(fixture, requestId, { answer: stable, rollout: null });
      await logged(fixture, requestId, { arm: "shadow", answer: canary, rollout: { weight: 0 } });
    };
    await pair("canary-wrong", "1", "2");
    await pair("stable-wrong", "2", "1");
    await pair("both-right", "1", "1");
    await pair("both-wrong", "3", "2");
    await pair("unlabelled", "3", "2");
    await label(fixture, { "canary-wrong": "1", "stable-wrong": "1", "both-right": "1", "both-wrong": "1" });
    expect(await recounted(fixture, "label-errors")).toEqual({ "0 pair": "4/1/1" });
    // While it is watched, the new version serves, and the copy is that of the version before.
    await logged(fixture, "watched", { answer: "2", versionId: fixture.canary.id, rollout: { step: 1, weight: 1 } });
    const copied = { arm: "shadow" as const, versionId: fixture.stable.id, rollout: { step: 1, weight: 1 } };
    await logged(fixture, "watched", { answer: "1", ...copied });
    await label(fixture, { watched: "1" });
    expect(await recounted(fixture, "label-errors")).toMatchObject({ "0 pair": "4/1/1", "1 pair": "1/1/0" });
  }),
);

test(
  "counts nothing after the end of a rollout, so that its evidence stays unchanged",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await logged(fixture, "a", { arm: "canary" });
    await abortRollout(ctx, { rolloutId: fixture.rolloutId, reason: "enough" });
    await label(fixture, { a: "2" });
    expect(await recounted(fixture, "label-errors")).toEqual({});
  }),
);

test(
  "counts no labels without a label guardrail",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, [{ metric: "errors" }]);
    await logged(fixture, "a", { arm: "canary" });
    await label(fixture, { a: "2" });
    expect(await recounted(fixture, "label-errors")).toEqual({});
  }),
);
