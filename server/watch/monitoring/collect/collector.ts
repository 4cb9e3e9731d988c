import type { CompletedRequest, FeatureCounter } from "#server/serve/telemetry/feature-states.ts";
import { isSampled } from "#server/serve/telemetry/sampling.ts";
import type { GivenTensor } from "../features/contract.ts";
import type { StateKey } from "../history/contract.ts";
import { emptyState } from "../state/empty-state.ts";
import type { MinuteStates } from "./minute-states.ts";
import { PlainRows } from "./plain-rows.ts";
import type { ProfileBook, WatchSettings } from "./profile-book.ts";
import { RowBatch } from "./row-batch.ts";
import { SegmentNames } from "./segment-names.ts";
import { sentTensors } from "./sent-tensors.ts";
import { tagsOf } from "./tags-of.ts";
import type { WatchedVersion } from "./watched-version.ts";

interface Waiting extends CompletedRequest {
  watched: WatchedVersion;
  settings: WatchSettings;
  /** Edition of the book from which both come. */
  edition: number;
  /** Milliseconds since 1970. */
  at: number;
  /** Set once counting has started. */
  inputs: GivenTensor[] | undefined;
  nextRow: number;
}

interface Counting {
  batch: RowBatch;
  /** Undefined when each value must be inspected. */
  plain: PlainRows | undefined;
  /** Edition of the book for which `isWhole` was last determined: whether all requests are counted, as one group. */
  edition: number;
  isComplete: boolean;
  /** Whether the batch is due to be counted in the next turn. */
  isFull: boolean;
  watched: WatchedVersion;
  key: StateKey;
}

/** For so long one turn of the event loop may be held. */
const maxHeldMs = 1;
/** Maximum number of requests waiting to be counted; later ones are dropped, and the drop is reported. */
const maxQueued = 20_000;
/** Maximum number of values copied immediately, in a few microseconds, which costs less than retaining the request. */
const fewValues = 512;
/** Rows between two checks of the clock. */
const rowsAtOnce = 32;

/**
 * Counts the features of completed requests. The values of a small request are copied immediately (a tenth of a microsecond for fifty
 * numbers); everything else, the counting itself and requests of many rows, is done between two turns of the event loop once the
 * responses have been sent, a millisecond at a time. Cached and coalesced predictions count too; load tests, rejected and failed
 * requests do not. Without an active profile for the version nothing is counted.
 */
export class FeatureCollector implements FeatureCounter {
  /** Requests that were not counted since too many waited, or since they could not be read. */
  dropped = 0;
  private readonly book: ProfileBook;
  private readonly minutes: MinuteStates;
  private waiting: Waiting[] = [];
  private full: Counting[] = [];
  private isArmed = false;
  /**
   * Keyed by the key object itself, which is the same for all requests of a version behind an endpoint: joining and hashing its parts
   * would cost as much as counting.
   */
  private readonly counting = new Map<CompletedRequest["key"], Counting>();
  private readonly countAll = (): void => {
    for (const counting of this.counting.values()) this.count(counting);
  };
  private readonly segments = new Map<string, SegmentNames>();

  constructor(book: ProfileBook, minutes: MinuteStates) {
    this.book = book;
    this.minutes = minutes;
  }

  /** Whether to offer the requests of a version behind an endpoint. */
  watches(endpointId: string, versionId: string): boolean {
    return this.book.watched(versionId) !== undefined && this.book.settings(endpointId).isOn;
  }

  /** Whether to measure images of a version on their way through its pipeline. */
  collectsPictures(versionId: string): boolean {
    return this.book.watched(versionId)?.hasPictures ?? false;
  }

  /** Takes a request. It is counted a moment later. @param at milliseconds since 1970 */
  offer(answered: CompletedRequest, at = this.minutes.now()): void {
    if (!this.takePlain(answered, at)) this.takeAny(answered, at);
  }

  /** Counts the common case: nearly all requests, without an object, a promise or a call per value. */
  private takePlain({ key, request, outputs, rows }: CompletedRequest, at: number): boolean {
    const counting = this.counting.get(key);
    if (!counting?.plain || counting.edition !== this.book.edition || !counting.isComplete) return false;
    const { plain } = counting;
    if (rows > plain.capacity) return false;
    this.minutes.turn(at, this.countAll);
    if (plain.rows + rows > plain.capacity) this.count(counting);
    try {
      if (!plain.take(request, outputs, rows)) return false;
    } catch {
      // The general path reports unreadable values.
      return false;
    }
    // The next of its size would find no room.
    if (plain.rows + rows > plain.capacity) this.fill(counting);
    return true;
  }

