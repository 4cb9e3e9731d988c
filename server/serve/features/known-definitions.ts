import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import type { Definitions } from "#server/develop/features/definitions/definitions.ts";

/** Where definitions are read. */
interface DefinitionStore {
  /** Reads a text that is another one after every change of the definitions of the caller's workspace. */
  fingerprint(ctx: Context): Promise<string>;
  load(ctx: Context): Promise<Definitions>;
}

interface Known {
  definitions: Definitions;
  /** Of definitions that are not older than it. */
  fingerprint: string;
  loadedAt: number;
  /** Whether something has changed since. */
  isStale: boolean;
}

/** Time after which it is checked whether they have changed: LISTEN may have missed it. */
const trustMs = 2_000;
/** A look-up waits so long for definitions that have changed. Then it goes on with those that are known: Postgres may hang. */
const staleWaitMs = 500;
const maxWorkspaces = 1_000;

/** Definitions of features of the workspaces that look up, in memory: look-ups go on with them while Postgres is away. */
export class KnownDefinitions {
  private readonly store: DefinitionStore;
  private readonly now: () => number;
  private readonly known = new Map<string, Known>();
  private readonly loading = new Map<string, Promise<Known>>();
  /** Workspaces whose definitions Postgres is slow to return. */
  private readonly slow = new Set<string>();
  /** Changes that were noted so far. What was being read then may lack the latest. */
  private changes = 0;

  /** @param now milliseconds of a clock that does not jump */
  constructor(store: DefinitionStore, now: () => number = () => performance.now()) {
    this.store = store;
    this.now = now;
  }

  /** Returns the definitions of the caller's workspace. @throws DomainError "unavailable" if Postgres is and they were never read */
  async get(ctx: Context): Promise<Definitions> {
    const known = this.known.get(ctx.actor.workspaceId);
    if (!known) return (await this.read(ctx)).definitions;
    if (known.isStale) return this.rereadSoon(ctx, known);
    if (this.now() - known.loadedAt > trustMs) void this.reread(ctx, known);
    return known.definitions;
  }

  /** Returns what is known, at once, and reads again besides if that may have changed. @throws as get() */
  async latest(ctx: Context): Promise<Definitions> {
    return this.peek(ctx) ?? (await this.read(ctx)).definitions;
  }

  /** Returns the same without waiting; undefined if nothing is known. */
  peek(ctx: Context): Definitions | undefined {
    const known = this.known.get(ctx.actor.workspaceId);
    if (known && (known.isStale || this.now() - known.loadedAt > trustMs)) void this.reread(ctx, known);
    return known?.definitions;
  }

  /**
   * Returns them as they are now.
   * @param sinceMs age of definitions that count as such, so that callers who name unknown things all the time share what is read
   */
  async again(ctx: Context, sinceMs = 250): Promise<Definitions> {
    const { workspaceId } = ctx.actor;
    await this.loading.get(workspaceId)?.catch(() => {});
    const known = this.known.get(workspaceId);
    if (!known) return (await this.read(ctx)).definitions;
    return this.now() - known.loadedAt < sinceMs ? known.definitions : this.reread(ctx, known);
  }

  /** Notes that definitions of a workspace have changed, or those of any. */
  changed(workspaceId?: string): void {
    this.changes += 1;
    for (const [id, known] of this.known) {
      if (workspaceId === undefined || id === workspaceId) known.isStale = true;
    }
  }

  /** Whether definitions of some workspace are in memory. */
  get areKnown(): boolean {
    return this.known.size > 0;
  }

  /** Reads again, and returns what is known if that takes long. While it does, nobody else of the workspace waits for it. */
  private async rereadSoon(ctx: Context, known: Known): Promise<Definitions> {
    const { workspaceId } = ctx.actor;
    const rereading = this.reread(ctx, known);
    if (this.slow.has(workspaceId)) return known.definitions;
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, staleWaitMs, undefined);
    try {
      const read = await Promise.race([rereading, late.promise]);
      if (read) return read;
      this.slow.add(workspaceId);
      void rereading.finally(() => this.slow.delete(workspaceId));
      return known.definitions;
    } finally {
      clearTimeout(timer);
    }
  }

  private async reread(ctx: Context, known: Known): Promise<Definitions> {
    try {
      return (await this.read(ctx)).definitions;
    } catch (error) {
      if (storageRefusal(error)?.code !== "unavailable") log.error("features.definitions_failed", { cause: error });
      return known.definitions;
    }
  }

  private read(ctx: Context): Promise<Known> {
    const { workspaceId } = ctx.actor;
    const running = this.loading.get(workspaceId);
    if (running) return running;
    const loadedAt = this.now();
    const { changes } = this;
    const loading = this.readIfChanged(ctx)
      .then((read) => {
        const known = { ...read, loadedAt, isStale: changes !== this.changes };
        this.known.delete(workspaceId);
        this.known.set(workspaceId, known);
        const [oldest] = this.known.keys();
        if (this.known.size > maxWorkspaces && oldest !== undefined) this.known.delete(oldest);
        return known;
      })
      .finally(() => this.loading.delete(workspaceId));
    this.loading.set(workspaceId, loading);
    return loading;
  }

  /** Returns the known definitions unless others have been stored since. */
  private async readIfChanged(ctx: Context): Promise<Pick<Known, "definitions" | "fingerprint">> {
    const known = this.known.get(ctx.actor.workspaceId);
    // Before the definitions: what changes in between is read now or the next time.
    const fingerprint = await this.store.fingerprint(ctx);
    if (known?.fingerprint === fingerprint) return known;
    return { definitions: await this.store.load(ctx), fingerprint };
  }
}
