import { desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { findEndpoint } from "../endpoints/lookups.ts";
import { violationKey } from "../telemetry/window-counts.ts";
import { Protection } from "./contract.ts";
import { getProtection, getViolations } from "./protection-queries.ts";
import { setProtection } from "./set-protection.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
const strict = Protection.parse({ requestsPerSecond: 5, fields: [{ input: "x", minimum: 0, name: "width" }] });

test("stores the complete protection and audits its previous and new state", async () => {
  expect(await getProtection(ctx, { endpointId })).toEqual(Protection.parse({}));
  await setProtection(ctx, { endpointId, protection: strict });
  expect(await getProtection(ctx, { endpointId })).toEqual(strict);
  const [event] = await db.select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1);
  expect(event).toMatchObject({ action: "endpoint.protection-set", subject: "endpoint/digits", after: strict });
  expect(event?.before).toEqual(Protection.parse({}));
});

test("rejects a new protection for an archived endpoint", async () => {
  const { id } = await createEndpoint(ctx, { name: "old" });
  await archiveEndpoint(ctx, { endpointId: id });
  await expect(setProtection(ctx, { endpointId: id, protection: strict })).rejects.toMatchObject({ code: "conflict" });
});

test("lets a viewer read a protection but not change it", async () => {
  const viewer = { ...ctx, actor: { ...ctx.actor, role: "viewer" as const } };
  await expect(getProtection(viewer, { endpointId })).resolves.toBeDefined();
  await expect(setProtection(viewer, { endpointId, protection: strict })).rejects.toMatchObject({ code: "forbidden" });
});

test("forbids a token limited to other endpoints, by name and by id", async () => {
  const limited = { ...ctx, actor: { ...ctx.actor, endpoints: ["another"] } };
  await expect(findEndpoint(limited, "digits")).rejects.toMatchObject({ code: "forbidden" });
  await expect(getProtection(limited, { endpointId })).rejects.toMatchObject({ code: "forbidden" });
  await expect(createEndpoint(limited, { name: "third" })).rejects.toMatchObject({ code: "forbidden" });
});

test("sums violations by field and kind over gateways and versions, without shadow requests", async () => {
  const start = Date.now() - 60_000;
  const width = (kind: "range" | "missing", outcome: "rejected" | "clipped") =>
    violationKey({ field: "width, cm", kind, outcome });
  const windowOf = (gatewayId: string, violations: Record<string, number>, more: object = {}) => ({
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId: crypto.randomUUID(),
    arm: "stable" as const,
    gatewayId,
    windowStart: new Date(start),
    requests: 10,
    rows: 10,
    failures: {},
    latencySumMs: 0,
    queueSumMs: 0,
    computeSumMs: 0,
    latencyBuckets: {},
    violations,
    ...more,
  });
  await db
    .insert(servingWindows)
    .values([
      windowOf("a", { [width("range", "rejected")]: 2, [width("range", "clipped")]: 3 }),
      windowOf("b", { [width("range", "rejected")]: 1, [width("missing", "rejected")]: 1 }),
      windowOf("b", {}),
      windowOf("a", { [width("range", "rejected")]: 50 }, { arm: "shadow" }),
      windowOf("a", { [width("range", "rejected")]: 50 }, { windowStart: new Date() }),
    ]);
  const report = await getViolations(ctx, { endpointId, from: new Date(start - 1000), to: new Date() });
  expect(report).toMatchObject({
    requests: 30,
    violations: [
      { field: "width, cm", kind: "range", rejected: 3, clipped: 3, flagged: 0 },
      { field: "width, cm", kind: "missing", rejected: 1, clipped: 0, flagged: 0 },
    ],
  });
  await db.delete(servingWindows).where(eq(servingWindows.endpointId, endpointId));
});
