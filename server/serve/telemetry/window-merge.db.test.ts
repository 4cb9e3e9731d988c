import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { addTo, type Histogram, quantiles, relativeError } from "#server/stats/histogram.ts";
import { seededRandom } from "#server/stats/random.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { sumWindows, type WindowSum } from "../series/window-sums.ts";
import type { CountKey } from "../windows/count-key.ts";
import { WindowSpool } from "./window-spool.ts";

const { db } = await freshDatabase();
const folder = mkdtempSync(join(tmpdir(), "leeway-merge-"));
afterAll(() => rmSync(folder, { recursive: true }));

const start = 1_700_000_000_000;
const providers = ["cpu", "cuda", "none"] as const;
const arms = ["stable", "canary", "shadow"] as const;
const shares = [0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "sums requests across gateways, windows, versions, arms and providers in any grouping (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const pick = <Choice>(from: readonly Choice[]) => from[Math.floor(random() * from.length)] as Choice;
    const ctx = await newWorkspace(db);
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const versions = [randomUUID(), randomUUID()];
    let now = start;
    const gateways = [1, 2, 3].map(
      (number) => new WindowSpool(join(folder, `${seed}-${number}`), `${seed}-${number}`, { now: () => now }),
    );
    const all: { key: CountKey; status: number; latencyMs: number }[] = [];
    for (let request = 0; request < 1500; request += 1) {
      now = start + Math.floor((request / 1500) * 60_000);
      const key = {
        workspaceId: ctx.actor.workspaceId,
        endpointId,
        versionId: pick(versions),
        arm: pick(arms),
        provider: pick(providers),
      };
      const status = pick([200, 200, 200, 200, 400, 503, 504]);
      // Between a tenth of a millisecond and a hundred seconds; the journal has a resolution of microseconds.
      const latencyMs = Number((10 ** (random() * 6 - 1)).toFixed(3));
      pick(gateways).add(key, { status, rows: 1, latencyMs, queueMs: 0, computeMs: 0 });
      all.push({ key, status, latencyMs });
      // Flushing in between, again and again, must change nothing.
      if (request % 400 === 0) for (const gateway of gateways) await gateway.flush(db);
    }
    for (const gateway of gateways) await gateway.flush(db);

    const groupings: [string, (key: CountKey) => string][] = [
      [`'"all"'::jsonb`, () => "all"],
      ["to_jsonb(provider)", ({ provider }) => provider],
      ["to_jsonb(arm)", ({ arm }) => arm],
      [
        "to_jsonb(version_id::text || ' ' || arm || ' ' || provider)",
        ({ versionId, arm, provider }) => `${versionId} ${arm} ${provider}`,
      ],
    ];
    for (const [expression, nameOf] of groupings) {
      const sums = await sumWindows<string>(ctx, sql`endpoint_id = ${endpointId}`, sql.raw(expression));
      const expected = Map.groupBy(all, ({ key }) => nameOf(key));
      expect(new Set(sums.map(({ key }) => key))).toEqual(new Set(expected.keys()));
      for (const sum of sums) expectComplete(sum, expected.get(sum.key) ?? []);
    }
  },
);

function expectComplete(sum: WindowSum<string>, requests: { status: number; latencyMs: number }[]): void {
  expect(sum.requests).toBe(requests.length);
  for (const status of [400, 503, 504]) {
    expect(sum.failures[status] ?? 0).toBe(requests.filter((request) => request.status === status).length);
  }
  const measured = requests.filter(({ status }) => status === 200 || status === 504).map(({ latencyMs }) => latencyMs);
  const whole: Histogram = {};
  for (const latencyMs of measured) addTo(whole, latencyMs);
  expect(sum.latencies).toEqual(whole);
  const exact = measured.toSorted((a, b) => a - b);
  for (const [index, estimate] of quantiles(sum.latencies, shares).entries()) {
    const truth = exact[Math.max(1, Math.ceil((shares[index] ?? 0) * exact.length - 1e-9)) - 1] ?? Number.NaN;
    expect(Math.abs((estimate ?? Number.NaN) - truth)).toBeLessThanOrEqual(truth * (relativeError + 1e-6));
  }
}
