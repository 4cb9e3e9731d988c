import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { goldenRows } from "#server/stats/estimation/lcg-testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import {
  logPredictions,
  newLateness,
  newReference,
  storeScores,
} from "../../../testing/fixtures/monitoring/quality/testing.ts";
import { recountEndpoint } from "./counts/recount-endpoint.ts";
import { getQuality, listQuality } from "./queries.ts";

const { p, y } = goldenRows();
const now = Date.now();
const today = Math.floor(now / dayMs) * dayMs;
const range = { from: new Date(today - 6 * dayMs), to: new Date(now) };

/** Creates an endpoint for each name, with 200 golden rows from five days ago, labels and scores. */
async function newEndpoints(ctx: Context, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, name] of names.entries()) {
    const { endpointId, versionId } = await newLateness(ctx, name);
    await deployVersion(ctx, { endpointId, model: name, version: 1, reason: "x" });
    const predictions = p.slice(100 * index, 100 * index + 200).map((score, row) => ({
      at: new Date(today - 5 * dayMs + index * hourMs),
      score,
      lagMs: hourMs,
      truth: y[row] === 1 ? "late" : "on time",
    }));
    await logPredictions(ctx, { endpointId, versionId }, predictions);
    const profileId = await newReference(ctx, versionId);
    await storeScores(ctx, { endpointId, versionId, profileId }, predictions);
    for (let evaluation = 0; evaluation < 7; evaluation += 1) await recountEndpoint(ctx, { endpointId, now });
    ids.push(endpointId);
  }
  return ids;
}

/** Returns a context that counts its database queries. */
function counting(ctx: Context): { ctx: Context; count(): number } {
  let count = 0;
  const db = new Proxy(ctx.db, {
    get(target, name, receiver) {
      if (/^(select|execute)/.test(String(name))) count += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  return { ctx: { ...ctx, db }, count: () => count };
}

test(
  "lists the same quality as each endpoint's page, with a constant number of queries",
  inWorkspace(async (ctx) => {
    const [first] = await newEndpoints(ctx, ["one"]);
    const ofOne = counting(ctx);
    await listQuality(ofOne.ctx, range);
    await newSlo(ctx, { kind: "estimated-quality", endpointId: first as string }, { name: "one-right", target: 0.9 });
    await newEndpoints(ctx, ["two", "three"]);
    await newLateness(ctx, "idle");
    const ofMany = counting(ctx);
    const { endpoints } = await listQuality(ofMany.ctx, range);
    expect(endpoints).toHaveLength(4);
    expect(ofMany.count()).toBe(ofOne.count());
    expect(endpoints.filter(({ realised, estimated }) => realised && estimated)).toHaveLength(3);
    expect(endpoints.map(({ objective }) => objective?.slo).filter(Boolean)).toEqual(["one-right"]);
    for (const summary of endpoints) {
      const own = await getQuality(ctx, { endpointId: summary.endpointId, ...range });
      // Each was computed at a different moment.
      const { completeness, maturity, words } = summary;
      expect(summary).toEqual({ ...own, completeness, maturity, words });
    }
  }),
);

test(
  "refuses a range that would take too many steps",
  inWorkspace(async (ctx) => {
    const from = new Date(now - 401 * dayMs);
    await expect(listQuality(ctx, { from, to: new Date(now) })).rejects.toThrow("The range can be at most 400 days.");
    await expect(listQuality(ctx, { from: new Date(now), to: from })).rejects.toThrow(
      "The start must be before the end.",
    );
  }),
);
