import Fastify from "fastify";
import { expect, test } from "vitest";
import { alertRoutings } from "#db/schema/index.ts";
import { Routing } from "#server/alerting/alerts/routing/contract.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { alertmanagerPlugin } from "./plugin.ts";

configureLog({ role: "test", level: "silent" });

/** Returns a client of the API that acts as the actor of a context; undefined is an unauthenticated caller. */
async function clientOf(ctx: Context | undefined) {
  const app = Fastify();
  const authenticate = async () => {
    if (!ctx) throw new DomainError("unauthenticated", "Send a token.");
    return ctx;
  };
  const deps = { config: { publicUrl: "http://leeway.test" }, authenticate } as unknown as WebDependencies;
  await app.register((scope) => alertmanagerPlugin(scope, deps));
  return async (method: "GET" | "POST" | "DELETE", url: string, payload?: object) => {
    const response = await app.inject({ method, url, ...(payload && { payload }) });
    const isJson = response.headers["content-type"]?.toString().startsWith("application/json");
    return { status: response.statusCode, body: isJson ? response.json() : response.body };
  };
}

const labels = { alertname: "DemoAlert", server: "ni3", severity: "critical" };
const names = (alerts: { labels: { server: string } }[]) => alerts.map((alert) => alert.labels.server);

test(
  "returns a posted alert in Alertmanager format at both base paths",
  inWorkspace(async (ctx) => {
    const request = await clientOf(ctx);
    const startsAt = "2026-05-04T10:00:00.000Z";
    const annotations = { summary: "down", runbook_url: "/incidents/runbooks/x" };
    const posted = {
      labels: { ...labels, empty: "" },
      annotations,
      startsAt,
      generatorURL: "http://p/graph?g0.expr=up",
    };
    expect(await request("POST", "/alertmanager/api/v2/alerts", [posted])).toEqual({ status: 200, body: "" });
    const { body } = await request("GET", "/api/v2/alerts");
    expect(body).toEqual([
      {
        annotations: { summary: "down", runbook_url: "http://leeway.test/incidents/runbooks/x" },
        endsAt: expect.any(String),
        fingerprint: "8a07086b74f3ba78",
        receivers: [{ name: "on-call" }],
        startsAt,
        status: { inhibitedBy: [], mutedBy: [], silencedBy: [], state: "active" },
        updatedAt: expect.any(String),
        generatorURL: "http://p/graph?g0.expr=up",
        labels,
      },
    ]);
    expect(Date.parse(body[0].endsAt) - Date.parse(body[0].updatedAt)).toBe(300_000);
    expect((await request("GET", "/alertmanager/api/v2/alerts")).body).toEqual(body);
    expect((await request("GET", "/api/v2/alerts/groups")).body).toEqual([
      { alerts: body, labels: { alertname: "DemoAlert" }, receiver: { name: "on-call" }, routeLabels: {} },
    ]);
    const over = { labels, startsAt, endsAt: "2026-05-04T10:05:00Z" };
    await request("POST", "/api/v2/alerts", [over]);
    expect((await request("GET", "/api/v2/alerts")).body).toEqual([]);
    expect((await request("GET", "/api/v2/alerts/groups")).body).toEqual([]);
  }),
);

test(
  "filters by labels, receiver and matchers, and rejects invalid input with a JSON message",
  inWorkspace(async (ctx) => {
    const request = await clientOf(ctx);
    await request("POST", "/api/v2/alerts", [
      { labels },
      { labels: { ...labels, server: "ni4", severity: "info" } },
      { labels: { alertname: "Other", server: "x.y" } },
    ]);
    const found = async (query: string) => names((await request("GET", `/api/v2/alerts?${query}`)).body).sort();
    const filter = (...matchers: string[]) =>
      found(matchers.map((one) => `filter=${encodeURIComponent(one)}`).join("&"));
    expect(await filter('alertname="DemoAlert"')).toEqual(["ni3", "ni4"]);
    expect(await filter("alertname=DemoAlert", "severity!=info")).toEqual(["ni3"]);
    expect(await filter('server=~"ni."')).toEqual(["ni3", "ni4"]);
    expect(await filter('server=~"i."')).toEqual([]);
    expect(await filter('severity=""')).toEqual(["x.y"]);
    expect(await found("receiver=on-c.*")).toEqual(["ni3"]);
    expect(await found("receiver=on")).toEqual([]);
    expect(await found(`receiver_matchers=${encodeURIComponent("name!=on-call")}`)).toEqual(["ni4", "x.y"]);
    expect(await found("active=false")).toEqual([]);
    const refused = await request("GET", `/api/v2/alerts?filter=${encodeURIComponent("server=~(")}`);
    expect(refused).toEqual({ status: 400, body: expect.stringContaining("server") });
    expect(await request("GET", "/api/v2/alerts?active=maybe")).toMatchObject({ status: 400 });
    expect((await request("GET", "/api/v2/alerts?receiver=(")).status).toBe(400);
  }),
);

