import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plainStarter } from "#server/base/confinement/confined-processes.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { ModelPool } from "./model-pool.ts";
import { chooseProvider, explain, probeProviders } from "./providers.ts";

test("chooses the first requested provider that works and reports why the others failed", () => {
  const report = { cuda: "no libraries", tensorrt: "no libraries" };
  expect(chooseProvider(["cuda", "webgpu", "cpu"], report)).toEqual({
    provider: "webgpu",
    fallbacks: [{ provider: "cuda", reason: "no libraries" }],
  });
});

test("falls back to the CPU when no requested provider works", () => {
  expect(chooseProvider(["tensorrt"], { tensorrt: "no libraries" })).toEqual({
    provider: "cpu",
    fallbacks: [{ provider: "tensorrt", reason: "no libraries" }],
  });
});

test("explains failures in plain words without paths", () => {
  expect(explain("cuda", "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library")).toBe(
    'The cuda libraries are not installed. On a machine with CUDA 12, run "npm run gpu:install".',
  );
  const webgpu =
    "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 operator() adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n";
  expect(explain("webgpu", webgpu)).toBe("No Vulkan driver with a usable GPU was found.");
  expect(explain("webgpu", "Load model from /data/gateway/models/ab.onnx failed: out of memory")).toBe(
    "Load model from the file failed: out of memory",
  );
});

test("detects a provider with missing libraries without failing", async () => {
  const isInstalled = existsSync(
    "node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so",
  );
  const { cuda } = await probeProviders(["cuda", "cpu"]);
  if (!isInstalled) expect(cuda).toMatch(/gpu:install|no cuda provider/);
});

const { webgpu: whyNoWebGpu } = await probeProviders(["webgpu"]);
test.skipIf(whyNoWebGpu)(
  `WebGPU answers as the CPU does${whyNoWebGpu ? ` (${whyNoWebGpu} apt-get install libvulkan1 mesa-vulkan-drivers gives a software GPU.)` : ""}`,
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "leeway-webgpu-"));
    const path = join(folder, "model.onnx");
    writeFileSync(path, mlpModel([4, 16, 3]));
    const options = {
      name: "tiny",
      path,
      workers: 1,
      threads: 1,
      isolation: "thread" as const,
      processes: plainStarter({ folder, usesGpu: true }),
      runLimitMs: 60_000,
      maxQueued: 100,
      warmUp: async () => {},
    };
    // Two pools on the GPU concurrently: they share its one device and must take turns.
    const pools = await Promise.all(
      (["cpu", "webgpu", "webgpu"] as const).map((provider) => ModelPool.open({ ...options, provider })),
    );
    const values = Array.from({ length: 8 }, (_, index) => Math.sin(index));
    const predictions = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const results = pools.map((pool) =>
          pool.run({
            tensors: [{ name: "x", datatype: "FP32", shape: [2, 4], data: Float32Array.from(values) }],
            outputs: ["y"],
            deadlineAt: performance.now() + 30_000,
          }),
        );
        return (await Promise.all(results)).map(({ tensors: [y] }) => [...((y?.data ?? []) as Float32Array)]);
      }),
    );
    for (const [cpu = [], ...gpus] of predictions) {
      expect(cpu).toHaveLength(6);
      for (const gpu of gpus) {
        for (const [index, value] of gpu.entries()) expect(Math.abs(value - (cpu[index] ?? 0))).toBeLessThan(1e-5);
      }
    }
    await Promise.all(pools.map((pool) => pool.drain()));
    rmSync(folder, { recursive: true });
  },
);
