import { expect, test } from "vitest";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { getVersionByAlias } from "#server/develop/registry/versions/queries.ts";
import { modelWithVersions } from "#server/testing/fixtures/registry/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { mlflowServer } from "../../testing/fixtures/http/mlflow/testing.ts";

test(
  "rejects moving a protected alias through the MLflow API, and explains how to move it",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    await setPolicy(ctx, { name: "a", policy: { protectedAliases: ["champion"] }, reason: "four eyes" });
    const url = "/api/2.0/mlflow/registered-models/alias";
    const payload = { name: "a", alias: "champion", version: "1" };
    const asMember = await mlflowServer(ctx, { authenticate: async () => as(ctx, "member") });
    const refused = await asMember.inject({ method: "POST", url, payload });
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({
      error_code: "PERMISSION_DENIED",
      message: expect.stringContaining("/api/v1/models/a/promotions"),
    });
    const asOperator = await mlflowServer(ctx, { authenticate: async () => as(ctx, "operator") });
    const noReason = await asOperator.inject({ method: "POST", url, payload });
    expect(noReason.statusCode).toBe(400);
    expect(noReason.json()).toMatchObject({ error_code: "INVALID_PARAMETER_VALUE" });
    await expect(getVersionByAlias(ctx, payload)).rejects.toMatchObject({ code: "not-found" });
    const free = await asMember.inject({ method: "POST", url, payload: { ...payload, alias: "challenger" } });
    expect(free.statusCode).toBe(200);
  }),
);