test(
  "stores the valid alerts of a partly invalid request, and reports the invalid ones",
  inWorkspace(async (ctx) => {
    const request = await clientOf(ctx);
    const posted = [
      { labels: {} },
      { labels, startsAt: "2026-05-04T10:00:00Z", endsAt: "2026-05-04T09:00:00Z" },
      { labels: { ...labels, server: "ok" } },
    ];
    const { status, body } = await request("POST", "/api/v2/alerts", posted);
    expect([status, body]).toEqual([400, expect.stringMatching(/at least one label.*; .*ends before it starts/)]);
    expect(names((await request("GET", "/api/v2/alerts")).body)).toEqual(["ok"]);
    expect(await request("POST", "/api/v2/alerts", [{ labels, startsAt: "yesterday" }])).toMatchObject({ status: 400 });
  }),
);

test(
  "returns what inhibits an alert, suppresses groups in a mute time, and prints the routing in the status",
  inWorkspace(async (ctx) => {
    const matcher = (value: string) => [{ name: "alertname", value, isRegex: false, isEqual: true }];
    const always = { name: "always", spans: [{}] };
    const inhibit = { sourceMatchers: matcher("DemoAlert"), targetMatchers: matcher("Other"), equal: ["server"] };
    const quiet = { receiver: "quiet", matchers: matcher("Muted"), muteTimes: ["always"] };
    const routing = Routing.parse({
      root: { receiver: "all", routes: [quiet] },
      inhibitRules: [inhibit],
      timeIntervals: [always],
    });
    await ctx.db
      .insert(alertRoutings)
      .values({ workspaceId: ctx.actor.workspaceId, revision: 1, routing, changedBy: "Ana" });
    const request = await clientOf(ctx);
    const other = { alertname: "Other", server: "ni3" };
    await request("POST", "/api/v2/alerts", [
      { labels },
      { labels: other },
      { labels: { alertname: "Muted", server: "m" } },
    ]);
    const of = async (query: string) => (await request("GET", `/api/v2/alerts?filter=alertname%3DOther&${query}`)).body;
    expect(await of("")).toMatchObject([
      { status: { state: "suppressed", inhibitedBy: ["8a07086b74f3ba78"], silencedBy: [] } },
    ]);
    expect(await of("inhibited=false")).toEqual([]);
    const groups = (await request("GET", "/api/v2/alerts/groups?receiver=quiet")).body;
    expect(groups).toMatchObject([{ alerts: [{ status: { state: "suppressed", mutedBy: ["always"] } }] }]);
    expect((await request("GET", "/api/v2/alerts/groups?receiver=quiet&muted=false")).body).toEqual([]);
    expect((await request("GET", "/api/v2/receivers")).body).toEqual([{ name: "all" }, { name: "quiet" }]);
    const { body } = await request("GET", "/api/v2/status");
    expect(body).toMatchObject({ cluster: { status: "disabled" }, versionInfo: { version: "0.34.0" } });
    expect(body.config.original).toContain("mute_time_intervals:");
  }),
);

