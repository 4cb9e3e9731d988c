import { setTimeout as pause } from "node:timers/promises";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import type { RunningGateway } from "../gateway.ts";
import { atMost, type Row } from "../report.ts";
import { cpuSeconds } from "./process-tree.ts";

const models = 10;
const seconds = 15;

/** Measures the CPU share of an idle gateway with ten loaded models, including its model processes. */
export async function idle(gateway: RunningGateway): Promise<Row[]> {
  for (let number = 1; number <= models; number += 1)
    await gateway.serve(`idle-${number}`, mlpModel([4, 16, 3]), mlpSignature);
  await pause(5_000);
  const before = cpuSeconds(gateway.pid);
  await pause(seconds * 1000);
  const percent = (100 * (cpuSeconds(gateway.pid) - before)) / seconds;
  return [atMost(2, { name: "idle-core-percent", unit: "%", leeway: percent })];
}
