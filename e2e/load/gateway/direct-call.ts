import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultExecution } from "#server/develop/registry/execution/contract.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { openModel } from "#server/serve/pool/open-model.ts";
import { syntheticInputs } from "#server/serve/pool/warm-up.ts";
import { quantile } from "../raw-clients.ts";

/** Returns the median milliseconds of sequential calls of a model's worker thread in this process. */
export async function directCallMs(bytes: Buffer, signature: Signature): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "leeway-direct-"));
  const path = join(folder, "model.onnx");
  writeFileSync(path, bytes);
  const model = { name: "direct", path, sizeBytes: bytes.length, signature };
  const execution = { ...defaultExecution, isolation: "thread" as const };
  const { pool } = await openModel(model, ["cpu"], { workers: 1, threads: 1 }, execution);
  const outputs = signature.outputs.map(({ name }) => name);
  const timesMs: number[] = [];
  for (let count = 0; count < 5000; count += 1) {
    const tensors = syntheticInputs(signature);
    const startedAt = performance.now();
    await pool.run({ tensors, outputs, deadlineAt: startedAt + 10_000 });
    timesMs.push(performance.now() - startedAt);
  }
  await pool.drain();
  rmSync(folder, { recursive: true });
  return quantile(timesMs.slice(1000), 0.5);
}
