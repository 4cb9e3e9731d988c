import { expect, test } from "vitest";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { logged, recounted, type Scene, stepping } from "../../../testing/scenes/rollouts/sources/testing.ts";
import { abortRollout } from "../abort-rollout.ts";
import { getRollout } from "../queries.ts";

const guardrails = [{ metric: "errors" as const }, { metric: "label-errors" as const }];

function label({ ctx, endpointId }: Scene, labels: Record<string, string>) {
  return recordLabels(ctx, {
    endpointId,
    labels: Object.entries(labels).map(([requestId, label]) => ({ requestId, label })),
  });
}

test(
  "labelled answers are counted by arm and step, whether the label or the request came first, and however often one counts",
  inWorkspace(async (ctx) => {
    const scene = await stepping(ctx, guardrails);
    await label(scene, { early: "2", right: "1", unknown: "1" });
    await logged(scene, "early");
    await logged(scene, "right", { arm: "canary" });
    await logged(scene, "late", { arm: "canary", rollout: { step: 1, weight: 0.5 } });
    const first = await recounted(scene, "label-errors");
    expect(first).toEqual({ "0 stable": "1/1/0", "0 canary": "1/0/0" });
    expect(await recounted(scene, "label-errors")).toEqual(first);
    await label(scene, { late: "3" });
    expect(await recounted(scene, "label-errors")).toEqual({ ...first, "1 canary": "1/1/0" });
    const { evidence } = await getRollout(ctx, { rolloutId: scene.rolloutId });
    expect(evidence.guardrails[1]).toMatchObject({ canary: { units: 2, events: 1 }, stable: { units: 1, events: 1 } });
  }),
);

test(
  "a label that is corrected changes the count instead of adding to it",
  inWorkspace(async (ctx) => {
    const scene = await stepping(ctx, guardrails);
    await logged(scene, "a", { arm: "canary" });
    await label(scene, { a: "2" });
    expect(await recounted(scene, "label-errors")).toEqual({ "0 canary": "1/1/0" });
    await label(scene, { a: "1" });
    expect(await recounted(scene, "label-errors")).toEqual({ "0 canary": "1/0/0" });
  }),
);

test(
  "only what stands for all counts: not what was kept since it was unsure or failed, has no mark, or is another rollout's",
  inWorkspace(async (ctx) => {
    const scene = await stepping(ctx, guardrails);
    await logged(scene, "unsure", { arm: "canary", loggedReason: "low-confidence" });
    await logged(scene, "failed", { arm: "canary", loggedReason: "failed", status: 500, answer: null });
    await logged(scene, "pinned", { arm: "canary", rollout: null });
    await logged(scene, "other", { arm: "canary", rollout: { id: "00000000-0000-4000-8000-000000000000" } });
    await logged(scene, "repeated");
    await logged(scene, "repeated", { answer: "2", at: new Date(Date.now() + 1000) });
    await label(scene, { unsure: "2", failed: "2", pinned: "2", other: "2", repeated: "1" });
    expect(await recounted(scene, "label-errors")).toEqual({ "0 stable": "1/0/0" });
  }),
);

test(
  "a key counts once, by the first of its answers that has a label",
  inWorkspace(async (ctx) => {
    const scene = await stepping(ctx, guardrails, { unit: { kind: "token" } });
    const at = (minute: number) => new Date(Date.now() + minute * 1000);
    await logged(scene, "r1", { at: at(1), rollout: { unit: "key" } });
    await logged(scene, "r2", { at: at(2), rollout: { unit: "key" } });
    await logged(scene, "r3", { at: at(3), arm: "canary", rollout: { unit: "key", step: 1, weight: 0.5 } });
    await label(scene, { r2: "2", r3: "2" });
    expect(await recounted(scene, "label-errors")).toEqual({ "0 stable": "1/1/0" });
  }),
);

test(
  "where both versions answered one request, its label says which of them alone was wrong",
  inWorkspace(async (ctx) => {
    const scene = await stepping(ctx, guardrails, { steps: [{ weight: 0, shadowShare: 1, minSeconds: 0 }] });
    const pair = async (requestId: string, stable: string, canary: string) => {
      await logged(scene, requestId, { answer: stable, rollout: null });
      await logged(scene, requestId, { arm: "shadow", answer: canary, rollout: { weight: 0 } });
    };
    await pair("canary-wrong", "1", "2");
    await pair("stable-wrong", "2", "1");
    await pair("both-right", "1", "1");
    await pair("both-wrong", "3", "2");
    await pair("unlabelled", "3", "2");
    await label(scene, { "canary-wrong": "1", "stable-wrong": "1", "both-right": "1", "both-wrong": "1" });
    expect(await recounted(scene, "label-errors")).toEqual({ "0 pair": "4/1/1" });
    // While it is watched, the new version serves, and the copy is that of the version before.
    await logged(scene, "watched", { answer: "2", versionId: scene.canary.id, rollout: { step: 1, weight: 1 } });
    const copied = { arm: "shadow" as const, versionId: scene.stable.id, rollout: { step: 1, weight: 1 } };
    await logged(scene, "watched", { answer: "1", ...copied });
    await label(scene, { watched: "1" });
    expect(await recounted(scene, "label-errors")).toMatchObject({ "0 pair": "4/1/1", "1 pair": "1/1/0" });
  }),
);

test(
  "what comes after the end of a rollout is not counted, so that its evidence stays what was decided by",
  inWorkspace(async (ctx) => {
    const scene = await stepping(ctx, guardrails);
    await logged(scene, "a", { arm: "canary" });
    await abortRollout(ctx, { rolloutId: scene.rolloutId, reason: "enough" });
    await label(scene, { a: "2" });
    expect(await recounted(scene, "label-errors")).toEqual({});
  }),
);

test(
  "without a guardrail on labels none are counted",
  inWorkspace(async (ctx) => {
    const scene = await stepping(ctx, [{ metric: "errors" }]);
    await logged(scene, "a", { arm: "canary" });
    await label(scene, { a: "2" });
    expect(await recounted(scene, "label-errors")).toEqual({});
  }),
);