  private takeAny(answered: CompletedRequest, at: number): void {
    const { endpointId, versionId } = answered.key;
    const watched = this.book.watched(versionId);
    if (!watched) return;
    const settings = this.book.settings(endpointId);
    // Another draw than the log's, so that what is logged and what is counted are independent.
    const { isOn, share } = settings;
    if (!isOn || (share < 1 && !isSampled(`features ${answered.requestId}`, share))) return;
    const { edition } = this.book;
    const request = { ...answered, watched, settings, edition, at, inputs: undefined, nextRow: 0 };
    const isSmall = answered.rows * watched.features.length <= fewValues;
    if (isSmall && this.waiting.length === 0) {
      this.tryTake(request, Number.POSITIVE_INFINITY);
      return;
    }
    if (this.waiting.length >= maxQueued) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(request);
    this.arm();
  }

  /** Counts all that waits now. */
  settle(): void {
    this.workOff(Number.POSITIVE_INFINITY);
    this.countAll();
    // Versions and references that are no longer active are dropped.
    this.counting.clear();
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    setImmediate(this.work);
  }

  private readonly work = (): void => {
    this.isArmed = false;
    for (const counting of this.full.splice(0)) if (counting.isFull) this.count(counting);
    this.workOff(performance.now() + maxHeldMs);
    if (this.waiting.length > 0) this.arm();
  };

  private workOff(until: number): void {
    let done = 0;
    for (const request of this.waiting) {
      if (!this.tryTake(request, until)) break;
      done += 1;
      if (performance.now() >= until) break;
    }
    this.waiting = done === this.waiting.length ? [] : this.waiting.slice(done);
  }

  private tryTake(request: Waiting, until: number): boolean {
    try {
      return this.take(request, until);
    } catch {
      // The request was served, so this is an unforeseen case; it must not block the others.
      this.dropped += 1;
      return true;
    }
  }

  /** Takes rows of a request. @returns whether all of its rows are taken */
  private take(request: Waiting, until: number): boolean {
    const { watched, rows, outputs, pictures } = request;
    request.inputs ??= sentTensors(request.request, (name) => watched.reader.readsInput(name));
    const found = watched.reader.bind({ inputs: request.inputs, outputs, pictures });
    // A client that bypasses the pipeline and sends the model's own inputs sends no features.
    if (found === 0 && !pictures) return true;
    const counting = this.countingOf(request);
    this.minutes.turn(request.at, this.countAll);
    const nameSegments = this.segmentNamer(request);
    while (request.nextRow < rows) {
      const end = Math.min(rows, request.nextRow + rowsAtOnce);
      for (let row = request.nextRow; row < end; row++) {
        // Full since the last turn, and not counted yet.
        if (counting.batch.isFull) this.count(counting);
        counting.batch.take(row, nameSegments(row));
        if (counting.batch.isFull) this.fill(counting);
      }
      request.nextRow = end;
      if (end < rows && performance.now() >= until) return false;
    }
    return true;
  }

  /** Counts a full batch once the response has been sent. */
  private fill(counting: Counting): void {
    if (counting.isFull) return;
    counting.isFull = true;
    this.full.push(counting);
    this.arm();
  }

  private count(counting: Counting): void {
    const { batch, plain, watched, key } = counting;
    counting.isFull = false;
    const stateOf = (segment: string) => this.minutes.stateOf({ ...key, segment }, () => emptyState(watched.profiled));
    if (plain && plain.rows > 0) plain.count(stateOf(""));
    batch.count(stateOf);
  }

  private countingOf({ key, watched, settings, edition }: Waiting): Counting {
    const isComplete = settings.isOn && settings.share >= 1 && settings.segmentBy.length === 0;
    const known = this.counting.get(key);
    if (known?.watched === watched) return Object.assign(known, { edition, isComplete });
    if (known) this.count(known);
    const { workspaceId, endpointId, versionId, arm } = key;
    const wholeTraffic = { workspaceId, endpointId, versionId, arm, segment: "", profileId: watched.profileId };
    const plain = watched.plan && new PlainRows(watched, watched.plan);
    const made = {
      batch: new RowBatch(watched),
      plain,
      watched,
      key: wholeTraffic,
      edition,
      isComplete,
      isFull: false,
    };
    this.counting.set(key, made);
    return made;
  }

  /** Returns a function that names the segments of a row, by inputs or else by tags. */
  private segmentNamer({ settings, watched, headers, request, key }: Waiting): (row: number) => readonly string[] {
    if (settings.segmentBy.length === 0) return noSegments;
    const names = this.segments.get(key.endpointId) ?? new SegmentNames();
    this.segments.set(key.endpointId, names);
    const tags = tagsOf({ headers, parameters: request.parameters });
    return (row) =>
      settings.segmentBy.flatMap((name) => {
        const index = watched.indexByName.get(name);
        const value = index === undefined ? tags.get(name) : watched.reader.value(index, row);
        if (value === undefined || value === null) return [];
        const profile = index === undefined ? undefined : watched.features[index]?.profile;
        return names.nameOf(name, String(value), profile?.kind === "categorical" ? profile.levels : undefined);
      });
  }
}

const none: readonly string[] = [];
const noSegments = () => none;
