import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { Refresher } from "#server/base/refresher.ts";
import { featuresOfPipeline } from "#server/develop/registry/pipeline/definition.ts";
import { hasRoleFor } from "#server/platform/permissions/permit.ts";
import { PredictionCache } from "../cache/prediction-cache.ts";
import { Pricing } from "../capture/pricing.ts";
import { type ActiveFault, affects } from "../faults/active-fault.ts";
import { FaultBook } from "../faults/fault-book.ts";
import type { ServingFeatures } from "../features/by-key/contract.ts";
import type { GatewayState } from "../gateways/contract.ts";
import { exposeGpus } from "../gpu/gpu-metrics.ts";
import { GpuMonitor } from "../gpu/gpu-monitor.ts";
import { storeGpuWindows } from "../gpu/store-gpu-windows.ts";
import { pictureParts } from "../pipeline/picture-parts.ts";
import { PipelineThreads } from "../pipeline/pipeline-threads.ts";
import { Admission } from "../protection/admission.ts";
import { checkBodySize } from "../protection/check-body-size.ts";
import { EvidenceBook } from "../rollout/evidence-book.ts";
import type { FeatureCounter, FollowedReferences } from "../telemetry/feature-states.ts";
import { GatewayMetrics } from "../telemetry/metrics.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { exposeTelemetry } from "../telemetry/telemetry-metrics.ts";
import { exposeTritonMetrics } from "../telemetry/triton-metrics.ts";
import { StatisticsBook } from "../telemetry/version-statistics.ts";
import type { Arrival, Tracing } from "../tracing/tracing.ts";
import { exposeTracing } from "../tracing/tracing-metrics.ts";
import { ModelFiles } from "../versions/model-files.ts";
import type { AddressedVersion } from "./addressed-version.ts";
import { InferenceTokens } from "./authorize.ts";
import { callersEndpoints, callersVersion } from "./callers-endpoints.ts";
import { carryOutFault } from "./carry-out-fault.ts";
import { FaultyRequest } from "./faulty-request.ts";
import { FirstLoads } from "./first-loads.ts";
import { FollowedRoutes } from "./followed-routes.ts";
import type { GatewayDependencies } from "./gateway-dependencies.ts";
import { Heartbeat } from "./heartbeat.ts";
import { LoadedVersions } from "./loaded-versions.ts";
import { RecentLabels } from "./recent-labels.ts";
import { recordedInputs } from "./recorded-inputs.ts";
import { ModelRepository } from "./repository.ts";
import { RequestCounters } from "./request-counters.ts";
import { RequestLease } from "./request-lease.ts";
import { ShadowRunner } from "./rollout/shadow-runner.ts";
import type { Route } from "./routes.ts";
import { RoutingTable, type ServedEndpoint } from "./routing-table.ts";
import type { RunningRequest } from "./running-request.ts";
import { servedGauges, servedKeys, tritonVersions, versionLabels } from "./served-gauges.ts";
import { startRequest } from "./start-request.ts";
import { thisMachine } from "./this-machine.ts";

const routesPollMs = 2_000;
const tokensPollMs = 5_000;
const heartbeatMs = 5_000;
const profilesPollMs = 10_000;
const faultsPollMs = 2_000;
/** Time without Postgres after which a new version gets no share of the traffic: it may have been rolled back meanwhile. */
const maxRolloutAgeMs = 2 * minuteMs;
/** Age of a success, after which a loop counts as a problem. */
const maxAgeMs = 60_000;

