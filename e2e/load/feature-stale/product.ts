import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { ensureEndpoint, untilServable } from "#server/roles/demo/deploy.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import type { Tier } from "./stated.ts";

/** An SLO says how much this view may lag; no SLO is about that of the other one, so it has the finding "source late". */
const watchedView = "pressure";
const unwatchedView = "flow";
/** Endpoints by what they do with values that are too old. */
const endpoints = { reject: "pumps-reject", flag: "pumps-flag" } as const;
const slos = { lag: "pressure-lag", ages: "flow-ages" } as const;

const model = "pumps";
const source = "sensors";
const pump = 7;

/** Defines two views with one source, two endpoints that look both up by key, and the SLOs. */
export async function define(target: DemoTarget, { ttlMs, tier }: { ttlMs: number; tier: Tier }): Promise<void> {
  const put = (path: string, body: object) => send<{ id: string }>(target, "PUT", `${target.url}/api/v1/${path}`, body);
  await put("feature-entities/pump", { joinKey: "pump_id", type: "int64" });
  await put(`feature-sources/${source}`, { kind: "push" });
  const ids = new Map<string, string>();
  for (const [view, feature] of [
    [watchedView, "bar"],
    [unwatchedView, "litres"],
  ] as const) {
    const features = [{ name: feature, type: "float32" }];
    const definition = { entities: ["pump"], source, ttlUs: ttlMs * 1000, features };
    ids.set(view, (await put(`feature-views/${view}`, definition)).id);
  }
  await createSlo(target, slos.lag, { kind: "view-lag", viewId: ids.get(watchedView), atMostMs: ttlMs }, tier);
  await createSlo(
    target,
    slos.ages,
    { kind: "feature-freshness", viewId: ids.get(unwatchedView), atMostMs: ttlMs },
    tier,
  );
}

function createSlo(target: DemoTarget, name: string, indicator: object, tier: Tier): Promise<unknown> {
  const { longMinutes, shortMinutes, factor, gate, cap } = tier;
  const tiers = [{ severity: "page", longMinutes, shortMinutes, factor }];
  const rules = { tiers, gate, cap, absent: null };
  const definition = { target: tier.target, period: { kind: "rolling", days: 30 }, indicator, rules };
  return send(target, "POST", `${target.url}/api/v1/slos`, { name, definition });
}

/** Deploys a model whose two columns are features of the views, once with each policy. */
export async function deploy(target: DemoTarget): Promise<void> {
  const versions = `${target.url}/api/v1/models/${model}/versions`;
  const features = [`${watchedView}:bar`, `${unwatchedView}:litres`];
  const columns = ["bar", "litres"].map((name) => ({ name, datatype: "FP32" }));
  for (const [place, [stale, endpoint]] of Object.entries(endpoints).entries()) {
    const version = place + 1;
    await send(target, "POST", versions, new Uint8Array(mlpModel([2, 3])));
    await untilServable(target, model, version);
    // What is measured is the policy for old values, so no busy moment of the machine may make them missing.
    const part = { kind: "features", features, policy: { stale }, withinMs: 5_000 };
    const pipeline = { before: [part, { kind: "columns", columns, into: "x" }] };
    await send(target, "PUT", `${versions}/${version}/pipeline`, { pipeline });
    await ensureEndpoint(target, { name: endpoint, model, version, captureShare: 0 });
  }
}

/** Pushes a row to both views as Feast's client does. @returns its event time in milliseconds since 1970 */
export async function push({ gatewayUrl, token }: DemoTarget): Promise<number> {
  const at = Date.now();
  const df = { pump_id: [pump], bar: [4.5], litres: [12], event_timestamp: [new Date(at).toISOString()] };
  const { status, text } = await post(`${gatewayUrl}/feast/push`, token, {
    push_source_name: source,
    df,
    to: "online",
  });
  if (status !== 200) throw new Error(`A push was refused: ${status} ${text}`);
  return at;
}

/** Requests by key, by name: each returns "fresh" for a value that counts, "old" for one that goes by the policy, else what it got. */
export const asks: Record<string, (target: DemoTarget) => Promise<string>> = {
  "prediction-refused": async (target) => {
    const { status, text } = await predict(target, endpoints.reject);
    if (status === 200) return statusesIn(text) === "PRESENT" ? "fresh" : text;
    return status === 503 && text.includes("older than the limit of the view") ? "old" : `${status} ${text}`;
  },
  "prediction-flagged": async (target) => {
    const { status, text } = await predict(target, endpoints.flag);
    if (status !== 200) return `${status} ${text}`;
    return { PRESENT: "fresh", OUTSIDE_MAX_AGE: "old" }[statusesIn(text)] ?? text;
  },
  "look-up-withheld": async ({ gatewayUrl, token }) => {
    const body = { features: [`${watchedView}:bar`], entities: { pump_id: [pump] } };
    const { status, text } = await post(`${gatewayUrl}/feast/get-online-features`, token, body);
    if (status !== 200) return `${status} ${text}`;
    const { results } = JSON.parse(text) as { results: { values: unknown[]; statuses: string[] }[] };
    const [value, found] = [results[1]?.values[0], results[1]?.statuses[0]];
    if (found === "PRESENT" && value === 4.5) return "fresh";
    return found === "OUTSIDE_MAX_AGE" && value === null ? "old" : text;
  },
};

function predict({ gatewayUrl, token }: DemoTarget, endpoint: string) {
  const inputs = [{ name: "pump_id", datatype: "INT64", shape: [1], data: [pump] }];
  return post(`${gatewayUrl}/v2/models/${endpoint}/infer`, token, { inputs });
}

/** Returns the status that both views have in a response; both, if they differ. */
function statusesIn(text: string): string {
  const { parameters } = JSON.parse(text) as { parameters?: { leeway_features?: string } };
  const views = JSON.parse(parameters?.leeway_features ?? "{}") as Record<string, { status: string }>;
  return [...new Set(Object.values(views).map(({ status }) => status))].join(" ");
}

async function post(url: string, token: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** Whether each notice of a late source is there, by name, as REST tells. */
export async function readNotices(target: DemoTarget): Promise<Record<string, boolean>> {
  const get = <Result>(path: string) => send<Result>(target, "GET", `${target.url}/api/v1/${path}`);
  const late = encodeURIComponent('alertname="FeatureSourceLate"');
  const [{ findings }, { alerts }, lag, ages] = await Promise.all([
    get<{ findings: { view: string; kind: string; severity: string }[] }>("feature-findings"),
    get<{ alerts: unknown[] }>(`alerts?matcher=${late}`),
    get<{ firing: string | null }>(`slos/${slos.lag}`),
    get<{ firing: string | null }>(`slos/${slos.ages}`),
  ]);
  const isOpen = (view: string) =>
    findings.some((one) => one.view === view && one.kind === "source-late" && one.severity === "page");
  return {
    "source-late-finding": isOpen(unwatchedView),
    "source-late-alert": alerts.length > 0,
    "view-lag-page": lag.firing === "page",
    "ages-page": ages.firing === "page",
    // Its SLO says it.
    "source-late-of-watched-view": isOpen(watchedView),
  };
}

/** Whether the worker has counted a good minute of both SLOs. */
export async function isCounted(target: DemoTarget): Promise<boolean> {
  const read = (name: string) =>
    send<{ tiers: { bad: number; total: number }[] }>(target, "GET", `${target.url}/api/v1/slos/${name}`);
  const seen = await Promise.all(Object.values(slos).map(read));
  return seen.every(({ tiers: [tier] }) => tier !== undefined && tier.total > 0 && tier.bad === 0);
}
