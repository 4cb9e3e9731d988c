import { expect, test } from "vitest";
import { newIncident } from "#server/testing/fixtures/incidents/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

test(
  "merges and splits incidents by REST alone, once for repeated calls",
  inWorkspace(async (ctx) => {
    const client = await clientOf(ctx);
    const viewer = await clientOf(as(ctx, "viewer"));
    await newIncident(ctx, { title: "eu fails" });
    const { groupId } = await newIncident(ctx, { title: "us fails" });
    const merge = { into: 1, reason: "One outage" };
    expect((await viewer("POST", "/incidents/2/merge", merge)).status).toBe(403);
    expect((await client("POST", "/incidents/2/merge", { into: 1 })).status).toBe(400);
    const merged = await client("POST", "/incidents/2/merge", merge);
    expect(merged).toMatchObject({ status: 200, body: { number: 1, mergedInto: null } });
    expect((await client("POST", "/incidents/2/merge", merge)).status).toBe(200);
    expect((await viewer("GET", "/incidents/2")).body).toMatchObject({ state: "merged", mergedInto: 1 });
    expect((await viewer("GET", "/incidents?state=merged")).body.incidents).toMatchObject([{ number: 2 }]);
    const split = { groupIds: [groupId], reason: "Another cause" };
    expect((await viewer("POST", "/incidents/1/split", split)).status).toBe(403);
    for (let call = 0; call < 2; call++) {
      const done = await client("POST", "/incidents/1/split", split);
      expect(done).toMatchObject({ status: 201, body: { number: 2, state: "triage", mergedInto: null } });
    }
    expect((await client("POST", "/incidents/1/split", { reason: "x" })).status).toBe(400);
    expect((await client("POST", "/incidents/2/merge", { into: 2, reason: "x" })).status).toBe(400);
  }),
);
