import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { startStack } from "../suite/stack.ts";
import { atMost, comparedTo, type Row } from "./report.ts";

const clients = 2_000;
/** Each is below the limit of one address. */
const addresses = Array.from({ length: 8 }, (_, index) => `127.0.0.${index + 2}`);
const dripMs = 2_000;
const requests = 600;
const maxRatio = 1.5;
const maxSeconds = 60;

interface Target {
  name: string;
  url: string;
  /** What ordinary clients get. */
  path: string;
  /** Where slow clients post to. */
  slowPath: string;
}

/**
 * Measures ordinary requests alone, and beside 2,000 clients that send heads and bodies one byte at a time, on both ports; and how long
 * these clients keep their connections.
 */
export async function run(): Promise<Row[]> {
  await using stack = await startStack({ LOG_LEVEL: "error" });
  const authorization = `Bearer ${stack.environment.LEEWAY_TOKEN}`;
  const targets: Target[] = [
    { name: "console", url: stack.url, path: "/api/v1/endpoints", slowPath: "/api/v1/endpoints" },
    { name: "gateway", url: stack.gatewayUrl, path: "/v2", slowPath: "/v2/models/digits/infer" },
  ];
  const rows: Row[] = [];
  for (const target of targets) {
    await p99Ms(target, authorization);
    const alone = await p99Ms(target, authorization);
    const openedAt = performance.now();
    const slow = await Promise.all(
      Array.from({ length: clients }, (_, index) => openSlowClient(target, authorization, index)),
    );
    const isOpen = (socket: Socket) => !socket.closed;
    console.log(`${target.name}: ${slow.filter(isOpen).length} slow clients are connected.`);
    const beside = await p99Ms(target, authorization);
    while (slow.some(isOpen) && performance.now() - openedAt < 2 * maxSeconds * 1000) await pause(200);
    const seconds = (performance.now() - openedAt) / 1000;
    for (const socket of slow) socket.destroy();
    rows.push(
      comparedTo(
        alone,
        { name: `${target.name}: p99 beside slow clients`, unit: "ms", leeway: beside },
        "at most",
        maxRatio,
      ),
      atMost(maxSeconds, { name: `${target.name}: until all slow clients are closed`, unit: "s", leeway: seconds }),
    );
  }
  return rows;
}

/** Sends one request after the other on one connection. @returns the p99 of their latencies */
async function p99Ms({ url, path }: Target, authorization: string): Promise<number> {
  const latenciesMs: number[] = [];
  for (let sent = 0; sent < requests; sent += 1) {
    const startedAt = performance.now();
    const response = await fetch(`${url}${path}`, { headers: { authorization } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
    latenciesMs.push(performance.now() - startedAt);
  }
  latenciesMs.sort((a, b) => a - b);
  return latenciesMs[Math.ceil(latenciesMs.length * 0.99) - 1] as number;
}

/** Connects a client that sends a byte of its head, or of its body, every two seconds. */
async function openSlowClient({ url, slowPath }: Target, authorization: string, index: number): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const localAddress = addresses[index % addresses.length] as string;
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  socket.on("error", () => {}).resume();
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  const head = `POST ${slowPath} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\n`;
  socket.write(index % 2 === 0 ? `${head}X-Slow: ` : `${head}Content-Length: 100000\r\n\r\n`);
  const timer = setInterval(() => socket.write("x"), dripMs);
  socket.once("close", () => clearInterval(timer));
  return socket;
}
