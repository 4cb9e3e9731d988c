import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getMonitor, settingsByEndpoint } from "./queries.ts";
import { setMonitor } from "./set-monitor.ts";

const reason = "Fewer alarms.";

test(
  "monitors an endpoint with the defaults until settings are changed, with an audited reason",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const { id: other } = await createEndpoint(ctx, { name: "other" });
    expect(await getMonitor(ctx, { endpointId })).toMatchObject({
      revision: 0,
      updatedBy: null,
      settings: { isOn: true, weeksPerFalseAlarm: 4, lengths: ["hour", "day"], materialityFloor: 0.01 },
    });
    const settings = { weeksPerFalseAlarm: 12, isStrict: true };
    await setMonitor(ctx, { endpointId, settings, reason, revision: 0 });
    const set = await setMonitor(ctx, { endpointId, settings: { ...settings, share: 0.5 }, reason, revision: 1 });
    expect(set).toMatchObject({ revision: 2, settings: { weeksPerFalseAlarm: 12, isStrict: true, share: 0.5 } });
    const byEndpoint = await settingsByEndpoint(ctx.db, [endpointId, other]);
    expect([byEndpoint.get(endpointId)?.share, byEndpoint.get(other)?.share]).toEqual([0.5, 1]);
    const [entry] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(entry).toMatchObject({
      action: "endpoint.monitor-set",
      reason,
      before: { share: 1 },
      after: { share: 0.5 },
    });
  }),
);

test(
  "rejects outdated or contradictory settings, and a viewer",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await setMonitor(ctx, { endpointId, settings: {}, reason });
    const set = (settings: object, revision?: number) => setMonitor(ctx, { endpointId, settings, reason, revision });
    await expect(set({}, 0)).rejects.toMatchObject({ code: "conflict" });
    await expect(set({ lengths: ["day", "day"] })).rejects.toMatchObject({ code: "invalid", field: "lengths" });
    await expect(set({ segmentBy: ["a", "a"] })).rejects.toMatchObject({ code: "invalid", field: "segmentBy" });
    await expect(set({ limits: { age: { min: 5, max: 5 } } })).rejects.toMatchObject({ code: "invalid" });
    await expect(setMonitor(as(ctx, "viewer"), { endpointId, settings: {}, reason })).rejects.toMatchObject({
      code: "forbidden",
    });
    const elsewhere = await newWorkspace(ctx.db);
    await expect(getMonitor(elsewhere, { endpointId })).rejects.toMatchObject({ code: "not-found" });
    expect((await getMonitor(as(ctx, "viewer"), { endpointId })).revision).toBe(1);
  }),
);