test(
  "creates a silence with immediate effect, updates or replaces it, and expires it",
  inWorkspace(async (ctx) => {
    const request = await clientOf(ctx);
    await request("POST", "/api/v2/alerts", [{ labels }]);
    const startsAt = new Date().toISOString();
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const matchers = [{ name: "alertname", value: "Demo.*", isRegex: true }];
    const input = { matchers, startsAt, endsAt, createdBy: "Ana", comment: "We know" };
    const made = await request("POST", "/api/v2/silences", input);
    const id = made.body.silenceID;
    expect(made).toEqual({ status: 200, body: { silenceID: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    const suppressed = { status: { state: "suppressed", silencedBy: [id] } };
    expect((await request("GET", "/api/v2/alerts")).body).toMatchObject([suppressed]);
    expect((await request("GET", "/api/v2/alerts?silenced=false")).body).toEqual([]);
    expect((await request("GET", "/api/v2/alerts?active=false")).body).toMatchObject([suppressed]);
    const shown = (await request("GET", `/api/v2/silence/${id}`)).body;
    expect(shown).toEqual({
      id,
      annotations: {},
      comment: "We know",
      createdBy: "Ana",
      endsAt,
      status: { state: "active" },
      matchers: [{ isEqual: true, isRegex: true, name: "alertname", value: "Demo.*" }],
      startsAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const longer = { ...input, id, startsAt: shown.startsAt, endsAt: new Date(Date.now() + 7_200_000).toISOString() };
    expect((await request("POST", "/api/v2/silences", longer)).body).toEqual({ silenceID: id });
    const other = { ...longer, matchers: [{ ...matchers[0], value: "Demo.+" }] };
    const { silenceID: replaced } = (await request("POST", "/api/v2/silences", other)).body;
    expect(replaced).not.toBe(id);
    const listed = async (query = "") =>
      (await request("GET", `/api/v2/silences?${query}`)).body.map((one: typeof shown) => [one.id, one.status.state]);
    expect(await listed()).toEqual([
      [replaced, "active"],
      [id, "expired"],
    ]);
    expect(await listed("expired=false")).toEqual([[replaced, "active"]]);
    expect(await listed("filter=alertname%3DDemo.%2B")).toEqual([[replaced, "active"]]);
    expect(await request("DELETE", `/api/v2/silence/${replaced}`)).toEqual({ status: 200, body: "" });
    expect((await request("GET", "/api/v2/alerts")).body).toMatchObject([
      { status: { state: "active", silencedBy: [] } },
    ]);
  }),
);

test(
  "rejects an empty, expired or unknown silence with a reason",
  inWorkspace(async (ctx) => {
    const request = await clientOf(ctx);
    const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const input = { startsAt: hour(0), endsAt: hour(1), createdBy: "Ana", comment: "x" };
    const matching = (value: string) => [{ name: "a", value, isRegex: true, isEqual: true }];
    const post = (more: object) => request("POST", "/api/v2/silences", { ...input, matchers: matching("b"), ...more });
    const refused = { status: 400, body: expect.any(String) };
    expect(await post({ matchers: [] })).toEqual(refused);
    expect(await post({ matchers: matching(".*") })).toEqual(refused);
    expect(await post({ matchers: matching("(") })).toEqual(refused);
    expect(await post({ endsAt: hour(-1) })).toEqual(refused);
    expect(await post({ comment: "" })).toEqual(refused);
    const unknown = "6f1d2e5a-7b9c-4c3d-8e2f-1a2b3c4d5e6f";
    for (const id of [unknown, "nothing"]) {
      expect(await post({ id })).toMatchObject({ status: 404 });
      expect(await request("GET", `/api/v2/silence/${id}`)).toEqual({ status: 404, body: expect.any(String) });
      expect(await request("DELETE", `/api/v2/silence/${id}`)).toMatchObject({ status: 404 });
    }
  }),
);

test(
  "rejects unauthenticated requests, limits viewers to reading, and always reports ready",
  inWorkspace(async (ctx) => {
    const outsider = await clientOf(undefined);
    expect(await outsider("GET", "/api/v2/alerts")).toEqual({ status: 401, body: "Send a token." });
    expect(await outsider("GET", "/alertmanager/-/ready")).toEqual({ status: 200, body: "OK" });
    expect(await outsider("GET", "/-/healthy")).toEqual({ status: 200, body: "OK" });
    const viewer = await clientOf(as(ctx, "viewer"));
    expect(await viewer("POST", "/api/v2/alerts", [{ labels }])).toMatchObject({ status: 403 });
    expect(await viewer("GET", "/api/v2/alerts")).toEqual({ status: 200, body: [] });
    expect(await viewer("GET", "/api/v2/nothing")).toEqual({ status: 404, body: expect.any(String) });
  }),
);