/** The gateway without its transport: routing, loading and counting of versions, with or without Postgres. */
export class GatewayCore {
  readonly tokens: InferenceTokens;
  readonly table: RoutingTable;
  readonly repository: ModelRepository;
  readonly statistics = new StatisticsBook();
  readonly versions: LoadedVersions;
  readonly telemetry: Telemetry;
  readonly counters: RequestCounters;
  readonly loadTestCounters: RequestCounters;
  readonly shadowCounters: RequestCounters;
  readonly evidence: EvidenceBook;
  readonly faults: FaultBook;
  readonly labels = new RecentLabels();
  readonly shadows: ShadowRunner;
  readonly features: FeatureCounter;
  readonly lookUps: ServingFeatures;
  private readonly references: FollowedReferences;
  private readonly metrics: GatewayMetrics;
  readonly pipelines: PipelineThreads;
  private readonly gpus: GpuMonitor;
  private readonly refreshers: Refresher[];
  private readonly admission = new Admission();
  readonly cache = new PredictionCache();
  readonly tracing: Tracing | undefined;
  readonly pricing: Pricing;
  private readonly machineKind: string;
  private readonly routes: FollowedRoutes;
  private readonly firstLoads = new FirstLoads();
  private readonly heartbeat: Heartbeat;
  private readonly unsubscribe: () => void;
  private isStopping = false;
  private isDraining = false;

  constructor(deps: GatewayDependencies) {
    const { db, folder, artifacts, providers, workers, threads, flushSeconds } = deps;
    this.tracing = deps.tracing;
    this.lookUps = deps.lookUps;
    this.pricing = new Pricing(deps.pricing);
    this.machineKind = deps.pricing.machineKind;
    const files = new ModelFiles(join(folder, "models"), artifacts);
    this.tokens = new InferenceTokens(db, join(folder, "tokens.json"));
    const limits = { workers, threads, confinement: deps.confinement };
    this.versions = new LoadedVersions({
      files,
      limits,
      providers,
      memoryLimitBytes: deps.modelMemoryBytes,
      prepare: async ({ pipeline, signature }, workspaceId) => {
        const takesPictures = pipeline && pictureParts(pipeline.definition).length > 0;
        if (takesPictures) await this.pipelines.warm(workspaceId, pipeline, signature.inputs);
        for (const pinned of featuresOfPipeline(pipeline?.definition)) await this.lookUps.prepare(workspaceId, pinned);
      },
      engineRules: deps.engineRules,
      recorded: (endpointId, signature) => recordedInputs(db, endpointId, signature),
      onChange: () => {
        this.table.settle();
        this.firstLoads.areLoading(this.table.all);
        void this.heartbeat.tryBeat();
      },
    });
    this.table = new RoutingTable(this.versions);
    this.pipelines = new PipelineThreads(workers);
    this.metrics = new GatewayMetrics(deps.registry, () => servedGauges(this.table, this.cache));
    this.counters = new RequestCounters(this.metrics, this.statistics);
    this.loadTestCounters = new RequestCounters(this.metrics, this.statistics, "loadtest");
    this.shadowCounters = new RequestCounters(this.metrics, this.statistics, "shadow");
    this.shadows = new ShadowRunner(this);
    this.telemetry = new Telemetry({
      db,
      folder: join(folder, "spool"),
      flushSeconds,
      openStates: deps.openFeatureStates,
      served: () => servedKeys(this.table),
      features: () => this.features,
      stored: () => this.metrics.dropUnloaded(versionLabels(this.table)),
    });
    const counted = this.telemetry.states.count(join(folder, "profiles"), () => ({
      models: this.versions.all.map(({ model }) => model),
      endpointIds: this.table.all.map(({ route }) => route.endpointId),
    }));
    this.features = counted.counter;
    this.references = counted.references;
    const rolloutIds = () => new Set(this.table.all.flatMap(({ route }) => route.rollout?.rolloutId ?? []));
    const lifetime = `${this.gatewayId} ${randomUUID().slice(0, 8)}`;
    this.evidence = new EvidenceBook(db, lifetime, rolloutIds);
    const { faultReads = db, endProcess } = deps;
    this.faults = new FaultBook(faultReads, lifetime);
    this.gpus = new GpuMonitor((windows) => {
      this.pricing.gpuName = this.gpus.latest[0]?.name ?? this.pricing.gpuName;
      return storeGpuWindows(db, this.gatewayId, windows);
    });
    this.heartbeat = new Heartbeat(db, { gatewayId: this.gatewayId, address: deps.address }, () => this.state);
    const { table, cache, versions } = this;
    this.routes = new FollowedRoutes(db, join(folder, "routes.json"), { table, cache, versions, files });
    this.exposeMetrics(deps);
    const routes = new Refresher("routes", routesPollMs, () => this.routes.refresh());
    const tokens = new Refresher("tokens", tokensPollMs, () => this.tokens.refresh());
    const heartbeat = new Refresher("heartbeat", heartbeatMs, () => this.heartbeat.beat());
    this.repository = new ModelRepository({ table, versions, followRoutes: () => routes.again() });
    const profiles = new Refresher("profiles", profilesPollMs, () => this.references.refresh(db));
    const faults = new Refresher("faults", faultsPollMs, async () => {
      await this.faults.refresh();
      const { gatewayId } = this;
      for (const fault of this.faults.all)
        await carryOutFault(fault, { db: faultReads, gatewayId, table, versions, endProcess });
    });
    this.refreshers = [profiles, routes, tokens, heartbeat, faults];
    this.unsubscribe = deps.feed.subscribe((message) => {
      if (message === "missed" || message.topic === "routes") void routes.now().then(() => profiles.now());
      else if (message.topic === "monitoring") void profiles.now();
      if (message === "missed" || message.topic === "settings") tokens.now();
      if (message === "missed" || message.topic === "game-days") void faults.now();
    });
  }

