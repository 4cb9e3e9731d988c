import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { type GuardrailMetric, RolloutPlan } from "../../serve/rollout/plan/contract.ts";
import { logged, type Scene, stepping } from "../../testing/scenes/rollouts/sources/testing.ts";
import { freezeFacts } from "./freeze-facts.ts";

/** A version that serves, with requests of before a rollout. */
const opened = (ctx: Context) => stepping(ctx, [{ metric: "errors" }]);

function freeze({ ctx, endpointId, stable }: Scene, metric: GuardrailMetric) {
  const plan = RolloutPlan.parse({ steps: [{ weight: 0.1 }], guardrails: [{ metric }] });
  return freezeFacts(ctx, { endpointId, versionId: stable.id, plan });
}

const output = (value: number | string, name = "price") => ({
  outputs: [{ name, datatype: "FP32", shape: [1], data: [value] }],
});
const before = { rollout: null, answer: null };

test(
  "numbers are put into tenths of what was answered: of the first number of each answer",
  inWorkspace(async (ctx) => {
    const scene = await opened(ctx);
    for (let at = 1; at <= 100; at += 1) {
      const { outputs } = output(at);
      outputs[0]?.data.push(100_000);
      await logged(scene, `r${at}`, { ...before, outputs });
    }
    await logged(scene, "unsure", { ...before, ...output(-500), loggedReason: "low-confidence" });
    await logged(scene, "other", { ...before, ...output(-500), versionId: scene.canary.id });
    await logged(scene, "copy", { ...before, ...output(-500), arm: "shadow", versionId: scene.stable.id });
    await logged(scene, "old", { ...before, ...output(-500), at: new Date(Date.now() - 2 * 86_400_000) });
    const { outputBins, binnedOutput, outputBinCount } = await freeze(scene, "output-shift");
    expect({ outputBins, binnedOutput, outputBinCount }).toEqual({
      outputBins: [11, 21, 31, 41, 51, 61, 71, 81, 91],
      binnedOutput: "price",
      outputBinCount: undefined,
    });
  }),
);

test(
  "classes are their own bins, as many as the version has or answered; without a record there are no bins of numbers",
  inWorkspace(async (ctx) => {
    const scene = await opened(ctx);
    expect(await freeze(scene, "output-shift")).toMatchObject({ outputBins: null, binnedOutput: null });
    expect((await freeze(scene, "output-shift")).outputBinCount).toBeUndefined();
    await logged(scene, "a", { rollout: null, answer: "1", outputIndex: 1 });
    const few = (await freeze(scene, "output-shift")).outputBinCount ?? 0;
    expect(few).toBeGreaterThanOrEqual(2);
    await logged(scene, "b", { rollout: null, answer: "41", outputIndex: 41 });
    expect(await freeze(scene, "output-shift")).toMatchObject({ outputBins: null, outputBinCount: 42 });
    expect((await freeze(scene, "errors")).outputBinCount).toBeUndefined();
  }),
);

test(
  "the record of labels is that of the version that serves, whatever else was labelled",
  inWorkspace(async (ctx) => {
    const scene = await opened(ctx);
    const { endpointId } = scene;
    const labels = ["right", "wrong", "others", "unsure"];
    await logged(scene, "right", { rollout: null });
    await logged(scene, "wrong", { rollout: null, answer: "2" });
    await logged(scene, "others", { rollout: null, answer: "2", versionId: scene.canary.id });
    await logged(scene, "unsure", { rollout: null, answer: "2", loggedReason: "low-confidence" });
    await recordLabels(ctx, { endpointId, labels: labels.map((requestId) => ({ requestId, label: "1" })) });
    expect((await freeze(scene, "label-errors")).record["label-errors"]).toEqual({ units: 2, events: 1 });
    expect((await freeze(scene, "errors")).record["label-errors"]).toBeUndefined();
  }),
);

test(
  "costs are clipped at the 99th percentile of the record, in prices where there are some, and not by a few requests",
  inWorkspace(async (ctx) => {
    const scene = await opened(ctx);
    const parts = (computeMs: number) => ({
      parts: { beforeMs: 50, queueMs: 50, inputMs: 1, computeMs, outputMs: 1, afterMs: 50 },
    });
    for (let at = 0; at < 99; at += 1) await logged(scene, `t${at}`, { rollout: null, ...parts(8) });
    expect((await freeze(scene, "cost")).costClip).toBeUndefined();
    for (let at = 0; at < 100; at += 1) await logged(scene, `u${at}`, { rollout: null, ...parts(8) });
    await logged(scene, "far", { rollout: null, ...parts(100_000) });
    expect((await freeze(scene, "cost")).costClip).toBeCloseTo(10, 6);
    for (let at = 0; at < 100; at += 1) await logged(scene, `p${at}`, { rollout: null, ...parts(8), cost: 0.5 });
    expect((await freeze(scene, "cost")).costClip).toBeCloseTo(0.5, 6);
    expect((await freeze(scene, "errors")).costClip).toBeUndefined();
  }),
);
