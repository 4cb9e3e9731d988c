import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import {
  accuracyGate,
  colleague,
  measuredModel,
  runGatesNow,
} from "#server/testing/fixtures/registry/requests/testing.ts";
import { waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

/** Creates v1 as champion, v2 as good as v1, and v3 much worse; a member makes requests, another user decides. */
async function setUpFixture(ctx: Context) {
  await measuredModel(ctx, "a", [0.96, 0.961, 0.8]);
  await setAlias(ctx, { name: "a", alias: "champion", version: 1 });
  const policy = { protectedAliases: ["champion"], gates: [accuracyGate], required: { metrics: ["accuracy", "f1"] } };
  await setPolicy(ctx, { name: "a", policy, reason: "four eyes" });
  return { author: await clientOf(as(ctx, "member")), other: await clientOf(await colleague(ctx)) };
}

const input = { version: 2, alias: "champion", reason: "better on the north depots" };

test(
  "requests a promotion once, runs gates, is approved by another user, and moves the alias",
  inWorkspace(async (ctx) => {
    const { author, other } = await setUpFixture(ctx);
    const key = { "idempotency-key": "build-77" };
    const made = await author("POST", "/models/a/promotions", input, key);
    expect(made).toMatchObject({
      status: 201,
      body: { state: "checking", isMine: true, gates: [{ title: "accuracy" }] },
    });
    expect((await author("POST", "/models/a/promotions", input, key)).body.id).toBe(made.body.id);
    expect((await author("POST", "/models/a/promotions", input)).status).toBe(409);
    await runGatesNow(ctx, "a", 2);
    const path = `/promotions/${made.body.id}`;
    expect((await other("GET", "/promotions?which=mine-to-decide")).body).toMatchObject({
      promotions: [{ id: made.body.id, state: "ready", gates: [{ run: { verdict: "passed" } }] }],
    });
    expect((await author("GET", "/promotions?which=mine-to-decide")).body.promotions).toEqual([]);
    expect((await author("POST", `${path}/approval`, {})).status).toBe(403);
    expect((await other("POST", `${path}/approval`, { fromVersion: 3 })).status).toBe(409);
    const approved = await other("POST", `${path}/approval`, { reason: "looks right", fromVersion: 1 });
    expect(approved).toMatchObject({ status: 200, body: { state: "approved", decision: { reason: "looks right" } } });
    expect((await author("GET", "/models/a/aliases/champion")).body.version).toBe(2);
    expect((await author("GET", "/models/a/alias-changes")).body.changes[0]).toMatchObject({ requestId: made.body.id });
  }),
);

test(
  "rejects and withdraws requests with a reason, and lists them page by page",
  inWorkspace(async (ctx) => {
    const { author, other } = await setUpFixture(ctx);
    const first = (await author("POST", "/models/a/promotions", input)).body;
    expect((await other("POST", `/promotions/${first.id}/rejection`, {})).status).toBe(400);
    const rejected = await other("POST", `/promotions/${first.id}/rejection`, { reason: "measure the south too" });
    expect(rejected.body).toMatchObject({ state: "rejected" });
    const second = (await author("POST", "/models/a/promotions", input)).body;
    expect((await other("POST", `/promotions/${second.id}/withdrawal`, { reason: "x" })).status).toBe(403);
    expect((await author("POST", `/promotions/${second.id}/withdrawal`, { reason: "later" })).body.state).toBe(
      "withdrawn",
    );
    const page = (await author("GET", "/promotions?model=a&limit=1")).body;
    expect(page.promotions).toMatchObject([{ id: second.id }]);
    const next = await author("GET", `/promotions?model=a&limit=1&before=${encodeURIComponent(page.next)}`);
    expect(next.body.promotions).toMatchObject([{ id: first.id }]);
    expect((await author("GET", "/promotions?which=open")).body).toEqual({ promotions: [] });
    expect((await author("GET", "/promotions?model=none")).status).toBe(404);
    const elsewhere = await clientOf(await newWorkspace(ctx.db));
    expect((await elsewhere("GET", `/promotions/${first.id}`)).status).toBe(404);
  }),
);

test(
  "runs and returns a checklist, and allows authorised users to waive failed gates",
  inWorkspace(async (ctx) => {
    const { author, other } = await setUpFixture(ctx);
    const path = "/models/a/versions/3";
    expect((await author("GET", `${path}/checklist`)).body).toMatchObject({
      version: 3,
      alias: "champion",
      isClear: false,
      gates: [{ gate: "metric:accuracy", standing: "not-run", run: null }],
    });
    expect((await author("POST", `${path}/gate-check`, { alias: "champion" })).status).toBe(202);
    expect(await waitingJobs(ctx)).toContainEqual({
      name: "run-gates",
      data: expect.objectContaining({ alias: "champion" }),
    });
    await runGatesNow(ctx, "a", 3);
    const waiver = { alias: "champion", gate: "metric:accuracy", reason: "only for the pilot" };
    const until = new Date(Date.now() + dayMs).toISOString();
    expect((await author("POST", `${path}/waivers`, { ...waiver, until })).status).toBe(403);
    expect((await other("POST", `${path}/waivers`, { ...waiver, until: "2020-01-01T00:00:00Z" })).status).toBe(400);
    expect((await other("POST", `${path}/waivers`, { ...waiver, until })).status).toBe(204);
    expect((await author("GET", `${path}/checklist?alias=champion`)).body).toMatchObject({
      isClear: true,
      gates: [{ standing: "waived", waiver: { reason: "only for the pilot", until } }],
    });
    expect((await author("GET", `${path}/gate-runs`)).body.gateRuns).toMatchObject([
      { verdict: "failed", measured: 0.8 },
    ]);
  }),
);

test(
  "returns required metadata, the owner and a comparison",
  inWorkspace(async (ctx) => {
    const { author, other } = await setUpFixture(ctx);
    expect((await author("GET", "/models/a/versions/2/required-metadata")).body).toMatchObject({
      isComplete: false,
      items: [
        { item: "metric:accuracy", isPresent: true },
        { item: "metric:f1", isPresent: false },
      ],
    });
    expect((await author("PUT", "/models/a/owner", { ownerId: ctx.actor.id })).body).toMatchObject({
      ownerId: ctx.actor.id,
    });
    expect((await other("GET", "/models/a/comparison?a=1&b=3")).body).toMatchObject({
      problems: null,
      metrics: [{ name: "accuracy", a: 0.96, b: 0.8 }],
    });
    expect((await other("GET", "/models/a/comparison?a=1")).status).toBe(400);
  }),
);
