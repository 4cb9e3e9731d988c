import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, gatewayHeartbeats, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { declareIncident } from "#server/respond/incidents/declare-incident.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { setOnFire } from "#server/testing/fixtures/triage/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { withStates } from "./with-states.ts";

/** A gateway that has loaded the version, so that requests are served. */
async function serve(ctx: Context, endpointId: string): Promise<void> {
  const versionId = (await currentDeployments(ctx, [endpointId])).get(endpointId)?.versionId;
  const versions = [{ endpointId, versionId, state: "ready", isServing: true }];
  await ctx.db.insert(gatewayHeartbeats).values({
    gatewayId: crypto.randomUUID(),
    address: "http://127.0.0.1:8080",
    startedAt: new Date(),
    seenAt: new Date(),
    state: { isDraining: false, versions } as never,
  });
}

async function statesOf(ctx: Context) {
  const { endpoints } = await listEndpoints(ctx);
  return (await withStates(ctx, endpoints)).map(({ name, state }) => [name, state.word, state.reason]);
}

test(
  "follows a page from its first alert to the end of its incident",
  inWorkspace(async (ctx) => {
    const { endpointId } = await setOnFire(ctx, { name: "card-fraud" });
    await serve(ctx, endpointId);
    await createEndpoint(ctx, { name: "empty" });
    const [incident] = await ctx.db.select().from(incidents);
    expect(await statesOf(ctx)).toEqual([
      ["card-fraud", "Failing", incident?.title.replace("card-fraud: ", "")],
      ["empty", "No traffic", "No version is deployed."],
    ]);
    const matchers = [{ name: "service", value: "card-fraud", isRegex: false }];
    const span = { startsAt: new Date(), endsAt: new Date(Date.now() + hourMs) };
    await setSilence(ctx, { matchers, ...span, comment: "Known.", confirm: 1 });
    const until = span.endsAt.toISOString().slice(0, 16).replace("T", " ");
    expect((await statesOf(ctx))[0]).toEqual(["card-fraud", "Silenced", `Until ${until} UTC, by ${ctx.actor.name}`]);
    await ctx.db
      .update(alerts)
      .set({ endsAt: new Date(Date.now() - hourMs) })
      .where(eq(alerts.endpointId, endpointId));
    expect((await statesOf(ctx))[0]).toEqual(["card-fraud", "Recovering", "INC-1 is open, no page is firing"]);
    await ctx.db.update(incidents).set({ state: "resolved" });
    expect((await statesOf(ctx))[0]).toEqual(["card-fraud", "Healthy", null]);
    await ctx.db.delete(gatewayHeartbeats);
    expect((await statesOf(ctx))[0]?.[1]).toBe("Failing");
  }),
);

test(
  "shows an incident that someone declared, and nothing of another workspace",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const other = await newWorkspace(ctx.db);
    await setOnFire(other, { name: "digits" });
    expect(await statesOf(ctx)).toMatchObject([["digits", "No traffic", expect.anything()]]);
    await declareIncident(ctx, { title: "digits: 4 of 10 images rejected", severity: "SEV3", endpointId });
    expect(await statesOf(ctx)).toEqual([["digits", "Recovering", "INC-1 is open, no page is firing"]]);
  }),
);
