import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { flushDue } from "#server/respond/dispatch/alert-dispatcher.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

test(
  "posts, groups, traces, acknowledges, silences and unacknowledges an alert by REST alone",
  inWorkspace(async (ctx) => {
    const client = await clientOf(ctx);
    const viewer = await clientOf(as(ctx, "viewer"));
    const labels = { alertname: "Down", severity: "page", service: "churn" };
    const posted = { alerts: [{ labels, annotations: { summary: "churn is down" } }, { labels: {} }] };
    expect((await viewer("POST", "/alerts", posted)).status).toBe(403);
    expect(await client("POST", "/alerts", posted)).toMatchObject({
      body: { accepted: 1, problems: [expect.any(String)] },
    });
    await flushDue(ctx.db, Date.now() + 10_000);
    const { alerts } = (await viewer("GET", "/alerts?matcher=severity%3Dpage&matcher=service%3D~ch.*")).body;
    expect(alerts).toMatchObject([{ labels, state: "firing", groups: [{ receiver: "on-call" }] }]);
    expect((await viewer("GET", "/alerts?matcher=nonsense")).status).toBe(400);
    const { groups } = (await viewer("GET", "/alert-groups?state=firing")).body;
    expect(groups).toMatchObject([
      { summary: { title: "churn is down", severity: "page" }, outcome: "first notification" },
    ]);
    const path = `/alert-groups/${groups[0].id}`;
    const trace = (await viewer("GET", `/alerts/${alerts[0].fingerprint}/trace`)).body;
    expect(trace).toMatchObject({ outcome: "notified", reason: expect.stringContaining("no enabled channel") });
    expect((await viewer("POST", `${path}/acknowledgement`, {})).status).toBe(403);
    const taken = await client("POST", `${path}/acknowledgement`, { note: "looking" });
    expect(taken.body).toMatchObject({ state: "acknowledged", acknowledgement: { note: "looking" } });
    expect((await client("DELETE", `${path}/acknowledgement`)).body.state).toBe("firing");
    expect((await client("DELETE", `${path}/acknowledgement`)).status).toBe(409);
    const silence = {
      matchers: ["service=churn"],
      endsAt: new Date(Date.now() + hourMs).toISOString(),
      comment: "known",
    };
    const made = await client("POST", "/silences", silence);
    expect(made).toMatchObject({
      status: 201,
      body: { state: "active", muting: 1, matchers: [{ name: "service", isRegex: false }] },
    });
    expect((await viewer("GET", path)).body.state).toBe("muted");
    expect((await client("DELETE", `/silences/${made.body.id}`)).body.state).toBe("expired");
    expect((await viewer("GET", "/silences?state=expired")).body.silences).toHaveLength(1);
    const { events } = (await viewer("GET", `/alert-events?group=${groups[0].id}&kind=ack&kind=silenced`)).body;
    expect(events.map(({ kind }: { kind: string }) => kind)).toEqual(["silenced", "ack"]);
  }),
);

test(
  "reads, tests and replaces the routing, and recreates a silence, by REST alone",
  inWorkspace(async (ctx) => {
    const client = await clientOf(ctx);
    const member = await clientOf(as(ctx, "member"));
    const before = (await member("GET", "/alert-routing")).body;
    expect(before).toMatchObject({ revision: 0, inactiveReceivers: ["default", "on-call", "tickets"] });
    const tried = await member("POST", "/alert-routing/test", { labels: { severity: "page" } });
    expect(tried.body.routes).toMatchObject([{ receiver: "on-call", groupId: null, groupWaitSeconds: 5 }]);
    const input = { routing: { ...before.routing, resolveTimeoutSeconds: 60 }, reason: "quicker", revision: 0 };
    expect((await member("PUT", "/alert-routing", input)).status).toBe(403);
    expect((await client("PUT", "/alert-routing", input)).body).toMatchObject({ revision: 1 });
    expect((await client("PUT", "/alert-routing", input)).status).toBe(409);
    const again = {
      matchers: ['env="test"'],
      rule: "FREQ=WEEKLY;BYDAY=SU",
      timeZone: "Europe/Lisbon",
      comment: "maintenance",
      startsAt: new Date().toISOString(),
      durationMs: hourMs,
    };
    expect((await client("POST", "/silence-recurrences", { ...again, rule: "FREQ=YEARLY" })).status).toBe(400);
    const made = await client("POST", "/silence-recurrences", again);
    expect(made).toMatchObject({
      status: 201,
      body: { rule: again.rule, next: expect.arrayContaining([expect.any(String)]) },
    });
    expect((await client("DELETE", `/silence-recurrences/${made.body.id}`)).status).toBe(204);
    expect((await client("GET", "/silence-recurrences")).body.recurrences).toMatchObject([
      { endedAt: expect.any(String) },
    ]);
  }),
);
