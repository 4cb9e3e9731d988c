import { defaultRouting } from "#server/alerting/alerts/routing/default-routing.ts";
import { hourMs } from "#server/base/durations.ts";
import { absent, nothing, type Rows } from "./row.ts";

const matchers = [{ name: "alertname", value: "Nothing", isRegex: false }];
const comment = "x";
const soon = () => ({ startsAt: new Date(), endsAt: new Date(Date.now() + hourMs) });
const silence = () => ({ body: { matchers, ...soon(), comment } });
const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 200 };
const webhook = {
  version: "4",
  groupKey: '{}:{alertname="New"}',
  status: "firing",
  receiver: "leeway",
  truncatedAlerts: 0,
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: "",
};
const firing = () => ({
  status: "firing",
  labels: { alertname: "New" },
  annotations: {},
  startsAt: new Date(),
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "",
  fingerprint: "8a07086b74f3ba78",
});

/** Alerts, their groups, silences, routes and rules. */
export const alertRows: Rows = {
  "GET /api/v1/alerts": nothing(),
  "POST /api/v1/alerts": nothing({ body: { alerts: [{ labels: { alertname: "New" } }] } }),
  "GET /api/v1/alerts/:fingerprint": absent(),
  "GET /api/v1/alerts/:fingerprint/trace": absent(),
  "GET /api/v1/alert-groups": nothing(),
  "GET /api/v1/alert-groups/:group": absent(),
  "POST /api/v1/alert-groups/:group/acknowledgement": absent({ body: {} }),
  "DELETE /api/v1/alert-groups/:group/acknowledgement": absent(),
  "PUT /api/v1/alert-groups/:group/feedback": absent({ body: { verdict: "noise" } }),
  "GET /api/v1/alert-events": nothing(),
  "GET /api/v1/silences": nothing(),
  "POST /api/v1/silences": nothing(silence),
  "POST /api/v1/silence-previews": nothing({ body: { matchers } }),
  "GET /api/v1/silences/:silence": absent(),
  "PUT /api/v1/silences/:silence": absent(silence),
  "DELETE /api/v1/silences/:silence": absent(),
  "GET /api/v1/silence-recurrences": nothing(),
  "POST /api/v1/silence-recurrences": nothing(() => ({
    body: { matchers, rule: "FREQ=DAILY", startsAt: new Date(), durationMs: hourMs, comment },
  })),
  "DELETE /api/v1/silence-recurrences/:recurrence": absent(),
  "GET /api/v1/alert-routing": nothing(),
  "PUT /api/v1/alert-routing": nothing({ body: { routing: defaultRouting, reason: "x" } }),
  "GET /api/v1/alert-routing/revisions": nothing(),
  "POST /api/v1/alert-routing/test": nothing({ body: { labels: { alertname: "New" } } }),
  "GET /api/v1/alert-rules": nothing(),
  "POST /api/v1/alert-rules": absent(({ endpointId }) => ({
    body: { name: "new", endpointId, spec, severity: "ticket" },
  })),
  "POST /api/v1/alert-rule-replays": absent(({ endpointId }) => ({ body: { endpointId, spec } })),
  "GET /api/v1/alert-rules/:rule": absent(),
  "PATCH /api/v1/alert-rules/:rule": absent({ body: { severity: "ticket" } }),
  "POST /api/v1/alert-rules/:rule/archival": absent({ body: { reason: "x" } }),
  "POST /api/v1/alert-rules/:rule/suspension": absent({ body: { reason: "x" } }),
  "POST /api/v1/alert-rules/:rule/resumption": absent({ body: { reason: "x" } }),
  "GET /api/v1/alert-quality": nothing(),
  "POST /api/v1/webhooks/alertmanager": nothing(() => ({ body: { ...webhook, alerts: [firing()] } })),
  "POST /api/v1/sli-counts": nothing(() => ({
    body: { source: "mine", counts: [{ minute: new Date(), good: 1, total: 1 }] },
  })),
};
