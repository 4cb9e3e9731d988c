import { parseArgs } from "node:util";
import { run as eventLoop } from "../event-loop.ts";
import { type RunningGateway, startGatewayProcess } from "../gateway.ts";
import type { Row } from "../report.ts";
import { batching } from "./batching.ts";
import { idle } from "./idle.ts";
import { memory } from "./memory.ts";
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

/**
 * Measures the speed and memory goals of the gateway. `npm run bench -- gateway json` measures one part; without names it measures all but
 * `memory`, which takes `--minutes 10` and runs only if it is named or `--memory` is given.
 */
export async function run(): Promise<Row[]> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { minutes: { type: "string", default: "10" }, memory: { type: "boolean", default: false } },
  });
  const all = { ...parts, memory: () => withGateway((gateway) => memory(gateway, Number(values.minutes))) };
  const unknown = positionals.find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined || !(Number(values.minutes) > 0)) {
    const problem = unknown === undefined ? "--minutes is no number" : `There is no part "${unknown}"`;
    throw new Error(`${problem}. Parts: ${Object.keys(all).join(", ")}; memory for --minutes 10, or 60.`);
  }
  const isRequested = (name: string) =>
    positionals.includes(name) || (name === "memory" ? values.memory : positionals.length === 0);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(all)) {
    if (isRequested(name)) rows.push(...(await measure()));
  }
  return rows;
}

/** Runs a gateway of one process: with more, the load generator would be the bottleneck on a small machine. */
async function withGateway(measure: (gateway: RunningGateway) => Promise<Row[]>): Promise<Row[]> {
  const gateway = await startGatewayProcess({ GATEWAY_PROCESSES: "1" });
  try {
    return await measure(gateway);
  } finally {
    await gateway.stop();
  }
}
