import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import type { RunResult } from "../runner/contract.ts";
import type { ModelRunner } from "../runner/model-runner.ts";
import { runSides } from "./run-versions.ts";

test("runs one version after the other, so that their latencies can be compared", async () => {
  let running = 0;
  let maxRunning = 0;
  const order: string[] = [];
  const models: Pick<ModelRunner, "run"> = {
    run: async (_ctx, { versionId }) => {
      order.push(versionId);
      running += 1;
      maxRunning = Math.max(maxRunning, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return { provider: "cpu" } as RunResult;
    },
  };
  const sides = ["a", "b"].map((versionId, index) => ({ versionId, version: index + 1 }));
  const ran = await runSides({} as Context, models as ModelRunner, sides, []);
  expect(ran).toHaveLength(2);
  expect([order, maxRunning]).toEqual([["a", "b"], 1]);
});
