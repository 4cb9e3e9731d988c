import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { startGatewayProcess } from "../load/gateway.ts";
import { soon } from "./leeway.ts";

const body = JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] });

/** Sends one inference on a separate connection, so that the kernel selects a process again. */
function infer(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    const sent = request(`${url}/v2/models/digits/infer`, { agent, method: "POST", headers });
    sent.once("error", reject);
    sent.once("response", (response) => {
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.end(body);
  });
}

const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);

const counted = (metrics: string) =>
  Array.from(metrics.matchAll(/^leeway_inference_requests_total{.*} (\d+)$/gm)).reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );

test("shares the port between two processes that count for each other, and survives one being killed", async () => {
  const gateway = await startGatewayProcess({ GATEWAY_PROCESSES: "2" });
  onTestFinished(() => gateway.stop());
  await gateway.serve("digits", mlpModel([4, 16, 3]), mlpSignature);
  const { url, headers, pid } = gateway;
  // The other process may still load.
  await vi.waitFor(
    async () => expect(await Promise.all(Array.from({ length: 16 }, () => infer(url, headers)))).not.toContain(503),
    soon,
  );
  const before = counted(await gateway.metrics());
  for (let count = 0; count < 40; count += 1) expect(await infer(url, headers)).toBe(200);
  const predictions = await Promise.all(Array.from({ length: 8 }, async () => counted(await gateway.metrics())));
  expect(new Set(predictions)).toEqual(new Set([before + 40]));

  const [victim] = childrenOf(pid);
  process.kill(victim as number, "SIGKILL");
  await vi.waitFor(() => expect(childrenOf(pid)).not.toContain(victim), soon);
  for (let count = 0; count < 20; count += 1) expect(await infer(url, headers)).toBe(200);
  await vi.waitFor(() => expect(childrenOf(pid)).toHaveLength(2), soon);
});
