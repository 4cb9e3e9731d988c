import Fastify from "fastify";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import type { WebDependencies } from "../server.ts";
import { v1Plugin } from "./plugin.ts";
import { route } from "./route.ts";

configureLog({ role: "test", level: "silent" });

/** Creates an API with the given routes; only the token "good" is valid. */
async function interfaceWith(register: (app: ReturnType<typeof Fastify>) => void) {
  const app = Fastify();
  const deps = {
    config: { publicUrl: "http://leeway.test", notifications: { rules: {} } },
    authenticate: async (request) => {
      if (request.headers.authorization !== "Bearer good") throw new DomainError("unauthenticated", "Sign in.");
      return { actor: { name: "Ada" } } as Context;
    },
  } as WebDependencies;
  await app.register(
    async (scope) => {
      await v1Plugin(scope, deps);
      register(scope);
    },
    { prefix: "/api/v1" },
  );
  return app;
}

const headers = { authorization: "Bearer good" };

const greet = (app: ReturnType<typeof Fastify>) =>
  route(
    app,
    {
      method: "POST",
      path: "/greetings/:name",
      summary: "Greet somebody",
      params: z.object({ name: z.string().min(2) }),
      query: z.object({ times: z.coerce.number().int().default(1) }),
      body: z.object({ word: z.string() }),
      response: z.object({ text: z.string() }),
      status: 201,
    },
    async ({ ctx, params, query, body }) => {
      const response = { text: `${ctx.actor.name}: ${body.word} ${params.name} ×${query.times}`, secret: "x" };
      return response;
    },
  );

test("passes parsed input to a handler, and returns only fields of the response schema", async () => {
  const app = await interfaceWith(greet);
  const response = await app.inject({
    method: "POST",
    url: "/api/v1/greetings/Bob?times=3",
    headers,
    payload: { word: "Hello" },
  });
  expect(response.statusCode).toBe(201);
  expect(response.json()).toEqual({ text: "Ada: Hello Bob ×3" });
});

test("returns 401 to an unknown caller before any other check", async () => {
  const app = await interfaceWith(greet);
  const response = await app.inject({ method: "POST", url: "/api/v1/greetings/B", payload: "not json" });
  expect(response.statusCode).toBe(401);
  expect(response.headers["www-authenticate"]).toBe("Bearer");
  expect(response.json()).toEqual({ error: { code: "unauthenticated", message: "Sign in." } });
});

test("rejects invalid input with the name of the field", async () => {
  const app = await interfaceWith(greet);
  const response = await app.inject({ method: "POST", url: "/api/v1/greetings/Bob", headers, payload: {} });
  expect(response.statusCode).toBe(400);
  expect(response.json().error).toMatchObject({ code: "invalid", message: expect.stringContaining("word: ") });
});

test("returns the status of a domain error, with Retry-After", async () => {
  const app = await interfaceWith((scope) =>
    route(scope, { method: "GET", path: "/busy", summary: "Be busy" }, async () => {
      throw new DomainError("rate-limited", "Too many.", { retryAfterSeconds: 1.2 });
    }),
  );
  const response = await app.inject({ url: "/api/v1/busy", headers });
  expect([response.statusCode, response.headers["retry-after"]]).toEqual([429, "2"]);
  expect(response.json()).toEqual({ error: { code: "rate-limited", message: "Too many." } });
});

test("reveals no internals of a bug", async () => {
  const app = await interfaceWith((scope) =>
    route(scope, { method: "GET", path: "/broken", summary: "Break" }, async () => {
      throw new Error("password=hunter2");
    }),
  );
  const response = await app.inject({ url: "/api/v1/broken", headers });
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain("hunter2");
});

test("returns a JSON error for an unknown path", async () => {
  const app = await interfaceWith(greet);
  const response = await app.inject({ url: "/api/v1/nothing", headers });
  expect([response.statusCode, response.json().error.code]).toEqual([404, "not-found"]);
});

test("returns an empty 204 without a response schema", async () => {
  const app = await interfaceWith((scope) =>
    route(scope, { method: "DELETE", path: "/thing", summary: "Delete" }, async () => {}),
  );
  const response = await app.inject({ method: "DELETE", url: "/api/v1/thing", headers });
  expect([response.statusCode, response.body]).toEqual([204, ""]);
});

test("passes an uploaded file as a stream", async () => {
  const app = await interfaceWith((scope) =>
    route(
      scope,
      { method: "PUT", path: "/file", summary: "Upload", body: "stream", response: z.object({ bytes: z.number() }) },
      async ({ stream }) => {
        let bytes = 0;
        for await (const chunk of stream) bytes += chunk.length;
        return { bytes };
      },
    ),
  );
  const response = await app.inject({
    method: "PUT",
    url: "/api/v1/file",
    headers: { ...headers, "content-type": "application/octet-stream" },
    payload: Buffer.alloc(3_000_000),
  });
  expect(response.json()).toEqual({ bytes: 3_000_000 });
});
