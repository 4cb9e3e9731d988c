import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import {
  defaultExecution,
  type ExecutionProvider,
  type ExecutionSettings,
} from "../../develop/registry/execution/contract.ts";
import { type ModelLimits, type OpenedModel, openModel } from "../pool/open-model.ts";
import { ModelFiles } from "../versions/model-files.ts";
import type { ServedModel } from "../versions/served-model.ts";

/** Default number of idle versions that stay loaded. */
const usuallyIdle = 4;
const maxIdleMs = 10 * minuteMs;
/** A user runs one request at a time, of versions that may never have run before. */
const execution: ExecutionSettings = { ...defaultExecution, maxBatchSize: 1, maxQueueSize: 16, isolation: "process" };

interface RecentOptions {
  artifacts: Pick<ArtifactStore, "localPath">;
  folder: string;
  limits: ModelLimits;
  maxIdle?: number | undefined;
}

interface Entry {
  versionId: string;
  opened: Promise<OpenedModel>;
  users: number;
  usedAt: number;
}

/** Recently used versions, loaded. The least recently used one is evicted first, but never one in use. */
export class RecentModels {
  private readonly files: ModelFiles;
  private readonly limits: ModelLimits;
  private readonly maxIdle: number;
  private readonly entries = new Map<string, Entry>();
  private readonly timer: NodeJS.Timeout;

  constructor(options: RecentOptions) {
    this.maxIdle = options.maxIdle ?? usuallyIdle;
    this.files = new ModelFiles(options.folder, options.artifacts);
    this.limits = options.limits;
    this.timer = setInterval(() => void this.evict(this.maxIdle), maxIdleMs / 10).unref();
  }

  /** Leases a loaded version to `work`; it stays loaded at least until that is done. @param work receives the load time, or null */
  async use<Result>(
    model: ServedModel,
    providers: readonly ExecutionProvider[],
    work: (opened: OpenedModel, loadMs: number | null) => Promise<Result>,
  ): Promise<Result> {
    const key = `${model.versionId} ${providers.join(",")}`;
    const startedAt = performance.now();
    const known = this.entries.get(key);
    const entry: Entry = known ?? {
      versionId: model.versionId,
      opened: this.open(model, providers),
      users: 0,
      usedAt: 0,
    };
    this.entries.set(key, entry);
    entry.users += 1;
    try {
      const opened = await entry.opened;
      return await work(opened, known ? null : performance.now() - startedAt);
    } catch (error) {
      // A version that failed to load is loaded again by the next request.
      await entry.opened.catch(() => this.entries.delete(key));
      throw error;
    } finally {
      entry.users -= 1;
      entry.usedAt = performance.now();
      void this.evict(this.maxIdle);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.entries.values()].map(({ opened }) => unload(opened)));
    this.entries.clear();
  }

  private async open(model: ServedModel, providers: readonly ExecutionProvider[]): Promise<OpenedModel> {
    const path = await this.files.fetch(model);
    const { modelName, version, sizeBytes, signature } = model;
    const local = { name: `${modelName} version ${version}`, path, sizeBytes, signature };
    return openModel(local, providers, this.limits, execution);
  }

  private async evict(most: number): Promise<void> {
    const idle = [...this.entries].filter(([, entry]) => entry.users === 0).sort(([, a], [, b]) => b.usedAt - a.usedAt);
    const now = performance.now();
    const evicted = idle.filter(([, entry], index) => index >= most || now - entry.usedAt > maxIdleMs);
    for (const [key] of evicted) this.entries.delete(key);
    this.files.prune(new Set([...this.entries.values()].map((entry) => entry.versionId)));
    await Promise.all(evicted.map(([, entry]) => unload(entry.opened)));
  }
}

async function unload(opened: Promise<OpenedModel>): Promise<void> {
  try {
    await (await opened).pool.drain();
  } catch (cause) {
    log.debug("version.not_unloaded", { reason: String(cause) });
  }
}
