import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { exposeGpus } from "./gpu-metrics.ts";
import { type GpuWindow, GpuWindows } from "./gpu-windows.ts";
import { parseGpus, readGpus } from "./read-gpus.ts";

// A real driver's responses are not tested here: this script stands in for one on machines without a GPU.
afterEach(() => vi.unstubAllEnvs());
const card = "GPU-5f2c19a8-0000-1111-2222-333344445555";
const prediction = `${card}, 37, 1024, 81559, 110.25, 700.00, NVIDIA H100 80GB HBM3`;

/** Installs a script as the first program of that name on the path. */
function install(script: string): void {
  const folder = mkdtempSync(join(tmpdir(), "leeway-smi-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "nvidia-smi"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "nvidia-smi"), 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
}

test("reports no GPUs and no metrics without nvidia-smi", async () => {
  vi.stubEnv("PATH", join(tmpdir(), "nothing-here"));
  expect(await readGpus()).toBeUndefined();
  const registry = new Registry();
  exposeGpus(registry, () => [], true);
  expect(await registry.metrics()).not.toMatch(/^[^#\n]/m);
});

test("reports no GPUs if nvidia-smi is not executable", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leeway-smi-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "nvidia-smi"), "", { mode: 0o600 });
  vi.stubEnv("PATH", folder);
  expect(await readGpus()).toBeUndefined();
});

test("queries nvidia-smi for the displayed values, and converts them to shares, bytes and watts", async () => {
  const wanted = "--query-gpu=uuid,utilization.gpu,memory.used,memory.total,power.draw,power.limit,name";
  install(`[ "$*" = "${wanted} --format=csv,noheader,nounits" ] || exit 9\necho "${prediction}"`);
  const gpus = await readGpus();
  expect(gpus).toEqual([
    {
      uuid: card,
      name: "NVIDIA H100 80GB HBM3",
      utilisation: 0.37,
      powerWatts: 110.25,
      powerLimitWatts: 700,
      memoryUsedBytes: 1024 * 2 ** 20,
      memoryTotalBytes: 81_559 * 2 ** 20,
    },
  ]);
  const registry = new Registry();
  exposeGpus(registry, () => gpus ?? [], true);
  const text = await registry.metrics();
  expect(text).toContain(`leeway_gpu_utilization_ratio{gpu="${card}",name="NVIDIA H100 80GB HBM3"} 0.37\n`);
  expect(text).toContain(`nv_gpu_memory_used_bytes{gpu_uuid="${card}"} 1073741824\n`);
});

test("reports an error when nvidia-smi fails", async () => {
  install('echo "Failed to initialize NVML: Driver/library version mismatch" >&2; exit 18');
  await expect(readGpus()).rejects.toThrow("nvidia-smi");
});

test("treats missing values as unknown, not zero, and ignores other lines", async () => {
  const [gpu, ...more] = parseGpus(
    `\nNo devices were found\n${card}, [N/A], 12, 24576, [Not Supported], , NVIDIA, odd\n`,
  );
  expect(more).toEqual([]);
  expect(gpu).toMatchObject({ name: "NVIDIA, odd", utilisation: null, powerWatts: null, powerLimitWatts: null });
  const registry = new Registry();
  exposeGpus(registry, () => (gpu ? [gpu] : []), false);
  const text = await registry.metrics();
  expect(text).toContain("leeway_gpu_memory_used_bytes{");
  expect(text).not.toMatch(/^leeway_gpu_utilization_ratio\{/m);
  expect(text).not.toContain("nv_gpu");
});

test("buffers windows until stored, stores an open one again, and keeps at most an hour without Postgres", async () => {
  const windows = new GpuWindows();
  const [gpu] = parseGpus(prediction);
  const start = 1_700_000_000_000;
  const add = (now: number) => windows.add(gpu ? [gpu] : [], now);
  const sent: GpuWindow[][] = [];
  const flush = (now: number) =>
    windows.flush(async (some) => {
      sent.push([...some]);
    }, now);
  add(start);
  add(start + 5_000);
  await flush(start + 6_000);
  add(start + 9_000);
  await flush(start + 10_000);
  await flush(start + 11_000);
  expect(sent.map((some) => some.map(({ readings }) => readings))).toEqual([[2], [3]]);
  expect(sent[1]?.[0]?.utilisationSum).toBeCloseTo(3 * 0.37);
  for (let window = 0; window < 500; window += 1) add(start + window * 10_000);
  await expect(windows.flush(() => Promise.reject(new Error("away")), start)).rejects.toThrow("away");
  await flush(start + 5_000_000);
  expect(sent[2]).toHaveLength(360);
  expect(sent[2]?.at(-1)?.windowStart).toBe(start + 499 * 10_000);
});
