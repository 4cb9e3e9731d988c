import { expect, test } from "vitest";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

test(
  "creates an endpoint, deploys to it by alias and version, returns, changes and archives it",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    const first = await newVersion(ctx, { version: 1 });
    expect(await call("POST", "/endpoints", { name: "digits" })).toMatchObject({
      status: 201,
      body: { current: null },
    });
    const deployed = await call("POST", "/endpoints/digits/deployments", {
      model: "digits",
      alias: "latest",
      reason: "go",
    });
    expect(deployed).toMatchObject({ status: 201, body: { version: 1, versionId: first.id, reason: "go" } });
    await newVersion(ctx, { version: 2 });
    expect((await call("POST", "/endpoints/digits/deployments", { model: "digits", version: 2 })).status).toBe(201);
    expect((await call("PATCH", "/endpoints/digits", { captureShare: 1 })).status).toBe(204);
    expect((await call("GET", "/endpoints/digits")).body).toMatchObject({
      captureShare: 1,
      current: { version: 2 },
      history: [{ version: 2 }, { version: 1 }],
      gateways: [],
      serving: { kind: "no-gateway" },
      state: { kind: "failing", word: "Failing" },
    });
    expect((await call("GET", "/endpoints")).body).toMatchObject({
      endpoints: [
        {
          name: "digits",
          current: { version: 2 },
          recent: { requestsPerSecond: null },
          serving: { kind: "no-gateway" },
          state: { kind: "failing", word: "Failing", reason: expect.stringContaining("No gateway") },
        },
      ],
    });
    expect((await call("DELETE", "/endpoints/digits?reason=replaced")).status).toBe(204);
    expect((await call("GET", "/endpoints")).body).toEqual({ endpoints: [] });
    expect((await call("GET", "/endpoints?archived=true")).body.endpoints).toHaveLength(1);
  }),
);

test(
  "returns the series, predictions and labels of an endpoint",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await call("POST", "/endpoints", { name: "digits" });
    expect(await call("GET", "/endpoints/digits/series")).toMatchObject({
      status: 200,
      body: { stepSeconds: 10, versions: [], points: [] },
    });
    expect(await call("GET", "/endpoints/digits/predictions?failed=true&limit=5")).toEqual({
      status: 200,
      headers: expect.anything(),
      body: { predictions: [] },
    });
    const labels = [{ requestId: "r1", label: "7", observedAt: "2026-03-01T00:00:00Z" }];
    const counts = { recorded: 1, added: 1, unchanged: 0, replaced: 0, unknown: 1 };
    expect(await call("POST", "/endpoints/digits/labels", { labels })).toEqual({
      status: 200,
      headers: expect.anything(),
      body: counts,
    });
    expect(await call("GET", "/endpoints/digits/label-counts")).toEqual({
      status: 200,
      headers: expect.anything(),
      body: { labels: 1, replaced: 0, unknown: 1, chosen: 0 },
    });
  }),
);

test(
  "returns the prediction log settings with defaults, replaces them completely, and rejects values out of bounds",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await call("POST", "/endpoints", { name: "digits", captureShare: 0.5 });
    const usual = { lowConfidence: null, inputs: "whole", redact: [], maxBytes: 65_536, retentionDays: 30 };
    expect((await call("GET", "/endpoints/digits/capture")).body).toEqual({ ...usual, share: 0.5 });
    const input = { share: 1, lowConfidence: { below: 0.7 }, redact: ["age"], retentionDays: 7 };
    const set = await call("PUT", "/endpoints/digits/capture", input);
    const after = { ...usual, ...input, lowConfidence: { output: null, below: 0.7 } };
    expect(set).toEqual({ status: 200, headers: expect.anything(), body: after });
    expect((await call("GET", "/endpoints/digits/capture")).body).toEqual(after);
    expect((await call("GET", "/endpoints/digits")).body.captureShare).toBe(1);
    const wrong = await call("PUT", "/endpoints/digits/capture", { share: 2 });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("Must be at most 1.") } },
    });
  }),
);

test(
  "accepts versionsKept, the former name of previousVersionsLoaded",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    const made = await call("POST", "/endpoints", { name: "digits", versionsKept: 2 });
    expect(made.body).toMatchObject({ previousVersionsLoaded: 2 });
    await call("PATCH", "/endpoints/digits", { versionsKept: 3 });
    expect((await call("GET", "/endpoints/digits")).body).toMatchObject({ previousVersionsLoaded: 3 });
  }),
);

const refused: [number, "GET" | "POST" | "DELETE", string, object?][] = [
  [404, "GET", "/endpoints/none"],
  [404, "POST", "/endpoints/none/deployments", { model: "digits", version: 1 }],
  [404, "POST", "/endpoints/digits/deployments", { model: "none", version: 1 }],
  [400, "POST", "/endpoints/digits/deployments", { model: "digits" }],
  [400, "POST", "/endpoints/digits/deployments", { model: "digits", version: 1, alias: "champion" }],
  [400, "POST", "/endpoints/digits/deployments", { model: "digits", version: 1, providers: ["abacus"] }],
  [400, "GET", "/endpoints/digits/series?step=7"],
  [400, "POST", "/endpoints/digits/labels", { labels: [] }],
  [400, "GET", "/endpoints/digits/predictions/none"],
  [404, "GET", `/endpoints/digits/predictions/${crypto.randomUUID()}`],
  [409, "POST", "/endpoints", { name: "digits" }],
  [400, "POST", "/endpoints", { name: "no spaces" }],
];
test.each(refused)("returns %d for %s %s", (status, method, path, payload) =>
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    await call("POST", "/endpoints", { name: "digits" });
    const response = await call(method, path, payload);
    expect(response.status).toBe(status);
    expect(response.body.error.message).toMatch(/./);
  })(),
);

test(
  "allows a member to label but not to deploy",
  inWorkspace(async (ctx) => {
    await (await clientOf(ctx))("POST", "/endpoints", { name: "digits" });
    const call = await clientOf(as(ctx, "member"));
    const labels = [{ requestId: "r1", label: "7" }];
    expect((await call("POST", "/endpoints/digits/labels", { labels })).status).toBe(200);
    expect((await call("POST", "/endpoints/digits/deployments", { model: "digits", version: 1 })).status).toBe(403);
  }),
);
