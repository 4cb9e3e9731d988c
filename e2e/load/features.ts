import { parseArgs } from "node:util";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { compareByKey, deployByKey } from "./features/by-key.ts";
import { columnsOf, featureNames, lookUpBodies, widths } from "./features/data.ts";
import { measureJoins } from "./features/joins.ts";
import { type FeatureServer, startBareNode, startFeast } from "./features/servers.ts";
import { type RunningGateway, startGatewayProcess } from "./gateway.ts";
import { openClient, quantile, saturateRaw } from "./raw-clients.ts";
import { comparedTo, type Row } from "./report.ts";
import { steadyRaw } from "./steady-clients.ts";

interface Settings {
  entities: number;
  seconds: number;
}

/** Look-ups by rows and features, with the factors by which Leeway has to be faster than Feast and than the reference server. */
const lookUps = [
  { rows: 1, width: 10, feast: 5, bare: 0.7 },
  { rows: 1, width: 50, feast: 5, bare: 0.7 },
  { rows: 100, width: 50, feast: 10, bare: 0.7 },
] as const;
const rounds = 2;
const latencyRounds = 5;
const writes = 15;
const writtenRows = 1_000;
const writtenWidth = 50;

/**
 * Compares look-ups and writes with Feast's own server, and look-ups with the least that they take in Node, on the same machine in turns.
 * `--entities 10000` is the number of rows per view, `--seconds 4` the length of each measurement. `--only gateway-with-lookup` measures just
 * that row, without Feast. Then training sets; `-- features joins` measures only these.
 */
export async function run(): Promise<Row[]> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      entities: { type: "string", default: "10000" },
      seconds: { type: "string", default: "4" },
      only: { type: "string" },
    },
  });
  if (positionals.includes("joins")) return measureJoins();
  const servers = await measureServers(values);
  return values.only === undefined ? [...servers, ...(await measureJoins())] : servers;
}

async function measureServers(values: {
  entities: string;
  seconds: string;
  only?: string | undefined;
}): Promise<Row[]> {
  const settings = { entities: Number(values.entities), seconds: Number(values.seconds) };
  const gateway = await startGatewayProcess({ GATEWAY_PROCESSES: "1" });
  try {
    await define(gateway);
    const leeway = { url: `${gateway.url}/feast`, headers: gateway.headers, stop: gateway.stop };
    await fill(leeway, settings.entities);
    await deployByKey(gateway);
    const byKey = await compareByKey(gateway, settings);
    if (values.only === byKey.name) return [byKey];
    const feast = await startFeast(settings.entities);
    try {
      const bare = await startBareNode(gateway.fixture.environment.DATABASE_URL, settings.entities);
      try {
        return [...(await measure({ leeway, feast, bare }, settings)), byKey];
      } finally {
        await bare.stop();
      }
    } finally {
      await feast.stop();
    }
  } finally {
    await gateway.stop();
  }
}

async function define({ fixture: { ctx } }: RunningGateway): Promise<void> {
  await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
  for (const width of widths) {
    const features = featureNames(width).map((name) => ({ name, type: "float64" as const }));
    await defineFeatureView(ctx, { name: `v${width}`, entities: ["driver"], features });
  }
}

async function fill(leeway: FeatureServer, entities: number): Promise<void> {
  for (const width of widths) {
    const body = JSON.stringify({ feature_view_name: `v${width}`, df: columnsOf(entities, width, new Date()) });
    const response = await fetch(`${leeway.url}/write-to-online-store`, {
      method: "POST",
      headers: leeway.headers,
      body,
    });
    if (!response.ok) throw new Error(`Filling failed: ${response.status} ${await response.text()}`);
  }
}

interface Servers {
  leeway: FeatureServer;
  feast: FeatureServer;
  bare: FeatureServer;
}

async function measure(servers: Servers, settings: Settings): Promise<Row[]> {
  const rows: Row[] = [];
  let feastRate = 0;
  for (const { rows: count, width, feast, bare } of lookUps) {
    const rates = await maxRates(servers, lookUpBodies(count, width, settings.entities), settings.seconds);
    if (count === 1 && width === 10) feastRate = rates.feast;
    const numbers = { name: `lookup-${count}x${width}`, unit: "requests/s", leeway: rates.leeway };
    rows.push(comparedTo(rates.feast, numbers, "at least", feast));
    rows.push(comparedTo(rates.bare, { ...numbers, name: `${numbers.name}-node` }, "at least", bare));
  }
  rows.push(await latency(servers, settings, feastRate / 2));
  rows.push(await writing(servers));
  return rows;
}

/** Measures the maximum rate of each server, over one and over eight connections, in turns. @throws Error when a look-up fails */
async function maxRates(servers: Servers, body: Buffer[], seconds: number): Promise<Record<keyof Servers, number>> {
  const max = { leeway: 0, feast: 0, bare: 0 };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ["leeway", "feast", "bare"] as const) {
      for (const clients of [1, 8]) {
        const result = await saturateRaw({ ...target(servers[name], "/get-online-features"), body, clients, seconds });
        if (result.failures > 0) throw new Error(`${result.failures} look-ups of ${name} failed.`);
        max[name] = Math.max(max[name], result.requestsPerSecond);
      }
    }
  }
  return max;
}

/**
 * Compares the p99 of look-ups at a rate that Feast sustains. Each server is measured in turns, and its lowest p99 counts: a process that
 * takes the processor for a moment delays one request in a hundred by as much as Feast takes, whichever server is measured.
 */
async function latency(
  { leeway, feast }: Servers,
  { entities, seconds }: Settings,
  ratePerSecond: number,
): Promise<Row> {
  const [body = Buffer.alloc(0)] = lookUpBodies(1, 10, entities);
  const p99 = async (server: FeatureServer) => {
    const load = { ...target(server, "/get-online-features"), body, clients: 8, seconds, ratePerSecond };
    return quantile((await steadyRaw(load)).latenciesMs, 0.99);
  };
  const lowest = { leeway: Number.POSITIVE_INFINITY, feast: Number.POSITIVE_INFINITY };
  for (let round = 0; round < latencyRounds; round += 1) {
    lowest.feast = Math.min(lowest.feast, await p99(feast));
    lowest.leeway = Math.min(lowest.leeway, await p99(leeway));
  }
  return comparedTo(lowest.feast, { name: "lookup-p99", unit: "ms", leeway: lowest.leeway }, "at most", 0.2);
}

/** Compares the median time of a write of rows that are all newer. */
async function writing({ leeway, feast }: Servers): Promise<Row> {
  const times = { leeway: [] as number[], feast: [] as number[] };
  for (let write = 0; write < writes; write += 1) {
    const df = columnsOf(writtenRows, writtenWidth, new Date());
    const body = Buffer.from(JSON.stringify({ feature_view_name: `v${writtenWidth}`, df, allow_registry_cache: true }));
    for (const [name, server] of [
      ["leeway", leeway],
      ["feast", feast],
    ] as const) {
      const client = await openClient({ ...target(server, "/write-to-online-store"), body });
      const sentAt = performance.now();
      const status = await client.request();
      times[name].push(performance.now() - sentAt);
      client.close();
      if (status !== 200) throw new Error(`A write of ${name} failed with ${status}.`);
    }
  }
  const numbers = { name: "write-1000x50-ms", unit: "ms", leeway: quantile(times.leeway, 0.5) };
  return comparedTo(quantile(times.feast, 0.5), numbers, "at most", 0.2);
}

function target({ url, headers }: FeatureServer, path: string): { url: string; headers: Record<string, string> } {
  return { url: `${url}${path}`, headers: { ...headers, "content-type": "application/json" } };
}
