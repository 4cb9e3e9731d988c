import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { createServer, hijack } from "./server.ts";

configureLog({ role: "test", level: "silent" });

test("finishes a request in flight when stopping, then closes its keep-alive connection", async () => {
  const app = createServer(readConfig({}));
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<string>();
  app.get("/slow", () => {
    started.resolve();
    return finish.promise;
  });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const answered = once(request(`${address}/slow`, { agent }).end(), "response");
  await started.promise;
  const closed = app.close();
  finish.resolve("done");
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(200);
  expect(await Promise.race([closed.then(() => "closed"), pause(3_000, "still open")])).toBe("closed");
});

test("forbids content sniffing and framing in every response", async () => {
  const app = createServer(readConfig({}));
  app.get("/", async () => "x");
  const { headers } = await app.inject("/");
  expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
});

test("forbids content sniffing and framing in a hijacked response", async () => {
  const app = createServer(readConfig({}));
  app.get("/", (_request, reply) => {
    hijack(reply);
    reply.raw.writeHead(200, { "content-type": "text/plain" }).end("x");
  });
  const { headers } = await app.inject("/");
  expect(headers).toMatchObject({ "content-type": "text/plain", "x-content-type-options": "nosniff" });
});

test("returns a domain error with its status, and an internal error without details", async () => {
  const app = createServer(readConfig({}));
  app.get("/refused", async () => {
    throw new DomainError("conflict", "Taken.");
  });
  app.get("/broken", async () => {
    throw new Error("password=hunter2");
  });
  expect((await app.inject("/refused")).statusCode).toBe(409);
  const broken = await app.inject("/broken");
  expect(broken.statusCode).toBe(500);
  expect(broken.body).not.toContain("hunter2");
});

test.each([
  ["1", "203.0.113.9"],
  ["2", "198.51.100.7"],
  ["127.0.0.0/8", "203.0.113.9"],
  ["127.0.0.0/8, 203.0.113.0/24", "198.51.100.7"],
  ["10.0.0.0/8", "127.0.0.1"],
  ["false", "127.0.0.1"],
])("determines the client's address with TRUST_PROXY=%s, whatever the client claims", async (TRUST_PROXY, ip) => {
  const app = createServer(readConfig({ TRUST_PROXY }));
  app.get("/", async (request) => request.ip);
  const { body } = await app.inject({ url: "/", headers: { "x-forwarded-for": "6.6.6.6, 198.51.100.7, 203.0.113.9" } });
  expect(body).toBe(ip);
});
