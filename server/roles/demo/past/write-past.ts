import { z } from "zod";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { record } from "#server/platform/audit/record.ts";
import { readSystemValue, writeSystemValue } from "#server/platform/system-values.ts";
import { source } from "./contract.ts";
import { findPlace } from "./place.ts";
import { planPast } from "./plan-past.ts";
import { writeIncidents } from "./write-incidents.ts";
import { writeObjectives } from "./write-objectives.ts";
import { writeReleases } from "./write-releases.ts";
import { writeReviews } from "./write-reviews.ts";
import { writeTraffic } from "./write-traffic.ts";

const key = "demo-past";
const WrittenPast = z.object({ from: z.string(), to: z.string() });

/**
 * Writes the twelve weeks before the demo began into its workspace, once: all of it in one transaction, or nothing. The demo's endpoints and
 * SLOs are there before, and nothing has happened at them yet.
 * @returns whether it was written now
 */
export async function writePast(ctx: Context, requestsPerSecond: number): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    if (await readSystemValue(ctx.db, key, WrittenPast)) return false;
    const place = await findPlace(ctx);
    if (!place) return false;
    const startedAt = Math.min(...[...place.endpoints.values()].map(({ createdAt }) => createdAt));
    const past = planPast(startedAt, requestsPerSecond);
    const deployed = await writeReleases(ctx, place, past);
    await writeIncidents(ctx, place, past, deployed);
    await writeTraffic(ctx, place, past);
    await writeObjectives(ctx, place, past, await databaseNow(ctx.db));
    await writeReviews(ctx, past);
    const written = { from: new Date(past.from).toISOString(), to: new Date(past.to).toISOString() };
    await writeSystemValue(ctx.db, key, written);
    await record(ctx, "demo.past-written", { subject: "demo", after: written, reason: source });
    return true;
  });
}
