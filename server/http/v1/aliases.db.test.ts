import { expect, test } from "vitest";
import { modelWithVersions } from "#server/testing/fixtures/registry/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

test(
  "returns an alias now and as of a time, and lists its moves",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    const call = await clientOf(ctx);
    const path = "/models/a/aliases/champion";
    await call("PUT", path, { version: 1, reason: "first" });
    await call("PUT", path, { version: 2 });
    expect((await call("GET", path)).body).toMatchObject({ version: 2, modelName: "a" });
    const { body } = await call("GET", "/models/a/alias-changes?limit=1");
    expect(body).toMatchObject({
      changes: [{ fromVersion: 1, toVersion: 2, cause: "direct" }],
      next: expect.any(Number),
    });
    const older = await call("GET", `/models/a/alias-changes?before=${body.next}`);
    expect(older.body.changes).toMatchObject([{ fromVersion: null, toVersion: 1, reason: "first" }]);
    const at = older.body.changes[0].at;
    expect((await call("GET", `${path}?at=2020-01-01T00:00:00Z`)).body).toEqual({
      alias: "champion",
      at: "2020-01-01T00:00:00.000Z",
      version: null,
      since: null,
    });
    expect((await call("GET", `${path}?at=${at}`)).body).toMatchObject({ alias: "champion", at });
    expect((await call("GET", `${path}?at=yesterday`)).status).toBe(400);
    expect((await call("GET", "/models/none/aliases/champion?at=2020-01-01")).status).toBe(404);
  }),
);

test(
  "sets, returns and removes a policy with sufficient permission",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    const call = await clientOf(ctx);
    const gate = {
      kind: "metric",
      metric: "accuracy",
      margin: 0.01,
      scale: "proportion",
      rows: { from: "run", key: "n" },
    };
    const policy = { protectedAliases: ["champion"], gates: [{ kind: "metadata" }, gate] };
    const written = await call("PUT", "/models/a/policy", { policy, reason: "four eyes" });
    expect(written).toMatchObject({ status: 200, body: { origin: "model", policy } });
    expect((await call("PUT", "/models/a/policy", { policy })).status).toBe(400);
    expect((await call("GET", "/models/a/policy")).body).toMatchObject({ reason: "four eyes" });
    expect((await call("GET", "/registry-policy")).body).toMatchObject({ origin: "none" });
    await call("PUT", "/models/a/policy", { policy: null, reason: "not needed" });
    expect((await call("GET", "/models/a/policy")).body).toMatchObject({ origin: "none" });
    const asMember = await clientOf(as(ctx, "member"));
    expect((await asMember("PUT", "/registry-policy", { policy, reason: "x" })).status).toBe(403);
  }),
);
