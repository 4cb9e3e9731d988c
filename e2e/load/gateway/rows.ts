import { run as eventLoop } from "../event-loop.ts";
import { type RunningGateway, startGatewayProcess } from "../gateway.ts";
import type { Row } from "../report.ts";
import { batching } from "./batching.ts";
import { idle } from "./idle.ts";
import { throughput } from "./throughput.ts";
import { versusFastapi, versusMlserver } from "./versus.ts";

const parts: Record<string, () => Promise<Row[]>> = {
  json: () => withGateway(throughput),
  batching: () => withGateway(batching),
  "loop-delay": async () => (await eventLoop()).slice(0, 1).map((row) => ({ ...row, name: "loop-delay-p99-ms" })),
  idle: () => withGateway(idle),
  "vs-mlserver": () => withGateway(versusMlserver),
  "vs-fastapi": () => withGateway(versusFastapi),
};

/** What the gateway promises of speed. `npm run bench -- gateway json` measures one part. */
export async function run(): Promise<Row[]> {
  const wished = process.argv.slice(3);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (wished.length === 0 || wished.includes(name)) rows.push(...(await measure()));
  }
  return rows;
}

/** A gateway of one process: with more of them, the load's own process would be the slowest part on a small machine. */
async function withGateway(measure: (gateway: RunningGateway) => Promise<Row[]>): Promise<Row[]> {
  const gateway = await startGatewayProcess({ GATEWAY_PROCESSES: "1" });
  try {
    return await measure(gateway);
  } finally {
    await gateway.stop();
  }
}
