import { parseArgs } from "node:util";
import { seededRandom } from "#server/stats/random.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { digits } from "../digits.ts";
import { type GatewayProcess, startGatewayIn } from "../gateway.ts";
import { openGatewayFixture, type Served } from "../gateway-fixture.ts";
import { type Exchange, exchange } from "./malformed/exchange.ts";
import { kinds } from "./malformed/kinds.ts";
import { bytesOf, isFramed, type Message } from "./malformed/message.ts";

const clients = 16;
/** Maximum growth of a gateway's memory from the middle to the end; the peak is limited by what the clients can send concurrently. */
const maxMegabytesGrown = 150;
const maxConcurrentMegabytes = 1_500;

/**
 * Sends malformed requests to a gateway, `--requests 10000` generated from `--seed 1`: each must be answered with 4xx and
 * `{"error": text}`, or with 200 if the request is valid after all; the gateway must stay alive, and serve afterwards.
 * @returns whether it did
 */
export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: { requests: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
  });
  const [requests, seed] = [Number(values.requests), Number(values.seed)];
  const fixture = await openGatewayFixture();
  try {
    const tiny: Served = { name: "tiny", model: mlpModel([4, 16, 3]), signature: mlpSignature };
    const served = [tiny, await digits()];
    for (const one of served) await fixture.deploy(one);
    const gateway = await startGatewayIn(fixture);
    for (const { name } of served) await gateway.untilServed(name);
    const findings = await fuzz(gateway, fixture.headers.authorization, requests, seed);
    const { before, atMost, inTheMiddle, after } = findings.megabytes;
    const isHealthy = await predictions(gateway, fixture.headers.authorization);
    const result = {
      requests,
      seed,
      wrong: findings.wrong.length,
      crashed: gateway.ended() !== undefined,
      isHealthy,
      megabytes: findings.megabytes,
    };
    console.table(findings.table);
    for (const one of findings.wrong.slice(0, 40)) console.log(one);
    console.log(JSON.stringify({ malformed: result, byKind: findings.table }));
    await gateway.stop();
    const isBounded = after - inTheMiddle <= maxMegabytesGrown && atMost - before <= maxConcurrentMegabytes;
    return findings.wrong.length === 0 && !result.crashed && isHealthy && isBounded;
  } finally {
    await fixture.close();
  }
}

interface Findings {
  /** Number of responses by kind of request and status. */
  table: Record<string, Record<string, number>>;
  /** Descriptions of the unexpected responses. */
  wrong: string[];
  /** Memory of the gateway before the test, at its peak, in the middle, and after. */
  megabytes: { before: number; atMost: number; inTheMiddle: number; after: number };
}

async function fuzz(gateway: GatewayProcess, authorization: string, requests: number, seed: number): Promise<Findings> {
  const port = Number(new URL(gateway.url).port);
  const whole = (message: Message) => bytesOf({ authorization, path: "/v2/models/tiny/infer" }, message);
  const names = Object.keys(kinds);
  const findings: Findings = {
    table: {},
    wrong: [],
    megabytes: { before: await megabytesOf(gateway), atMost: 0, inTheMiddle: 0, after: 0 },
  };
  const { megabytes } = findings;
  let next = 0;
  const client = async () => {
    while (next < requests && gateway.ended() === undefined) {
      const number = next++;
      const random = seededRandom(seed * 1_000_003 + number);
      const kind = names[number % names.length] as string;
      const made = kinds[kind]?.(random, whole) ?? {};
      const bytes = Buffer.isBuffer(made) ? made : whole(made);
      // Some clients leave without waiting.
      const leaves = random() < 0.02 ? Math.floor(random() * 5) : undefined;
      const isComplete = !Buffer.isBuffer(made) && !isFramed(made);
      const response = await exchange(port, bytes, { isComplete, abortAfterMs: leaves });
      const row = findings.table[kind] ?? {};
      findings.table[kind] = row;
      const status = leaves === undefined ? (response.status ?? "none") : "left";
      row[status] = (row[status] ?? 0) + 1;
      const problem = leaves === undefined ? problemOf(response, bytes) : undefined;
      if (problem) findings.wrong.push(`${kind}, request ${number}: ${problem}; ${shown(bytes)}`);
      if (number % 200 === 0) megabytes.atMost = Math.max(megabytes.atMost, await megabytesOf(gateway));
      if (number === Math.floor(requests / 2)) megabytes.inTheMiddle = await megabytesOf(gateway);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  megabytes.after = await megabytesOf(gateway);
  megabytes.atMost = Math.max(megabytes.atMost, megabytes.after);
  return findings;
}

/** Describes what is wrong with a response; undefined if it is correct. */
function problemOf({ status, body, isTimedOut }: Exchange, sent: Buffer): string | undefined {
  if (isTimedOut) return "no answer in time";
  if (status === undefined) return `no answer, but ${JSON.stringify(body.slice(0, 100))}`;
  if (status === 200) return undefined;
  if (status < 400 || status >= 500) return `status ${status}: ${body.slice(0, 200)}`;
  if (sent.subarray(0, 5).toString() === "HEAD ") return undefined;
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === "string" && error.length > 0) return undefined;
  } catch {
    // It is no JSON.
  }
  return `status ${status} with ${JSON.stringify(body.slice(0, 200))}`;
}

function shown(bytes: Buffer): string {
  return JSON.stringify(
    bytes
      .toString("latin1")
      .slice(0, 400)
      .replace(/Bearer lw_\w+/, "Bearer …"),
  );
}

async function predictions(gateway: GatewayProcess, authorization: string): Promise<boolean> {
  const inputs = [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }];
  const response = await fetch(`${gateway.url}/v2/models/tiny/infer`, {
    method: "POST",
    headers: { authorization },
    body: JSON.stringify({ inputs }),
  }).catch(() => undefined);
  const ready = await fetch(`${gateway.url}/health/ready`).catch(() => undefined);
  return response?.status === 200 && ready?.status === 200;
}

async function megabytesOf(gateway: GatewayProcess): Promise<number> {
  const bytes = /^process_resident_memory_bytes\S* (\S+)/m.exec(await gateway.metrics())?.[1];
  return Math.round(Number(bytes) / 2 ** 20);
}
