import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { dayMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { isInForce } from "./is-in-force.ts";
import { markExpected } from "./mark-expected.ts";
import { listExpected } from "./queries.ts";
import { revokeExpected } from "./revoke-expected.ts";

const reason = "App 19.0 resets the age.";
const inDays = (days: number) => new Date(Date.now() + days * dayMs);

test(
  "stores an expectation with user and reason, and revokes it once",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const until = inDays(30);
    const { id: markId } = await markExpected(ctx, { endpointId, feature: "age", until, reason });
    await markExpected(ctx, { endpointId, feature: "city", reason });
    const marks = async () =>
      new Map((await listExpected(as(ctx, "viewer"), { endpointId })).map((mark) => [mark.feature, mark]));
    expect((await marks()).get("city")).toMatchObject({ until: null, isInForce: true });
    expect((await marks()).get("age")).toMatchObject({ until, reason, markedBy: ctx.actor.name, isInForce: true });
    await revokeExpected(ctx, { endpointId, markId, reason: "It was not." });
    expect((await marks()).get("age")).toMatchObject({ isInForce: false, revokedBy: ctx.actor.name });
    const again = revokeExpected(ctx, { endpointId, markId, reason });
    await expect(again).rejects.toMatchObject({ code: "conflict" });
    const actions = (await readAuditLog(ctx, { limit: 3 })).events.map(({ action }) => action);
    expect(actions).toEqual(["endpoint.drift-expected-revoked", "endpoint.drift-expected", "endpoint.drift-expected"]);
  }),
);

test(
  "rejects past or distant ends, other workspaces and viewers",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const mark = (until: Date) => markExpected(ctx, { endpointId, feature: "age", until, reason });
    await expect(mark(inDays(-1))).rejects.toMatchObject({ code: "invalid", field: "until" });
    await expect(mark(inDays(400))).rejects.toMatchObject({ code: "invalid", field: "until" });
    const input = { endpointId, feature: "age", reason };
    await expect(markExpected(as(ctx, "viewer"), input)).rejects.toMatchObject({ code: "forbidden" });
    const { id: markId } = await markExpected(ctx, input);
    const elsewhere = await newWorkspace(ctx.db);
    await expect(markExpected(elsewhere, input)).rejects.toMatchObject({ code: "not-found" });
    await expect(revokeExpected(elsewhere, { endpointId, markId, reason })).rejects.toMatchObject({
      code: "not-found",
    });
    const { id: other } = await createEndpoint(ctx, { name: "other" });
    await expect(revokeExpected(ctx, { endpointId: other, markId, reason })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);

test("keeps an expectation without an end active until a newer reference", () => {
  const mark = { at: new Date(1000), until: null, revokedAt: null };
  const at = (ms: number, referenceAt: number | null) =>
    isInForce(mark, new Date(ms), referenceAt === null ? null : new Date(referenceAt));
  expect([at(2000, null), at(2000, 500), at(2000, 1500), at(500, null)]).toEqual([true, true, false, false]);
  expect(isInForce({ ...mark, until: new Date(1500) }, new Date(2000), null)).toBe(false);
  expect(isInForce({ ...mark, revokedAt: new Date(1500) }, new Date(1400), null)).toBe(true);
});
