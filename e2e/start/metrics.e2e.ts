import { spawnSync } from "node:child_process";
import { expect, onTestFinished, test, vi } from "vitest";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { startGatewayProcess } from "../load/gateway.ts";
import { launch, newEnvironment, soon } from "./leeway.ts";

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

/** Returns the errors found by Prometheus' own linter, one per line. */
function complaints(metrics: string): string[] {
  const { stdout, stderr, status } = spawnSync("promtool", ["check", "metrics"], { input: metrics, encoding: "utf8" });
  const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.trim());
  return status === 0 || lines.length > 0 ? lines : [`promtool ended with ${status}`];
}

test.skipIf(!hasPromtool)(
  "exposes metrics of every role that promtool (Debian package prometheus) accepts",
  async () => {
    const env = await newEnvironment();
    const leeway = launch(env);
    await leeway.running();
    for (const port of [env.PORT, env.GATEWAY_PORT, env.WORKER_PORT]) {
      const read = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const measured = /^leeway_event_loop_delay_seconds_count\{role="\w+"\} [1-9]/m;
      // An idle event loop is measured four times a second.
      await vi.waitFor(async () => expect(await read()).toMatch(measured), soon);
      const metrics = await read();
      expect(metrics).toMatch(/^process_cpu_seconds_total/m);
      expect(complaints(metrics)).toEqual([]);
    }
  },
);

test.skipIf(!hasPromtool)(
  "exposes gateway metrics that promtool (Debian package prometheus) accepts, except names from Triton",
  async () => {
    const gateway = await startGatewayProcess({ TRITON_METRICS: "true" });
    onTestFinished(() => gateway.stop());
    await gateway.serve("digits", mlpModel([4, 16, 3]), mlpSignature);
    const infer = (data: unknown[]) =>
      fetch(`${gateway.url}/v2/models/digits/infer`, {
        method: "POST",
        headers: gateway.headers,
        body: JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data }] }),
      });
    expect((await infer([1, 2, 3, 4])).status).toBe(200);
    expect((await infer(["no number", 2, 3, 4])).status).toBe(400);
    const metrics = await gateway.metrics();
    const own = `workspace="[^"]+",endpoint="digits",model="digits",version="1",arm="stable",provider="cpu"`;
    expect(metrics).toMatch(new RegExp(`^leeway_inference_requests_total\\{${own},code="200",reason="",role`, "m"));
    expect(metrics).toMatch(
      new RegExp(`^leeway_inference_batch_rows_bucket\\{le="1",${own},role="gateway"\\} 1$`, "m"),
    );
    expect(metrics).toMatch(/^nv_inference_request_success\{namespace="[^"]+",model="digits",version="1",.*\} 1$/m);
    expect(metrics).toMatch(/^nv_inference_request_failure\{.*reason="OTHER".*\} 1$/m);
    expect(complaints(metrics).filter((line) => !line.startsWith("nv_"))).toEqual([]);
  },
);
