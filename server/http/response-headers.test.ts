import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { configureLog } from "#server/base/log.ts";
import { prepareForConsole } from "./pages.ts";
import { restReference } from "./reference.ts";
import { newNonce, pagePolicy, type ResponseHeaders } from "./response-headers.ts";
import { createServer } from "./server.ts";

configureLog({ role: "test", level: "silent" });

const withTls = { PUBLIC_URL: "https://leeway.example.test" };

/** A web role with a response of each kind, but without Next, whose part `app.all("/*")` plays. */
async function serve(environment: Record<string, string> = withTls): Promise<FastifyInstance> {
  const config = readConfig(environment);
  const app = createServer(config);
  app.get("/api/v1/data", async () => ({ data: true }));
  app.get("/api/v1/failing", async () => {
    throw new Error("broken");
  });
  app.get("/api/v1/redirect", async (_request, reply) => reply.redirect("/elsewhere"));
  app.get("/api/v1/file", async (_request, reply) =>
    reply.type("text/html").header("content-disposition", "attachment").send("<script>alert(1)</script>"),
  );
  await app.register(restReference);
  app.all("/*", (request, reply) => {
    prepareForConsole(request, reply, config);
    reply.raw.writeHead(200, { "content-type": "text/html" }).end(String(request.raw.headers["x-leeway-nonce"]));
  });
  onTestFinished(() => app.close());
  return app;
}

const addresses = [
  "/api/v1/data",
  "/api/v1/failing",
  "/api/v1/redirect",
  "/api/v1/file",
  "/api/v1/docs/",
  "/api/v1/docs/js/scalar.js",
  "/overview",
  "/login",
  "/_next/static/chunk.js",
  "/%zz",
];

/** Returns the directives of a policy. */
function directivesOf(policy: string): Map<string, string[]> {
  return new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );
}

const sources = (policy: string, name: string) =>
  directivesOf(policy).get(name) ?? directivesOf(policy).get("default-src") ?? ["*"];

/**
 * Rules of Mozilla's HTTP Observatory, and what each takes from the score of 100 at its worst:
 * https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring
 */
const rules: Record<string, { penalty: number; passes: (headers: ResponseHeaders) => boolean }> = {
  "content-security-policy": {
    penalty: 25,
    passes: ({ "content-security-policy": policy = "" }) =>
      ["script-src", "object-src", "default-src"].every(
        (name) => !sources(policy, name).some((source) => /^(\*|https?:|data:|'unsafe-(inline|eval)')$/.test(source)),
      ) &&
      sources(policy, "object-src").join() === "'none'" &&
      (directivesOf(policy).get("base-uri") ?? []).join() === "'none'" &&
      ["'none'", "'self'"].includes((directivesOf(policy).get("form-action") ?? []).join()) &&
      // strict-dynamic trusts nothing without a nonce.
      (!sources(policy, "script-src").includes("'strict-dynamic'") || /'nonce-[\w+/=]{22,}'/.test(policy)),
  },
  "strict-transport-security": {
    penalty: 20,
    passes: (headers) =>
      Number(/max-age=(\d+)/.exec(headers["strict-transport-security"] ?? "")?.[1]) >= 180 * 24 * 3_600,
  },
  "x-content-type-options": { penalty: 5, passes: (headers) => headers["x-content-type-options"] === "nosniff" },
  "x-frame-options": {
    penalty: 20,
    passes: (headers) =>
      headers["x-frame-options"] === "DENY" && /frame-ancestors 'none'/.test(headers["content-security-policy"] ?? ""),
  },
  "referrer-policy": {
    penalty: 5,
    passes: (headers) =>
      ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"].includes(
        headers["referrer-policy"] ?? "",
      ),
  },
  "cross-origin-resource-policy": {
    penalty: 20,
    passes: (headers) => headers["cross-origin-resource-policy"] === "same-origin",
  },
  "cross-origin-resource-sharing": {
    penalty: 50,
    passes: (headers) => headers["access-control-allow-origin"] === undefined,
  },
};

/** Returns the rules that a response violates. Mozilla's bonuses are left out: 100 is the maximum. */
function violations(headers: ResponseHeaders): string[] {
  return Object.entries(rules)
    .filter(([, { passes }]) => !passes(headers))
    .map(([name, { penalty }]) => `${name} (-${penalty})`);
}

test.each(addresses)("%s has the full score of Mozilla's HTTP Observatory", async (url) => {
  const app = await serve();
  const { headers } = await app.inject(url);
  expect(violations(headers as ResponseHeaders)).toEqual([]);
  expect(headers).toMatchObject({
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": expect.stringContaining("camera=(), "),
  });
});

test("sends the headers with a request that is not HTTP, and with an expectation it does not know", async () => {
  const app = await serve();
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  for (const [request, status] of [
    ["no http\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n", 417],
    ["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405],
  ] as const) {
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    socket.write(request);
    const [first = "", ...lines] = (await text(socket)).split("\r\n\r\n")[0]?.split("\r\n") ?? [];
    expect(first).toContain(` ${status} `);
    const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/, 2)));
    expect(violations(headers)).toEqual([]);
  }
});

test("lets nothing run or load in a response that is not a page", async () => {
  const app = await serve();
  for (const url of ["/api/v1/data", "/api/v1/failing", "/api/v1/file", "/_next/static/chunk.js"]) {
    const { headers } = await app.inject(url);
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    );
  }
});

test("gives every page a nonce of its own, which replaces whatever the client sent", async () => {
  const app = await serve();
  const forged = { "x-leeway-nonce": "forged", "content-security-policy": "script-src 'nonce-forged'" };
  const nonces = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    const { headers, body } = await app.inject({ url: "/overview", headers: forged });
    expect(headers["content-security-policy"]).toContain(`script-src 'nonce-${body}' 'strict-dynamic';`);
    nonces.add(body);
  }
  expect(nonces.size).toBe(3);
  expect(nonces).not.toContain("forged");
});

test("gives every script of the API reference the nonce of its response", async () => {
  const app = await serve();
  const nonces = new Set<string>();
  for (let round = 0; round < 2; round += 1) {
    const { headers, body } = await app.inject("/api/v1/docs/");
    const nonce = /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1] ?? "";
    const scripts = body.match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    expect(body).not.toContain("nonce-of-this-response");
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(2);
});

test("sends HSTS only if the public address uses TLS", async () => {
  const app = await serve({ PUBLIC_URL: "http://leeway.example.test" });
  const { headers } = await app.inject("/overview");
  expect(headers).not.toHaveProperty("strict-transport-security");
  expect(violations(headers as ResponseHeaders)).toEqual(["strict-transport-security (-20)"]);
});

test("allows evaluated code and style elements only to the development server", () => {
  const nonce = newNonce();
  expect(pagePolicy(nonce, false)).not.toContain("unsafe-eval");
  expect(pagePolicy(nonce, false)).toContain(`style-src 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'`);
  expect(pagePolicy(nonce, true)).toContain("'unsafe-eval'");
});
