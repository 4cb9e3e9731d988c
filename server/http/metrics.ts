import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIP } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { collectDefaultMetrics, Gauge, register } from "prom-client";
import type { Config } from "#server/admin/settings/config.ts";
import { DomainError } from "#server/base/errors.ts";
import { type HistogramTally, TallyHistogram } from "#server/base/metrics/tally-histogram.ts";
import { watchEventLoop } from "#server/base/metrics/watch-event-loop.ts";
import { contentTypeOf, formatFor, type Metrics, metricsText } from "./metrics-text.ts";
import { ownMetrics } from "./sibling-metrics.ts";

const requestSeconds = new TallyHistogram({
  name: "leeway_http_request_duration_seconds",
  help: "Duration of HTTP requests, from the first request byte to the last response byte.",
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registry: register,
});
const tallies = new Map<string, HistogramTally>();

/** Gauges of Node's that are named like counters, which Prometheus' own linter refuses; their parts by type stay. */
const misnamed = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];
/** Read from a clock that wakes the process a hundred times a second; leeway_event_loop_delay_seconds has a slower one. */
const costly = ["min", "max", "mean", "stddev", "p50", "p90", "p99"].map(
  (name) => `nodejs_eventloop_lag_${name}_seconds`,
);
const never = 2 ** 31 - 1;
/** Time of the last request, on the clock of performance.now(). */
let answeredAt = Number.NEGATIVE_INFINITY;
/** Time after a request during which the loop counts as in use. */
const inUseMs = 1_000;

/**
 * Serves `/metrics` in Prometheus' text format, or in OpenMetrics for readers that request it: the process (memory, processor, event
 * loop), every request by route, the database connections, and whatever else the role registers with prom-client.
 * @param read returns the metrics to send; by default, all that this process has registered
 */
export function metrics(
  app: FastifyInstance,
  config: Config,
  role: string,
  pool: Pool,
  read: () => Promise<Metrics> = ownMetrics,
): void {
  register.setDefaultLabels({ role });
  collectDefaultMetrics({ eventLoopMonitoringPrecision: never });
  for (const name of [...misnamed, ...costly]) register.removeSingleMetric(name);
  watchEventLoop({ registry: register, isInUse: () => performance.now() - answeredAt < inUseMs });
  new Gauge({
    name: "leeway_database_connections",
    help: "Postgres connections of this process, and callers waiting for one.",
    labelNames: ["state"],
    collect() {
      this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "waiting" }, pool.waitingCount);
    },
  });
  app.addHook("onResponse", (request, reply, done) => {
    // The pattern of the route, not the address: an address per label value would never end.
    const route = request.routeOptions.url ?? "unknown";
    observeRequest(request.method, route, reply.statusCode, reply.elapsedTime);
    done();
  });
  app.get("/metrics", async (request, reply) => {
    requireReader(request, config);
    const format = formatFor(request.headers.accept);
    return reply
      .header("vary", "accept")
      .type(contentTypeOf[format])
      .send(metricsText(await read(), format));
  });
}

/** Headers that proxies add. Their value does not matter: with one of them, someone else's connection led here. */
const forwardingHeaders = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Metrics name workspaces and models. Without METRICS_TOKEN, only this machine may read them, and not through a proxy that runs on it. */
function requireReader(request: FastifyRequest, { metricsToken, trustProxy }: Config): void {
  if (metricsToken) {
    if (isSame(request.headers.authorization ?? "", `Bearer ${metricsToken}`)) return;
    throw new DomainError("unauthenticated", "Send METRICS_TOKEN as a bearer token.");
  }
  const isForwarded = trustProxy === false && forwardingHeaders.some((name) => request.headers[name] !== undefined);
  if (!isForwarded && isLoopback(request.socket.remoteAddress) && isLoopback(request.ip)) return;
  throw new DomainError(
    "forbidden",
    "Only this machine may read metrics. Set METRICS_TOKEN, and send it as a bearer token.",
  );
}

/** Also recognises an IPv4 address written as IPv6. */
function isLoopback(address = ""): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** Counts a handled request. @param route the pattern of its address @param ms until the last byte of the response */
export function observeRequest(method: string, route: string, status: number, ms: number): void {
  answeredAt = performance.now();
  tallyOf(method, route, status).observe(ms / 1000);
}

function tallyOf(method: string, route: string, status: number): HistogramTally {
  const key = `${method} ${route} ${status}`;
  const tally = tallies.get(key) ?? requestSeconds.of({ method, route, status });
  tallies.set(key, tally);
  return tally;
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
