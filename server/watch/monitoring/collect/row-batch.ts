import { asLevel, asNumber } from "../features/read-features.ts";
import { addNumbers } from "../state/add-numbers.ts";
import type { CategoricalState, FeatureState, SpanState } from "../state/contract.ts";
import { levelIndexOf } from "../state/level-indices.ts";
import { addScore, emptyScores } from "../state/scores.ts";
import { addUnseen } from "../state/unseen-top.ts";
import type { WatchedVersion } from "./watched-version.ts";

/** Values of a batch: few enough to stay in the processor's cache, and to be counted within one or two milliseconds. */
const maxValues = 32_768;
const [nothing, missing, present] = [0, 1, 2];
const unseen = -1;

/**
 * Rows of any kind on their way into states: taken value by value as requests come, and counted feature by feature, which is several times as fast as row by row, since the
 * edges of one feature stay at hand.
 */
export class RowBatch {
  rows = 0;
  private readonly watched: WatchedVersion;
  private readonly capacity: number;
  /** Values by feature: numbers, or indices of levels. */
  private readonly values: Float64Array;
  private readonly marks: Uint8Array;
  /** Numbers of one feature while it is counted. */
  private readonly numbers: Float64Array;
  private readonly unseenLevels = new Map<number, string>();
  private scores: { row: number; key: string; score: number }[] = [];
  /** Rows of each segment; those of all rows are not listed. */
  private segments = new Map<string, number[]>();

  constructor(watched: WatchedVersion) {
    this.watched = watched;
    const { length } = watched.features;
    this.capacity = Math.max(8, Math.min(256, Math.floor(maxValues / Math.max(1, length))));
    this.values = new Float64Array(length * this.capacity);
    this.marks = new Uint8Array(length * this.capacity);
    this.numbers = new Float64Array(this.capacity);
  }

  get isFull(): boolean {
    return this.rows === this.capacity;
  }

  /** Takes a row of the request that the reader is bound to. @param segments that it belongs to besides all rows */
  take(row: number, segments: readonly string[]): void {
    const { reader, features, score } = this.watched;
    for (let index = 0; index < features.length; index++) {
      const value = reader.value(index, row);
      const at = index * this.capacity + this.rows;
      const { places: indices } = features[index] as WatchedVersion["features"][number];
      const known = indices ? this.level(indices, at, asLevel(value)) : asNumber(value);
      this.marks[at] = known === undefined ? nothing : known === null ? missing : present;
      this.values[at] = known ?? 0;
    }
    const given = score < 0 ? undefined : asNumber(reader.value(score, row));
    if (typeof given === "number") this.scores.push({ row: this.rows, key: reader.scoreKey(score, row), score: given });
    for (const segment of segments) {
      const own = this.segments.get(segment);
      if (own) own.push(this.rows);
      else this.segments.set(segment, [this.rows]);
    }
    this.rows += 1;
  }

  /** Counts all rows, and is empty then. @param stateOf the state of a segment, "" for all rows */
  count(stateOf: (segment: string) => SpanState): void {
    if (this.rows === 0) return;
    const all = Array.from({ length: this.rows }, (_, row) => row);
    for (const [segment, rows] of [["", all] as const, ...this.segments]) {
      const state = stateOf(segment);
      state.rows += rows.length;
      for (const [index, feature] of state.features.entries()) if (feature) this.countFeature(index, feature, rows);
      const isIn = segment === "" ? undefined : new Set(rows);
      for (const { row, key, score } of this.scores) if (!isIn || isIn.has(row)) addTo(state, key, score);
    }
    this.rows = 0;
    this.unseenLevels.clear();
    this.scores = [];
    this.segments = new Map();
  }

  private level(indices: ReadonlyMap<string, number>, at: number, level: string | null | undefined) {
    if (level === null || level === undefined) return level;
    const index = levelIndexOf(indices, level);
    if (index < 0) this.unseenLevels.set(at, level);
    return index;
  }

  private countFeature(index: number, state: FeatureState, rows: readonly number[]): void {
    const first = index * this.capacity;
    const { profile, grid } = this.watched.features[index] as WatchedVersion["features"][number];
    let count = 0;
    for (const row of rows) {
      const mark = this.marks[first + row];
      if (mark === missing) state.nulls += 1;
      else if (mark === present && state.kind === "categorical") this.countLevel(state, first + row);
      else if (mark === present) this.numbers[count++] = this.values[first + row] as number;
    }
    if (count > 0 && state.kind === "numeric" && profile.kind === "numeric" && grid) {
      addNumbers(state, profile, grid, this.numbers, { first: 0, step: 1, count });
    }
  }

  private countLevel(state: CategoricalState, at: number): void {
    const level = this.values[at] as number;
    state.count += 1;
    if (level !== unseen) state.levels[level] = (state.levels[level] as number) + 1;
    else {
      state.unseen += 1;
      addUnseen(state.unseenTop, this.unseenLevels.get(at) ?? "", 1);
    }
  }
}

function addTo(state: SpanState, key: string, score: number): void {
  const scores = state.scores.get(key) ?? emptyScores();
  state.scores.set(key, scores);
  addScore(scores, score);
}
