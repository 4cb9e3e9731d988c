import Fastify from "fastify";
import { expect, test } from "vitest";
import { inferenceDocument } from "./openapi.ts";
import { inferencePlugin } from "./plugin.ts";

const document = inferenceDocument() as {
  paths: Record<string, Record<string, { operationId: string }>>;
  components: { schemas: object };
};

test("documents exactly the routes of the gateway", async () => {
  const registered = new Set<string>();
  const app = Fastify();
  // Refusals of other methods are registered with a list of methods.
  app.addHook("onRoute", ({ method, url }) => {
    if (typeof method === "string" && method !== "HEAD") registered.add(`${method} ${url.replace(/\/$/, "")}`);
  });
  // No request is sent, so the dependencies are not used.
  await inferencePlugin(app, { core: {} as never, tasks: {} as never });
  await app.ready();
  const described = Object.entries(document.paths).flatMap(([path, entry]) => {
    const url = `/v2${path}`.replaceAll(/\{(\w+)\}/g, ":$1").replace(/\/$/, "");
    return Object.keys(entry).map((method) => `${method.toUpperCase()} ${url}`);
  });
  expect(described.sort()).toEqual([...registered].sort());
});

test("has unique operation IDs and defines every referenced schema", () => {
  const ids = Object.values(document.paths).flatMap((entry) => Object.values(entry).map((one) => one.operationId));
  expect(new Set(ids).size).toBe(ids.length);
  const named = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(10);
  for (const name of named) expect(document.components.schemas).toHaveProperty(name as string);
});
