import type { Database } from "#db/client.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import { positionNow } from "#server/develop/features/arrivals/follow-arrivals.ts";
import type { LookUpAnswer, WriteFeatures, WrittenFeatures } from "#server/develop/features/contract.ts";
import { type Definitions, loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { definitionsFingerprint } from "#server/develop/features/definitions/definitions-fingerprint.ts";
import { findPythonViews } from "#server/develop/features/definitions/find-python-views.ts";
import { FeatureError, type FeatureProblem } from "#server/develop/features/feature-error.ts";
import { answerLookUp } from "#server/develop/features/look-up/answer-look-up.ts";
import { answerPinned, type PinnedAnswer } from "#server/develop/features/pinned/answer-pinned.ts";
import type { PinnedFeatures } from "#server/develop/features/pinned/contract.ts";
import { personalColumns } from "#server/develop/features/pinned/personal-columns.ts";
import { pinnedVersion } from "#server/develop/features/pinned/plan-pinned.ts";
import { removalsWithin } from "#server/develop/features/removal/removals.ts";
import type { FeatureRows, WrittenRow } from "#server/develop/features/rows/feature-rows.ts";
import { postgresRows } from "#server/develop/features/rows/postgres-rows.ts";
import type { RedisRows } from "#server/develop/features/rows/redis/redis-rows.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureConsumer, KeyCells, ServingFeatures } from "./by-key/contract.ts";
import { CachedRows } from "./cached-rows.ts";
import { followedStore } from "./followed-store.ts";
import { HeldViews } from "./held-views.ts";
import { KnownDefinitions } from "./known-definitions.ts";
import { KnownPlans } from "./known-plans.ts";
import { MemoryRows } from "./memory-rows.ts";
import { MirroredRows } from "./mirrored-rows.ts";
import { RemovedKeys } from "./removed-keys.ts";

interface Options {
  db: Database;
  /** Announces changes of definitions. */
  feed: Pick<EventFeed, "subscribe">;
  /** Memory for rows. 0: each look-up asks Postgres. */
  cacheBytes: number;
  /** Counts what clients look up and what is refused; without, nothing is counted. */
  counts?: LookUpCounter | undefined;
  /** Views that are held in memory as a whole. Default: none. */
  held?: { maxBytes: number; maxViewBytes: number; minLookUps?: number };
  /** Valkey or Redis with the newest rows; without it, they are read from Postgres. */
  store?: RedisRows | undefined;
  /** Where rows and definitions are read; without it, `db`. Statements that hang there hold none of `db`. */
  reads?: Database;
}

/** Counts look-ups and refused rows by view. */
interface LookUpCounter {
  /** @param consumer id of the endpoint that looked up; left out for clients */
  lookedUp(workspaceId: string, answer: LookUpAnswer, consumer?: string): void;
  rejected(workspaceId: string, viewId: string, rows: number): void;
}

/** A look-up by names of features or of a service, which wins. */
interface Wanted {
  features: readonly string[];
  service: string | undefined;
  /** Values by join key or name of the entity. */
  entities: Record<string, readonly unknown[]>;
  fullNames: boolean;
}

/** Time that a client's look-up waits for Postgres. */
const withinMs = 2_000;
/** Time for which a version waits for definitions before it serves. */
const prepareMs = 2_000;
/** Problems that may only mean that something was defined a moment ago. */
const mayBeNew: ReadonlySet<FeatureProblem> = new Set([
  "view-not-found",
  "service-not-found",
  "feature-not-present",
  "version-unknown",
]);

/**
 * Features for the clients of a role: look-ups from memory and Postgres, and writes. Look-ups go on while Postgres is unavailable, as far as
 * definitions and rows are in memory.
 */
export class OnlineFeatures implements ServingFeatures {
  private readonly db: Database;
  private readonly known: KnownDefinitions;
  private readonly mirrored: MirroredRows | undefined;
  private readonly cached: MemoryRows;
  private readonly rows: FeatureRows;
  private readonly removed: RemovedKeys;
  private readonly plans = new KnownPlans();
  private readonly counts: Options["counts"];
  private readonly keepsRows: boolean;
  private readonly unsubscribe: () => void;

  constructor({ db, feed, cacheBytes, counts, held = { maxBytes: 0, maxViewBytes: 0 }, store, reads = db }: Options) {
    this.db = db;
    this.counts = counts;
    this.keepsRows = cacheBytes > 0 || held.maxBytes > 0;
    this.known = new KnownDefinitions({
      load: ({ actor }) => loadDefinitions(reads, actor.workspaceId),
      fingerprint: ({ actor }) => definitionsFingerprint(reads, actor.workspaceId),
    });
    const identify = async () => (await positionNow(reads)).identity;
    this.mirrored = store && new MirroredRows(store, postgresRows(reads), identify);
    const cached = new CachedRows(this.mirrored ?? postgresRows(reads), cacheBytes);
    this.cached = new MemoryRows(new HeldViews(followedStore(reads), held), cached);
    this.rows = { read: (view, keys) => this.read(view, keys) };
    this.removed = new RemovedKeys(
      (ms) => removalsWithin(reads, ms),
      ({ viewNumber, key }) => this.cached.evictRemoved({ number: viewNumber }, key),
    );
    this.unsubscribe = feed.subscribe((message) => this.hear(message));
  }

  /**
   * Looks up the newest values of features by key.
   * @throws FeatureError as planLookUp() and answerLookUp(); DomainError "forbidden", "unavailable" while Postgres is, if something is not
   * in memory
   */
  async lookUp(ctx: Context, wanted: Wanted): Promise<LookUpAnswer> {
    permit(ctx, "lookUpFeatures");
    const answer = await this.answerAgain(ctx, wanted);
    this.counts?.lookedUp(ctx.actor.workspaceId, answer);
    return answer;
  }

  /** Answers by the definitions in memory, and by newer ones if these do not suffice. */
  private async answerAgain(ctx: Context, wanted: Wanted): Promise<LookUpAnswer> {
    const definitions = await this.known.get(ctx);
    try {
      return await this.answer(definitions, wanted, true);
    } catch (error) {
      if (!(error instanceof FeatureError) || !mayBeNew.has(error.problem)) throw error;
      // A version is committed before its rows, so reading again now finds it: there is no need to limit how often.
      const again = await (error.problem === "version-unknown" ? this.known.again(ctx, 0) : this.known.again(ctx));
      await refusePython(ctx, again, wanted);
      // Values of a version that is still unknown, as while Postgres is away, are null.
      if (again === definitions && error.problem !== "version-unknown") throw error;
      return this.answer(again, wanted);
    }
  }

  async find(
    { workspaceId, endpointId }: FeatureConsumer,
    pinned: PinnedFeatures,
    cells: KeyCells,
    withinMs: number,
  ): Promise<PinnedAnswer | undefined> {
    const found = await this.findPinned(systemContext(this.db, workspaceId, "features"), pinned, cells, withinMs);
    if (found && endpointId !== undefined) this.counts?.lookedUp(workspaceId, found.answer, endpointId);
    return found;
  }

  private async findPinned(
    ctx: Context,
    pinned: PinnedFeatures,
    cells: KeyCells,
    withinMs: number,
  ): Promise<PinnedAnswer | undefined> {
    const until = performance.now() + withinMs;
    const leftMs = () => Math.max(1, until - performance.now());
    const known = this.known.peek(ctx);
    const isKnown = known && hasAll(known, pinned);
    const definitions = isKnown ? known : await inTime(this.definitionsFor(ctx, pinned), leftMs());
    if (!definitions) return undefined;
    const rows: FeatureRows = { read: (view, keys) => this.cached.read(view, keys, leftMs(), true) };
    try {
      return await answerPinned(definitions, pinned, cells, { rows, refusesUnknownVersions: true });
    } catch (error) {
      if (!(error instanceof FeatureError) || error.problem !== "version-unknown") throw error;
      const again = await inTime(this.known.again(ctx, 0), leftMs());
      return answerPinned(again ?? definitions, pinned, cells, { rows });
    }
  }

  personal(workspaceId: string, pinned: PinnedFeatures): ReadonlySet<string> {
    return personalColumns(this.known.peek(systemContext(this.db, workspaceId, "features")), pinned);
  }

  async prepare(workspaceId: string, pinned: PinnedFeatures): Promise<void> {
    const ctx = systemContext(this.db, workspaceId, "features");
    await inTime(this.definitionsFor(ctx, pinned), prepareMs);
  }

  /** Writes rows, which this role then looks up. @throws as writeFeatures() */
  async write(ctx: Context, input: WriteFeatures, idempotencyKey?: string): Promise<WrittenFeatures> {
    const touched = new Map<number, readonly Buffer[]>();
    const newest = new Map<number, readonly WrittenRow[]>();
    const written = await writeFeatures(ctx, input, {
      idempotencyKey,
      onWritten: (number, keys) => touched.set(number, keys),
      onNewest: this.mirrored && ((number, rows) => newest.set(number, rows)),
      onRejected: (viewId, rows) => this.counts?.rejected(ctx.actor.workspaceId, viewId, rows),
    });
    // After the commit: whoever asks before it still gets the rows before.
    await Promise.all([...newest].map(([number, rows]) => this.mirrored?.write(number, rows)));
    for (const [number, keys] of touched) this.cached.evict({ number }, keys);
    return written;
  }

  /** Returns the definitions of the caller's workspace. @throws DomainError "forbidden", "unavailable" */
  definitions(ctx: Context): Promise<Definitions> {
    permit(ctx, "getFeatureDefinitions");
    return this.known.again(ctx, 0);
  }

  /** Whether look-ups can be answered, from Postgres or at least from memory. */
  async canAnswer(): Promise<boolean> {
    if (this.cached.bytes > 0) return true;
    return this.db.execute("select 1").then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    this.unsubscribe();
    this.mirrored?.close();
    await this.removed.close();
    await this.cached.close();
  }

  private answer(
    definitions: Definitions,
    { entities, ...asked }: Wanted,
    refusesUnknownVersions = false,
  ): Promise<LookUpAnswer> {
    const options = { rows: this.rows, refusesUnknownVersions };
    return answerLookUp(definitions, this.plans.get(definitions, asked), entities, options);
  }

  /** Returns definitions with the versions that features are pinned to, if there are any. */
  private async definitionsFor(ctx: Context, pinned: PinnedFeatures): Promise<Definitions> {
    const known = await this.known.latest(ctx);
    return hasAll(known, pinned) ? known : this.known.again(ctx);
  }

  private async read(...[view, keys]: Parameters<FeatureRows["read"]>): ReturnType<FeatureRows["read"]> {
    const found = await this.cached.read(view, keys, withinMs);
    if (!found.isLate) return found;
    throw new DomainError("unavailable", "Postgres does not respond in time.", { retryAfterSeconds: 1 });
  }

  private hear(message: ChangeMessage): void {
    if (message !== "missed" && message.topic !== "features") return;
    this.known.changed(message === "missed" ? undefined : message.workspaceId);
    // Without rows in memory there is nothing to evict.
    if (this.keepsRows) this.removed.check();
  }
}

/** Whether definitions have every version that features are pinned to. */
function hasAll(definitions: Definitions, { views }: PinnedFeatures): boolean {
  return views.every((view) => pinnedVersion(definitions, view) !== undefined);
}

/** Waits for definitions. @returns undefined if they do not come in time, or Postgres is unavailable */
async function inTime(definitions: Promise<Definitions>, ms: number): Promise<Definitions | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, ms, undefined);
  try {
    return await Promise.race([definitions, late.promise]);
  } catch (error) {
    if ((error instanceof DomainError ? error : storageRefusal(error))?.code === "unavailable") return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Fails with the reason if a look-up names a view that Feast computes in Python. */
async function refusePython(ctx: Context, { views, services }: Definitions, wanted: Wanted): Promise<void> {
  const projections = wanted.service === undefined ? undefined : services.get(wanted.service)?.projections;
  const named =
    projections?.map(({ view }) => view) ?? wanted.features.map((reference) => reference.split(/[@:]/, 1)[0]);
  const unknown = named.filter((name) => name !== undefined && !views.has(name)) as string[];
  const [found] = await findPythonViews(ctx, unknown);
  if (found === undefined) return;
  throw new FeatureError(
    "invalid",
    "other",
    `Leeway does not run Python, so it cannot compute the on-demand view "${found}". Define it in Leeway, as an expression of a feature view.`,
  );
}
