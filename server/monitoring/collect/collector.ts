import type { InferRequest } from "#server/serving/protocol/infer-request.ts";
import { isSampled } from "#server/serving/telemetry/sampling.ts";
import type { Tensor } from "#server/serving/tensor.ts";
import type { Given, GivenTensor } from "../features/contract.ts";
import type { StateKey } from "../history/contract.ts";
import { emptyState } from "../state/empty-state.ts";
import type { MinuteStates } from "./minute-states.ts";
import type { ProfileBook, WatchSettings } from "./profile-book.ts";
import { RowBatch } from "./row-batch.ts";
import { SegmentNames } from "./segment-names.ts";
import { sentTensors } from "./sent-tensors.ts";
import { tagsOf } from "./tags-of.ts";
import type { WatchedVersion } from "./watched-version.ts";

/** A request that was answered by a version. */
export interface AnsweredRequest {
  key: Omit<StateKey, "segment" | "profileId">;
  requestId: string;
  request: InferRequest;
  headers: Readonly<Record<string, unknown>> | undefined;
  rows: number;
  /** What the model and its pipeline gave; nobody writes to them any more. */
  outputs: readonly Tensor[];
  pictures?: Given["pictures"];
}

interface Waiting extends AnsweredRequest {
  watched: WatchedVersion;
  settings: WatchSettings;
  /** Milliseconds since 1970. */
  at: number;
  /** Once it was begun. */
  inputs: GivenTensor[] | undefined;
  nextRow: number;
}

interface Counting {
  batch: RowBatch;
  watched: WatchedVersion;
  key: StateKey;
}

/** For so long one turn of the event loop may be held. */
const mostHeldMs = 1;
/** Requests that may wait to be counted; what comes then is left out, and said. */
const mostWaiting = 20_000;
/** Values that are copied at once, in a few microseconds, which costs less than to hold a request until later. */
const fewValues = 512;
/** Rows between two looks at the clock. */
const rowsAtOnce = 32;

/**
 * Counts the features of requests that were answered. The values of a small request are copied aside at once (a microsecond for fifty); all else, the counting itself and
 * requests of many rows, is done between two turns of the event loop when answers are on their way, a millisecond at a time. Answers of the cache and shared ones count too; load
 * tests, refused and failed requests do not. Without a profile in force for the version nothing is counted.
 */
export class FeatureCollector {
  /** Requests that were not counted since too many waited, or since they could not be read. */
  dropped = 0;
  private readonly book: ProfileBook;
  private readonly minutes: MinuteStates;
  private waiting: Waiting[] = [];
  private full: Counting[] = [];
  private isArmed = false;
  /** By the key itself, which is the same object for all requests of a version behind an endpoint: to join and hash its parts costs as much as to count. */
  private readonly counting = new Map<AnsweredRequest["key"], Counting>();
  private readonly segments = new Map<string, SegmentNames>();

  constructor(book: ProfileBook, minutes: MinuteStates) {
    this.book = book;
    this.minutes = minutes;
  }

  /** Whether the requests of a version behind an endpoint are to be offered. */
  watches(endpointId: string, versionId: string): boolean {
    return this.book.watched(versionId) !== undefined && this.book.settings(endpointId).isOn;
  }

  /** Whether pictures of a version are to be measured on their way through its pipeline. */
  looks(versionId: string): boolean {
    return this.book.watched(versionId)?.hasPictures ?? false;
  }

  /** Takes a request. It is counted a moment later. @param at milliseconds since 1970 */
  offer(answered: AnsweredRequest, at = Date.now()): void {
    const { endpointId, versionId } = answered.key;
    const watched = this.book.watched(versionId);
    if (!watched) return;
    const settings = this.book.settings(endpointId);
    // Another draw than the log's, so that what is logged and what is counted are independent.
    if (!settings.isOn || !isSampled(`features ${answered.requestId}`, settings.share)) return;
    const request = { ...answered, watched, settings, at, inputs: undefined, nextRow: 0 };
    const isSmall = answered.rows * watched.features.length <= fewValues;
    if (isSmall && this.waiting.length === 0) {
      this.tryTake(request, Number.POSITIVE_INFINITY);
      return;
    }
    if (this.waiting.length >= mostWaiting) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(request);
    this.arm();
  }

  /** Counts all that waits now. */
  settle(): void {
    this.workOff(Number.POSITIVE_INFINITY);
    for (const counting of this.counting.values()) this.count(counting);
    // Versions and references that are not in force any more are not kept.
    this.counting.clear();
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    setImmediate(this.work);
  }

  private readonly work = (): void => {
    this.isArmed = false;
    for (const counting of this.full.splice(0)) if (counting.batch.isFull) this.count(counting);
    this.workOff(performance.now() + mostHeldMs);
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
      // It was answered, so that this is a case nobody thought of; it must not hold up the others.
      this.dropped += 1;
      return true;
    }
  }

  /** @returns whether all of its rows are taken */
  private take(request: Waiting, until: number): boolean {
    const { watched, rows, outputs, pictures } = request;
    request.inputs ??= sentTensors(request.request, (name) => watched.reader.readsInput(name));
    const found = watched.reader.bind({ inputs: request.inputs, outputs, pictures });
    // Somebody who sends the model's own inputs past its pipeline sends no features.
    if (found === 0 && !pictures) return true;
    const counting = this.countingOf(request);
    this.minutes.turn(request.at, () => this.countAll());
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

  /** A full batch is counted when the answer is on its way. */
  private fill(counting: Counting): void {
    this.full.push(counting);
    this.arm();
  }

  private countAll(): void {
    for (const counting of this.counting.values()) this.count(counting);
  }

  private count({ batch, watched, key }: Counting): void {
    batch.count((segment) => this.minutes.stateOf({ ...key, segment }, () => emptyState(watched.profiled)));
  }

  private countingOf({ key, watched }: Waiting): Counting {
    const known = this.counting.get(key);
    if (known?.watched === watched) return known;
    if (known) this.count(known);
    const { workspaceId, endpointId, versionId, arm } = key;
    const whole = { workspaceId, endpointId, versionId, arm, segment: "", profileId: watched.profileId };
    const made = { batch: new RowBatch(watched), watched, key: whole };
    this.counting.set(key, made);
    return made;
  }

  /** Names the segments of a row, by inputs or else by tags. */
  private segmentNamer({ settings, watched, headers, request, key }: Waiting): (row: number) => readonly string[] {
    if (settings.segmentBy.length === 0) return noSegments;
    const names = this.segments.get(key.endpointId) ?? new SegmentNames();
    this.segments.set(key.endpointId, names);
    const tags = tagsOf({ headers, parameters: request.parameters });
    return (row) =>
      settings.segmentBy.flatMap((name) => {
        const place = watched.placeOf.get(name);
        const value = place === undefined ? tags.get(name) : watched.reader.value(place, row);
        if (value === undefined || value === null) return [];
        const profile = place === undefined ? undefined : watched.features[place]?.profile;
        return names.nameOf(name, String(value), profile?.kind === "categorical" ? profile.levels : undefined);
      });
  }
}

const none: readonly string[] = [];
const noSegments = () => none;
