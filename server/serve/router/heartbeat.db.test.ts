import { expect, onTestFinished, test, vi } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { liveGateways } from "../endpoints/endpoint-queries.ts";
import { writeHeartbeat } from "./heartbeat.ts";

test.each(["2020-01-01", "2090-01-01"])("records the heartbeat of a gateway whose clock is at %s", (date) =>
  inWorkspace(async (ctx) => {
    const before = new Date();
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(date) });
    onTestFinished(() => void vi.useRealTimers());
    const gateway = { gatewayId: `at-${date}`, startedAt: before, address: "127.0.0.1:8080" };
    await writeHeartbeat(ctx.db, gateway, { isDraining: false, versions: [] });
    const seen = (await liveGateways(ctx)).find(({ gatewayId }) => gatewayId === gateway.gatewayId);
    // The clock of Postgres does not advance in the transaction of a test.
    expect(Math.abs((seen?.seenAt.getTime() ?? 0) - before.getTime())).toBeLessThan(60_000);
  })(),
);
