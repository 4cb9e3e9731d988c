import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { qualityHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { MonitorSettings } from "../../contract.ts";
import { setMonitor } from "../../settings/set-monitor.ts";
import { addDueHours, type DueHour, listDueHours } from "./due-queue.ts";
import { recountEndpoint } from "./recount-endpoint.ts";
import { recountHour } from "./recount-hour.ts";

const now = Date.now();

async function kept(ctx: Context, endpointId: string) {
  const rows = await ctx.db.select().from(qualityHours).where(eq(qualityHours.endpointId, endpointId));
  return rows
    .map(({ hour, segment, predictions, labelled, counts, revision }) => {
      const { confusion } = counts as { confusion: [string, string, number][] };
      return { ago: Math.floor((now - hour.getTime()) / hourMs), segment, predictions, labelled, confusion, revision };
    })
    .sort((a, b) => a.ago - b.ago || a.segment.localeCompare(b.segment));
}

test(
  "updates an hour with late labels, and is idempotent",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const base = { endpointId, versionId, at: new Date(now - 5 * hourMs), answer: "7" };
    await newLogged(ctx, { ...base, requestId: "r1" });
    await newLogged(ctx, { ...base, requestId: "r2", label: "7", receivedAt: new Date(now) });
    await newLogged(ctx, { ...base, requestId: "r3", loggedReason: "failed", status: 500 });
    await newLogged(ctx, { ...base, requestId: "r4", loggedReason: "low-confidence" });
    await recountEndpoint(ctx, { endpointId, now });
    const first = { ago: 5, segment: "", predictions: 2, labelled: 1, confusion: [["7", "7", 1]], revision: 0 };
    expect(await kept(ctx, endpointId)).toEqual([first]);
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "r1", label: "1" }] });
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "r2", label: "2" }] });
    const counted = await recountEndpoint(ctx, { endpointId, now: now + 60_000 });
    expect(counted).toContain(Math.floor((now - 5 * hourMs) / hourMs) * hourMs);
    const then = (await kept(ctx, endpointId))[0];
    expect(then).toMatchObject({ predictions: 2, labelled: 2, revision: 1 });
    expect(then?.confusion.toSorted()).toEqual([
      ["1", "7", 1],
      ["2", "7", 1],
    ]);
    await recountEndpoint(ctx, { endpointId, now: now + 120_000 });
    expect(await kept(ctx, endpointId)).toHaveLength(1);
  }),
);

test(
  "counts a label for one prediction only, however many have its id",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const base = { endpointId, versionId, answer: "7", requestId: "same" };
    for (let index = 0; index < 5; index += 1) {
      await newLogged(ctx, { ...base, at: new Date(now - 5 * hourMs + index) });
    }
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "same", label: "7" }] });
    await recountEndpoint(ctx, { endpointId, now });
    expect(await kept(ctx, endpointId)).toMatchObject([{ predictions: 5, labelled: 1, confusion: [["7", "7", 1]] }]);
  }),
);

test(
  "counts inputs configured as tags separately, including earlier predictions",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const carrier = (data: string) => [{ name: "carrier", datatype: "BYTES", shape: [1], data: [data] }];
    const base = { endpointId, versionId, at: new Date(now - hourMs), answer: "7", label: "7" };
    await newLogged(ctx, { ...base, inputs: carrier("UA") });
    await newLogged(ctx, { ...base, inputs: carrier("AA") });
    await newLogged(ctx, { ...base, inputs: carrier("AA") });
    await recountEndpoint(ctx, { endpointId, now });
    expect(await kept(ctx, endpointId)).toHaveLength(1);
    await setMonitor(ctx, { endpointId, settings: { fairness: { groupBy: ["carrier"] } }, reason: "by carrier" });
    await recountEndpoint(ctx, { endpointId, now: now + 1000 });
    expect((await kept(ctx, endpointId)).map(({ segment, labelled }) => `${segment} ${labelled}`)).toEqual([
      " 3",
      "carrier=AA 2",
      "carrier=UA 1",
    ]);
  }),
);

test(
  "counts history one day per evaluation, and nothing from before the complete log",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const at = (hours: number) => new Date(now - hours * hourMs);
    for (const hours of [40, 60, 24 * 400]) await newLogged(ctx, { endpointId, versionId, at: at(hours), answer: "1" });
    await recountEndpoint(ctx, { endpointId, now });
    expect((await kept(ctx, endpointId)).map(({ ago }) => ago)).toEqual([40]);
    await recountEndpoint(ctx, { endpointId, now });
    expect((await kept(ctx, endpointId)).map(({ ago }) => ago)).toEqual([40, 60]);
  }),
);

test(
  "counts every due hour although each evaluation ends after one, and new labels keep arriving",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    for (let ago = 0; ago < 6; ago += 1) {
      const at = new Date(now - ago * hourMs);
      await newLogged(ctx, { endpointId, versionId, at, answer: "7", requestId: `slow${ago}`, label: "7" });
    }
    // The newest hour takes longer than an evaluation may last, each time.
    for (let evaluation = 0; evaluation < 14; evaluation += 1) {
      let hasCounted = false;
      const at = now + evaluation * 60_000;
      await recordLabels(ctx, { endpointId, labels: [{ requestId: "slow0", label: String(evaluation) }] });
      await recountEndpoint(ctx, {
        endpointId,
        now: at,
        hasEnded: () => hasCounted,
        attempt: (_, count) => {
          hasCounted = true;
          return count();
        },
      });
    }
    const labelled = (await kept(ctx, endpointId)).reduce((sum, hour) => sum + hour.labelled, 0);
    expect(labelled).toBe(6);
  }),
);

test(
  "leaves an hour that fails in the queue and counts the others",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const hourOf = (ago: number) => Math.floor((now - ago * hourMs) / hourMs) * hourMs;
    for (const ago of [2, 3, 4]) {
      await newLogged(ctx, { endpointId, versionId, at: new Date(now - ago * hourMs), answer: "7", label: "7" });
    }
    const failing = async (hour: number, count: () => Promise<boolean>) => {
      return hour === hourOf(3) ? undefined : count();
    };
    expect(await recountEndpoint(ctx, { endpointId, now, attempt: failing })).toEqual([hourOf(2), hourOf(4)]);
    expect(await listDueHours(ctx, { endpointId })).toMatchObject([{ hour: hourOf(3) }]);
    expect(await recountEndpoint(ctx, { endpointId, now: now + 1000 })).toContain(hourOf(3));
    expect(await listDueHours(ctx, { endpointId })).toEqual([]);
  }),
);

test(
  "keeps an hour in the queue that became due again while it was counted",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const hour = Math.floor((now - 2 * hourMs) / hourMs) * hourMs;
    await newLogged(ctx, { endpointId, versionId, at: new Date(hour), answer: "7", label: "7" });
    await addDueHours(ctx, { endpointId }, [hour]);
    const [due] = await listDueHours(ctx, { endpointId });
    await addDueHours(ctx, { endpointId }, [hour]);
    await recountHour(ctx, { endpointId, hour, settings: MonitorSettings.parse({}), now, due: due as DueHour });
    expect(await listDueHours(ctx, { endpointId })).toHaveLength(1);
  }),
);
