import type { Pool } from "pg";
import { register } from "prom-client";
import { expect, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { configureLog } from "#server/base/log.ts";
import { metrics } from "./metrics.ts";
import { createServer } from "./server.ts";

configureLog({ role: "test", level: "silent" });

const idle = { totalCount: 0, idleCount: 0, waitingCount: 0 } as Pool;

interface Reader {
  remoteAddress: string;
  headers?: Record<string, string>;
}

async function statusFor(reader: Reader, environment: Record<string, string> = {}): Promise<number> {
  const config = readConfig(environment);
  const app = createServer(config);
  metrics(app, config, "test", idle, async () => []);
  const { statusCode } = await app.inject({ url: "/metrics", ...reader });
  await app.close();
  // The metrics of a process are registered once.
  register.clear();
  return statusCode;
}

const token = { METRICS_TOKEN: "scrape-scrape-scrape" };
const behindProxy = { TRUST_PROXY: "1" };
const from = (remoteAddress: string, forwardedFor?: string): Reader =>
  forwardedFor === undefined ? { remoteAddress } : { remoteAddress, headers: { "x-forwarded-for": forwardedFor } };

test.each([
  ["this machine", from("127.0.0.1"), {}, 200],
  ["this machine, by another loopback address", from("127.8.0.1"), {}, 200],
  ["this machine, by IPv6", from("::1"), {}, 200],
  ["this machine, by IPv4 in IPv6", from("::ffff:127.0.0.1"), {}, 200],
  ["this machine, past the proxy in front", from("127.0.0.1"), behindProxy, 200],
  ["another machine", from("203.0.113.9"), {}, 403],
  ["another machine in the private network", from("10.0.0.4"), {}, 403],
  ["another machine that claims to be this one", from("203.0.113.9", "127.0.0.1"), {}, 403],
  ["another machine through the trusted proxy on this machine", from("127.0.0.1", "203.0.113.9"), behindProxy, 403],
  [
    "another machine, forging, through the trusted proxy",
    from("127.0.0.1", "127.0.0.1, 203.0.113.9"),
    behindProxy,
    403,
  ],
  ["another machine through an unknown proxy on this machine", from("127.0.0.1", "203.0.113.9"), {}, 403],
  ["another machine through the trusted proxy elsewhere", from("10.0.0.4", "127.0.0.1"), behindProxy, 403],
])("responds to %s without a token", async (_name, reader, environment, status) => {
  expect(await statusFor(reader, environment)).toBe(status);
});

test("responds only to those who send the token, wherever they are", async () => {
  const authorization = `Bearer ${token.METRICS_TOKEN}`;
  expect(await statusFor(from("127.0.0.1"), token)).toBe(401);
  expect(await statusFor({ remoteAddress: "203.0.113.9", headers: { authorization } }, token)).toBe(200);
  expect(await statusFor({ remoteAddress: "203.0.113.9", headers: { authorization: "Bearer none" } }, token)).toBe(401);
});