  /**
   * Reads the routes, from Postgres or else from the copy on disk, and starts to load their versions. Resolves when requests
   * can be routed; versions continue to load.
   */
  async start(): Promise<void> {
    const hasCopy = this.routes.followCopy();
    if (hasCopy) this.references.followCopy();
    void this.gpus.start();
    const [profiles, ...others] = this.refreshers;
    // References are those of versions that routes have named.
    const first = Promise.all(others.map((refresher) => refresher.start())).then(() => {
      if (!this.isDraining) return profiles?.start();
    });
    // With a copy, the start does not wait for a Postgres that does not respond.
    if (!hasCopy) await first;
  }

  /**
   * Reason why this gateway should get no requests at all, yet or any more; undefined when it should. It says nothing about single models:
   * one that fails, or that is loaded after the first ones, has a readiness of its own.
   */
  get unreadyReason(): string | undefined {
    if (this.isStopping || this.isDraining) return "The gateway is shutting down.";
    const hung = this.versions.all.reduce((sum, { opened }) => sum + (opened?.pool.state.hung ?? 0), 0);
    if (hung >= availableParallelism()) return `${hung} threads hang in runs that do not end. Restart the gateway.`;
    if (!this.routes.areKnown) return "Postgres is unavailable, and no cached configuration exists.";
    return this.firstLoads.areLoading(this.table.all) ? "The first versions are being loaded." : undefined;
  }

  /** What a gateway does without while it serves: fresh routes and tokens, heartbeats, and spools that reach the disk and Postgres. */
  get problems(): string[] {
    const late = this.refreshers
      .filter(({ ageMs }) => ageMs > maxAgeMs)
      .map(({ name, ageMs }) => `${name} not updated for ${Math.round(ageMs / 1000)} s`);
    const { behindSeconds, hasDiskFailed } = this.telemetry.state;
    if (behindSeconds * 1000 > maxAgeMs) late.push(`spool not stored for ${Math.round(behindSeconds)} s`);
    if (hasDiskFailed) late.push("spool not written: the disk failed");
    return late;
  }

  /** Lists the endpoints that the caller may use. @throws as callersEndpoints() */
  endpoints(ctx: Context): { served: ServedEndpoint[]; unloaded: Route[] } {
    return callersEndpoints(ctx, this.table);
  }

  /** Returns the version that the caller addresses. @throws as callersVersion() */
  version(ctx: Context, name: string, number?: string): AddressedVersion {
    return callersVersion(ctx, this.table, name, number);
  }

