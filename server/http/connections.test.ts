import { once } from "node:events";
import { readdirSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import Fastify from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { configureLog } from "#server/base/log.ts";
import { closeSlowBodies } from "./close-slow-bodies.ts";
import { safetyHeaders } from "./response-headers.ts";
import { createServer } from "./server.ts";

configureLog({ role: "test", level: "silent" });

async function listening(app: ReturnType<typeof createServer>): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return (app.server.address() as AddressInfo).port;
}

function open(port: number, localAddress = "127.0.0.1"): Socket {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

const closed = async (socket: Socket) => {
  socket.resume();
  if (!socket.closed) await once(socket, "close");
};

test("ignores an upgrade that nobody handles, and leaks no descriptor", async () => {
  const app = createServer(readConfig({}));
  app.get("/", async () => "plain");
  // As Next does: it leaves the sockets alone that it does not know.
  app.server.on("upgrade", () => {});
  const port = await listening(app);
  const descriptors = () => readdirSync("/proc/self/fd").length;
  const before = descriptors();
  for (let round = 0; round < 50; round += 1) {
    const socket = open(port);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: foo\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*plain$/);
  }
  await vi.waitFor(() => expect(descriptors()).toBeLessThan(before + 5));
});

test.runIf(process.platform === "linux")("limits the connections of one address, not of another", async () => {
  const app = createServer(readConfig({ MAX_CONNECTIONS_PER_ADDRESS: "3" }));
  app.get("/", async () => "ok");
  const port = await listening(app);
  const sockets = [open(port), open(port), open(port)];
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  await closed(open(port));
  const other = open(port, "127.0.0.2");
  other.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(await text(other)).toContain("200 OK");
  // A closed connection makes room.
  sockets[0]?.destroy();
  await vi.waitFor(async () => {
    const next = open(port);
    next.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(await text(next)).toContain("200 OK");
  });
});

test("closes a body that arrives too slowly with 408, and no other one", async () => {
  const app = Fastify();
  closeSlowBodies(app, safetyHeaders, { checkMs: 20, bodyBytesPerSecond: 1_000, slowBodyMs: 1_500 });
  app.post("/", async () => "stored");
  const port = await listening(app);
  const head = (length: number) =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n`;
  const slow = open(port);
  slow.write(`${head(100)}\r\n`);
  const drip = setInterval(() => slow.write("x"), 50);
  onTestFinished(() => clearInterval(drip));
  const steady = open(port);
  steady.write(`${head(2_000)}Connection: close\r\n\r\n`);
  const sendSteadily = async () => {
    for (let sent = 0; sent < 2_000; sent += 50) {
      steady.write("x".repeat(50));
      await pause(10);
    }
  };
  const [refused, stored] = await Promise.all([text(slow), text(steady), sendSteadily()]);
  expect(refused).toMatch(/^HTTP\/1\.1 408 [\s\S]*The request timed out/);
  expect(stored).toMatch(/^HTTP\/1\.1 200 [\s\S]*stored$/);
});

test("rejects two Host headers, and responds to a request about the server as a whole before any route", async () => {
  const app = createServer(readConfig({}));
  app.get("/", async () => "ok");
  // As the console: it takes every path, and fails without one.
  app.all("/*", async ({ url }) => new URL(url).href);
  const port = await listening(app);
  const respond = async (request: string) => {
    const socket = open(port);
    socket.write(`${request}\r\nConnection: close\r\n\r\n`);
    return Number((await text(socket)).slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
  };
  expect(await respond("GET / HTTP/1.1\r\nHost: a\r\nhost: b")).toBe(400);
  expect(await respond("OPTIONS * HTTP/1.1\r\nHost: a")).toBe(204);
  expect(await respond("GET * HTTP/1.1\r\nHost: a")).toBe(400);
  expect(await respond("GET / HTTP/1.1\r\nHost: a")).toBe(200);
});
