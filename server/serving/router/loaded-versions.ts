import { log } from "#server/log.ts";
import type { ExecutionProvider } from "../contract.ts";
import type { ExecutionSettings } from "../execution/contract.ts";
import { type ModelLimits, type OpenedModel, openModel } from "../pool/open-model.ts";
import type { ModelFiles } from "./model-files.ts";
import type { DeployedModel, ServedModel } from "./routes.ts";

/** A version on certain providers and with certain settings in this process. Endpoints that want the same share it. */
export interface LoadedModel {
  key: string;
  model: ServedModel;
  state: "loading" | "ready" | "failed";
  opened: OpenedModel | undefined;
  /** Why it failed. */
  message: string | undefined;
  /** Resolves when it has become ready or failed. */
  work: Promise<void>;
}

interface Entry extends LoadedModel {
  providers: readonly ExecutionProvider[];
  execution: ExecutionSettings;
  failures: number;
  retryAt: number;
  isWanted: boolean;
}

const longestRetryMs = 60_000;
/** Loading is work for every core; more at once would only make all of them late. */
const loadsAtOnce = 2;

/** Loads versions in the background, tries again what failed, and unloads what nobody wants. */
export class LoadedVersions {
  private readonly entries = new Map<string, Entry>();
  private readonly files: ModelFiles;
  private readonly limits: ModelLimits;
  private readonly providers: readonly ExecutionProvider[];
  private readonly onChange: () => void;
  private readonly waiting: (() => void)[] = [];
  private loads = 0;
  private leaving: Promise<unknown> = Promise.resolve();

  /**
   * @param options.providers preference for deployments that have none
   * @param options.onChange called when a version has become ready or failed
   */
  constructor(options: {
    files: ModelFiles;
    limits: ModelLimits;
    providers: readonly ExecutionProvider[];
    onChange(): void;
  }) {
    this.files = options.files;
    this.limits = options.limits;
    this.providers = options.providers;
    this.onChange = options.onChange;
  }

  /** A version that is wanted; starts to load it if it is not there, and again when it failed a while ago. */
  want(deployed: DeployedModel, execution: ExecutionSettings, now = performance.now()): LoadedModel {
    const providers = deployed.providers.length > 0 ? deployed.providers : this.providers;
    const { model } = deployed;
    const key = `${model.versionId} ${providers.join(",")} ${JSON.stringify(execution)}`;
    const known = this.entries.get(key);
    if (known && !(known.state === "failed" && now >= known.retryAt)) return known;
    const entry: Entry = known ?? {
      ...{ key, model, providers, execution, failures: 0, retryAt: 0, isWanted: true, work: Promise.resolve() },
      ...{ state: "loading", opened: undefined, message: undefined },
    };
    entry.state = "loading";
    this.entries.set(key, entry);
    entry.work = this.load(entry);
    return entry;
  }

  /** Lets a version that failed be loaded as soon as it is wanted again. */
  forgive(version: LoadedModel | undefined): void {
    const entry = version && this.entries.get(version.key);
    if (entry) entry.retryAt = 0;
  }

  get all(): LoadedModel[] {
    return [...this.entries.values()];
  }

  /** Unloads all but these; each finishes what it has accepted first. Resolves when all that were to leave have left. */
  async keepOnly(keys: ReadonlySet<string>): Promise<void> {
    const unwanted = [...this.entries.values()].filter((entry) => !keys.has(entry.key));
    for (const entry of unwanted) {
      entry.isWanted = false;
      this.entries.delete(entry.key);
    }
    const left = unwanted.map(async (entry) => {
      await entry.work;
      await entry.opened?.pool.drain();
    });
    this.leaving = Promise.all([this.leaving, ...left]);
    await this.leaving;
  }

  private async load(entry: Entry): Promise<void> {
    await this.turn();
    const { modelName, version, sizeBytes, signature } = entry.model;
    const name = `${modelName} version ${version}`;
    const startedAt = performance.now();
    try {
      if (!entry.isWanted) return;
      const path = await this.files.fetch(entry.model);
      const local = { name, path, sizeBytes, signature };
      entry.opened = await openModel(local, entry.providers, this.limits, entry.execution);
      Object.assign(entry, { state: "ready", message: undefined, failures: 0 });
      const { provider, fallbacks, workers } = entry.opened;
      const loadMs = Math.round(performance.now() - startedAt);
      log.info("version.loaded", { model: modelName, version, provider, fallbacks, workers, loadMs });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      entry.failures += 1;
      const retryAt = performance.now() + Math.min(longestRetryMs, 1000 * 2 ** entry.failures);
      Object.assign(entry, { state: "failed", message, retryAt });
      log.error("version.not_loaded", { model: modelName, version, reason: message, failures: entry.failures });
    } finally {
      this.loads -= 1;
      this.waiting.shift()?.();
    }
    if (entry.isWanted) this.onChange();
  }

  private async turn(): Promise<void> {
    if (this.loads >= loadsAtOnce) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.loads += 1;
  }
}