  /**
   * Starts one inference request. The caller must settle it, which releases its version.
   * @param label id that the client sent, if any
   * @throws as version(); "unavailable" while draining
   */
  startRequest(
    ctx: Context,
    name: string,
    number: string | undefined,
    label: string | undefined,
    arrival?: Arrival,
    kind: "live" | "task" = "live",
  ): RunningRequest {
    const addressed = callersVersion(ctx, this.table, name, number);
    if (this.isDraining)
      throw new DomainError("unavailable", "The gateway is shutting down.", { retryAfterSeconds: 1 });
    const lease = new RequestLease(ctx.actor.loadTest ? "load-test" : kind, label);
    const fault = lease.kind === "live" ? this.faultFor(ctx, addressed, lease, arrival) : undefined;
    const request = startRequest(addressed, number, lease, ctx.actor, this, arrival);
    return fault ? new FaultyRequest(request, fault, this.faults) : request;
  }

  /** Returns the fault that may affect a request; undefined for nearly all. */
  private faultFor(
    ctx: Context,
    { endpoint }: AddressedVersion,
    { id }: RequestLease,
    arrival: Arrival | undefined,
  ): ActiveFault | undefined {
    const fault = this.faults.faultOf(endpoint.route.endpointId);
    if (!fault) return undefined;
    const mayAsk = () => hasRoleFor(ctx, "startGameDay");
    return affects(fault, { id, headers: arrival?.headers, mayAsk }, performance.now()) ? fault : undefined;
  }

  /**
   * Admits a request by the limits of its endpoint, before its body is read.
   * @param bodyBytes as declared by the client, undefined when it does not.
   * @returns the function to call when the request ends; undefined if none is needed. @throws DomainError "too-large", "rate-limited";
   * as version()
   */
  admit(
    ctx: Context,
    name: string,
    version: string | undefined,
    bodyBytes: number | undefined,
  ): (() => void) | undefined {
    const { route } = this.version(ctx, name, version).endpoint;
    checkBodySize(route.protection, bodyBytes);
    // A load test has its own limits, and is meant to exceed those of a token.
    if (ctx.actor.loadTest) return () => {};
    return this.admission.admit(ctx.actor.id, route.endpointId, route.protection);
  }

  typicalValue(versionId: string, feature: string): number | string | undefined {
    return this.references.typicalValue(versionId, feature);
  }

  get gatewayId(): string {
    return this.telemetry.gatewayId;
  }

  /** Whether Postgres has confirmed lately that the rollouts go on. */
  get confirmsRollouts(): boolean {
    return this.routes.ageMs < maxRolloutAgeMs;
  }

  /** Sends what was counted to Postgres now. */
  flush(): Promise<void> {
    return this.telemetry.flushAll();
  }

  /** Announces the shutdown, so that no new requests arrive. Requests that still arrive are served. */
  async leave(): Promise<void> {
    this.isStopping = true;
    await this.heartbeat.tryBeat();
  }

  /** Refuses new requests from now on, and says so. */
  async drain(): Promise<void> {
    this.isDraining = true;
    await this.heartbeat.tryBeat();
  }

  /** Finishes accepted requests, stores the counts, releases all resources. Must be called when no more requests arrive. */
  async stop(): Promise<void> {
    this.isDraining = true;
    this.unsubscribe();
    this.gpus.close();
    await Promise.all(this.refreshers.map((refresher) => refresher.stop()));
    await this.shadows.close();
    await this.versions.close();
    await this.pipelines.close();
    await this.evidence.close();
    await this.faults.close();
    await this.telemetry.close();
    await this.tracing?.close();
  }

  private get state(): GatewayState {
    const { behindSeconds, windows, predictions } = this.telemetry.state;
    const dropped = { requests: windows.dropped, predictions: predictions.dropped };
    const versions = this.table.describe();
    const machine = thisMachine(this.machineKind, this.gpus.latest, versions);
    return { isDraining: this.isStopping || this.isDraining, versions, machine, behindSeconds, dropped };
  }

  private exposeMetrics({ registry, hasTritonMetrics }: GatewayDependencies): void {
    if (hasTritonMetrics) exposeTritonMetrics(registry, () => tritonVersions(this.table, this.statistics));
    exposeGpus(registry, () => this.gpus.latest, hasTritonMetrics);
    if (this.tracing) exposeTracing(registry, this.tracing);
    exposeTelemetry(registry, () => this.telemetry.state);
  }
}
