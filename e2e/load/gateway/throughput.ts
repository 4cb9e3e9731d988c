import { spawn } from "node:child_process";
import { freePort } from "#db/free-port.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { waitFor } from "../../suite/stack.ts";
import type { LoadResult } from "../clients.ts";
import { type RunningGateway, stopped } from "../gateway.ts";
import { quantile, saturateRaw } from "../raw-clients.ts";
import { comparedTo, type Row } from "../report.ts";
import { directCallMs } from "./direct-call.ts";

const model = mlpModel([4, 16, 3]);
const body = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [0.1, 0.2, 0.3, 0.4] }] }),
);
const rounds = 4;
const seconds = 4;

/**
 * Measures requests of a tiny model per second over 64 connections, alternating with a bare handler that parses and returns the same
 * JSON; and the overhead that the gateway adds to a call of the model's worker when idle.
 */
export async function throughput(gateway: RunningGateway): Promise<Row[]> {
  await gateway.serve("tiny", model, mlpSignature);
  const bare = await startBare();
  const headers = { ...gateway.headers, "content-type": "application/json" };
  const leeway = { url: `${gateway.url}/v2/models/tiny/infer`, headers, body };
  const peer = { url: `${bare.url}/infer`, headers, body };
  try {
    // Until the version is trusted, and the code of both is compiled.
    for (const target of [leeway, peer]) await saturateRaw({ ...target, clients: 64, seconds: 3 });
    const results: [LoadResult, LoadResult][] = [];
    for (let round = 0; round < rounds; round += 1) {
      const load = { clients: 64, seconds };
      results.push([await saturateRaw({ ...leeway, ...load }), await saturateRaw({ ...peer, ...load })]);
    }
    const failures = results.reduce((sum, [own]) => sum + own.failures, 0);
    const rate = (index: 0 | 1) =>
      quantile(
        results.map((pair) => pair[index].requestsPerSecond),
        0.5,
      );
    const alone = await saturateRaw({ ...leeway, clients: 1, seconds });
    const httpMs = quantile(alone.latenciesMs, 0.5);
    const directMs = await directCallMs(model, mlpSignature);
    const addedMs = httpMs - directMs;
    console.log(
      `tiny model: ${failures} failed; 1 connection ${httpMs.toFixed(3)} ms, direct call ${directMs.toFixed(3)} ms`,
    );
    const row = comparedTo(rate(1), { name: "json-64", unit: "requests/s", leeway: rate(0) }, "at least", 0.75);
    return [
      { ...row, ok: row.ok && failures === 0 },
      {
        name: "json-1-added-ms",
        unit: "ms",
        leeway: addedMs,
        peer: undefined,
        goal: "less than 1 ms",
        ok: addedMs < 1,
      },
    ];
  } finally {
    await bare.stop();
  }
}

async function startBare(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["e2e/load/bare-server.ts", String(port)], { stdio: "inherit" });
  await waitFor(() => fetch(url).then(Boolean, () => false), 30_000);
  return { url, stop: () => stopped(child) };
}
