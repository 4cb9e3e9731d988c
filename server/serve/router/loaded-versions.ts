import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { backOff } from "#server/base/back-off.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { FairSlots } from "#server/base/fair-slots.ts";
import { log } from "#server/base/log.ts";
import type { ExecutionProvider, ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import type { EngineRules } from "../engines/contract.ts";
import type { DeployedEngine } from "../engines/engine-client.ts";
import { openEngine } from "../engines/open-engine.ts";
import { type ModelLimits, type OpenedModel, openModel } from "../pool/open-model.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ModelFiles } from "../versions/model-files.ts";
import type { DeployedModel, ServedModel } from "../versions/served-model.ts";

/** A version with certain providers and settings in this process. Endpoints with the same requirements share it. */
export interface LoadedModel {
  key: string;
  model: ServedModel;
  state: "loading" | "ready" | "failed";
  /** Also undefined for a ready one that was evicted: wake() loads it again. */
  opened: OpenedModel | undefined;
  /** Reason for the failure. */
  message: string | undefined;
  /** Resolves when it has become ready or failed. */
  work: Promise<void>;
  /** Time of its last request, on the clock of performance.now(). */
  usedAt: number;
  /** Requests that hold it. It is not unloaded before they have ended. */
  leases: number;
  /** Called when the last of them has ended, while it waits to be unloaded. */
  onReleased: (() => void) | undefined;
}

interface Entry extends LoadedModel {
  workspaceId: string;
  endpointId: string;
  providers: readonly ExecutionProvider[];
  engine: DeployedEngine | undefined;
  execution: ExecutionSettings;
  failures: number;
  retryAt: number;
  isWanted: boolean;
  waking: Promise<void> | undefined;
  /** As measured when it was loaded last; before that, a guess. */
  memoryBytes: number;
}

/** A version that an endpoint should serve. */
interface WantedModel extends DeployedModel {
  workspaceId: string;
  endpointId: string;
}

type RecordedInputs = (endpointId: string, signature: ServedModel["signature"]) => Promise<Tensor[][]>;

const maxRetryMs = minuteMs;
/** Asking an engine again costs little. */
const maxEngineRetryMs = 10_000;
/** Time in which requests that have found a version loaded reach its workers. */
const handOverMs = 1_000;
/** Time after its deadline in which a request has been settled. */
const releaseGraceMs = minuteMs;
/**
 * Loading uses every core, so more loads at once would only delay all of them. A load that takes long mostly waits, for a file or for ever;
 * it then leaves its slot to others, and only its own workspace has one less.
 */
const loadSlots = { slots: 3, maxPerTenant: 2, maxHoldMs: 10_000, maxRunning: 16 };

/**
 * Loads versions in the background, retries failed ones, and unloads those no longer needed. When all together exceed their
 * memory limit, the least recently used are unloaded too; the next request loads them again.
 */
export class LoadedVersions {
  private readonly entries = new Map<string, Entry>();
  /** No longer wanted, until they have left memory. */
  private readonly departing = new Map<LoadedModel, Promise<void>>();
  private readonly files: ModelFiles;
  private readonly limits: ModelLimits;
  private readonly providers: readonly ExecutionProvider[];
  private readonly prepare: (model: ServedModel, workspaceId: string) => Promise<void>;
  private readonly onChange: () => void;
  private readonly recorded: RecordedInputs;
  private readonly memoryLimitBytes: number;
  private readonly engineRules: EngineRules;
  private readonly loading = new FairSlots(loadSlots);
  private readonly evicted = new Set<Promise<void>>();
  private readonly closing = Promise.withResolvers<void>();
  private isClosed = false;

  /**
   * @param options.providers preference for deployments that have none
   * @param options.memoryLimitBytes maximum memory of all versions together; a single one may exceed it
   * @param options.prepare prepares other things that a version needs before it serves; it does not fail
   * @param options.engineRules rules for the engines that may be called
   * @param options.recorded inputs to warm a version up with that is loaded for an endpoint
   * @param options.onChange called when a version has become ready or failed
   */
  constructor(options: {
    files: ModelFiles;
    limits: ModelLimits;
    providers: readonly ExecutionProvider[];
    memoryLimitBytes: number;
    prepare(model: ServedModel, workspaceId: string): Promise<void>;
    engineRules: EngineRules;
    recorded: RecordedInputs;
    onChange(): void;
  }) {
    this.recorded = options.recorded;
    this.files = options.files;
    this.limits = options.limits;
    this.providers = options.providers;
    this.memoryLimitBytes = options.memoryLimitBytes;
    this.prepare = options.prepare;
    this.engineRules = options.engineRules;
    this.onChange = options.onChange;
  }

  /** Requests a version; starts loading it if it is not loaded, and again some time after a failure. */
  want(deployed: WantedModel, execution: ExecutionSettings, now = performance.now()): LoadedModel {
    const providers = deployed.providers.length > 0 ? deployed.providers : this.providers;
    const { model, engine, workspaceId, endpointId } = deployed;
    const where = engine ? engineKey(engine) : providers.join(",");
    const key = `${model.versionId} ${where} ${JSON.stringify(execution)}`;
    const known = this.entries.get(key);
    if (known && !(known.state === "failed" && now >= known.retryAt)) return known;
    const entry: Entry = known ?? {
      key,
      workspaceId,
      endpointId,
      model,
      providers,
      engine,
      execution,
      failures: 0,
      retryAt: 0,
      isWanted: true,
      work: Promise.resolve(),
      state: "loading",
      opened: undefined,
      message: undefined,
      waking: undefined,
      usedAt: 0,
      leases: 0,
      onReleased: undefined,
      memoryBytes: engine ? 0 : model.sizeBytes,
    };
    entry.state = "loading";
    this.entries.set(key, entry);
    entry.work = this.loadInTurn(entry);
    return entry;
  }

  /** Lets a failed version be loaded again as soon as it is requested. */
  forgive(version: LoadedModel | undefined): void {
    const entry = version && this.entries.get(version.key);
    if (entry) entry.retryAt = 0;
  }

  /** Returns a ready version, loading it again first if it was evicted. @throws DomainError "unavailable" when that fails */
  async wake(version: LoadedModel): Promise<OpenedModel> {
    const entry = this.entryOf(version);
    if (entry && !entry.opened) {
      entry.waking ??= this.loadInTurn(entry).finally(() => {
        entry.waking = undefined;
      });
      entry.work = entry.waking;
      await entry.waking;
    }
    if (version.opened) return version.opened;
    const { modelName, version: number } = version.model;
    const why = `${modelName} version ${number} could not be reloaded: ${version.message ?? "unloaded"}`;
    throw new DomainError("unavailable", why, { retryAfterSeconds: 5 });
  }

  /** Unloads a version though it is needed: the next request loads it again. @returns false if it is not in this gateway's memory */
  cool(version: LoadedModel): boolean {
    const entry = this.entryOf(version);
    if (!entry?.opened || entry.engine) return false;
    const { opened } = entry;
    entry.opened = undefined;
    const left = pause(handOverMs)
      .then(() => drained(opened))
      .finally(() => this.evicted.delete(left));
    this.evicted.add(left);
    return true;
  }

  private entryOf(version: LoadedModel): Entry | undefined {
    const isKnown = this.entries.get(version.key) === version || this.departing.has(version);
    return isKnown ? (version as Entry) : undefined;
  }

  get all(): LoadedModel[] {
    return [...this.entries.values()];
  }

  /** Starts to unload all but these, each once no request holds it. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const entry of this.entries.values()) {
      if (keys.has(entry.key)) continue;
      entry.isWanted = false;
      this.entries.delete(entry.key);
      const left = this.unload(entry).finally(() => this.departing.delete(entry));
      this.departing.set(entry, left);
    }
  }

  /** Resolves when those of these versions that are no longer wanted have left memory. Others may take longer, or hang. */
  async untilUnloaded(versions: readonly LoadedModel[]): Promise<void> {
    await Promise.all(versions.map((version) => this.departing.get(version)));
  }

  /** Unloads everything. Resolves when all of it has left, except for what still loads: that may hang, and leaves as soon as it has loaded. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.closing.resolve();
    this.keepOnly(new Set());
    await Promise.all([...this.departing.values(), ...this.evicted]);
  }

  private async unload(entry: Entry): Promise<void> {
    // Before it is drained, a request that holds it may have it loaded again.
    await untilReleased(entry);
    await Promise.race([entry.work, this.closing.promise]);
    await drained(entry.opened);
  }

  /** Unloads what was not used for longest, and does nothing now, until `entry` and the rest hold no more than they may. */
  private makeRoom(entry: Entry): void {
    const others = [...this.entries.values()].filter((other) => other !== entry && other.opened && !other.engine);
    // Versions that have moved into threads since hold more than when they were loaded.
    for (const other of others) other.memoryBytes = other.opened?.memoryBytes ?? other.memoryBytes;
    let sum = others.reduce((bytes, { memoryBytes }) => bytes + memoryBytes, entry.memoryBytes);
    for (const other of others.sort((a, b) => a.usedAt - b.usedAt)) {
      if (sum <= this.memoryLimitBytes) return;
      if (other.leases > 0) continue;
      sum -= other.memoryBytes;
      const left = drained(other.opened).finally(() => this.evicted.delete(left));
      this.evicted.add(left);
      other.opened = undefined;
      log.info("version.evicted", { model: other.model.modelName, version: other.model.version });
    }
  }

  /** An engine loads elsewhere, and one that does not respond must not block other versions. */
  private loadInTurn(entry: Entry): Promise<void> {
    return entry.engine ? this.load(entry) : this.loading.run(entry.workspaceId, () => this.load(entry));
  }

  private async load(entry: Entry): Promise<void> {
    const { modelName, version } = entry.model;
    const startedAt = performance.now();
    try {
      if (!entry.isWanted && entry.leases === 0) return;
      await this.prepare(entry.model, entry.workspaceId);
      const opened = await this.open(entry);
      if (this.isClosed) return await drained(opened);
      entry.opened = opened;
      const { memoryBytes } = opened;
      Object.assign(entry, { state: "ready", message: undefined, failures: 0, memoryBytes });
      // Now that it is known how much it holds.
      this.makeRoom(entry);
      const { provider, fallbacks, workers, recordedRuns } = opened;
      const loadMs = Math.round(performance.now() - startedAt);
      log.info("version.loaded", { model: modelName, version, provider, fallbacks, workers, recordedRuns, loadMs });
    } catch (cause) {
      // Callers and pages show the message, so unexpected errors are only in the log.
      const message = cause instanceof DomainError ? cause.message : "Internal gateway error; see its log.";
      entry.failures += 1;
      const longest = entry.engine ? maxEngineRetryMs : maxRetryMs;
      const retryAt = performance.now() + backOff(entry.failures, { first: 2_000, longest });
      Object.assign(entry, { state: "failed", message, retryAt });
      log.error("version.not_loaded", { model: modelName, version, failures: entry.failures, cause });
    }
    if (entry.isWanted) this.onChange();
  }

  private async open(entry: Entry): Promise<OpenedModel> {
    const { model, engine, execution } = entry;
    const { modelName, version, sizeBytes, signature } = model;
    const name = `${modelName} version ${version}`;
    if (engine) return openEngine({ name, signature, engine }, this.engineRules, execution);
    const [path, recorded] = await Promise.all([this.files.fetch(model), this.recorded(entry.endpointId, signature)]);
    this.makeRoom(entry);
    return openModel({ name, path, sizeBytes, signature, recorded }, entry.providers, this.limits, execution);
  }
}

/** Unloads a version after the requests that it has accepted. Never rejects. */
async function drained(opened: OpenedModel | undefined): Promise<void> {
  await opened?.pool.drain().catch((cause: unknown) => log.error("version.not_unloaded", { cause }));
}

/**
 * Resolves when no request holds the version. A request ends by its deadline; one that does not is a bug, which must not keep a version
 * in memory permanently.
 */
async function untilReleased(entry: Entry): Promise<void> {
  if (entry.leases === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    const { modelName: model, version } = entry.model;
    log.error("lease.not_released", { model, version, leases: entry.leases });
    resolve();
  }, entry.execution.timeoutMs + releaseGraceMs);
  entry.onReleased = resolve;
  await promise;
  clearTimeout(timer);
}

/** A different secret is a different connection to the engine, and must not be revealed. */
function engineKey(engine: DeployedEngine): string {
  return `remote ${createHash("sha256").update(JSON.stringify(engine)).digest("hex")}`;
}
