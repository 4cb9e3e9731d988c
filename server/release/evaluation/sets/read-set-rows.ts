import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { parsedJson } from "#server/base/parsed-json.ts";
import type { ColumnBatch, ColumnTable, RawColumn } from "#server/develop/datasets/rows/columns.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { shown } from "#server/develop/datasets/rows/shown.ts";
import type { Value } from "#server/develop/datasets/rows/value.ts";
import type { EvaluationSetDefinition, EvaluationSetFacts, EvaluationTask, SegmentDefinition } from "../contract.ts";
import { type RegionKind, readLabelRegions, readOffsets } from "../regions/label-regions.ts";
import { storeRegions } from "../regions/stored-regions.ts";
import type { ColumnData } from "../rows/pack-columns.ts";
import { type RowTest, rowTest } from "./row-conditions.ts";
import type { SetHead, SetRows } from "./set-rows.ts";

/** Rows that a set may have. A run keeps a few numbers of each in memory. */
const maxSetRows = 2_000_000;
/** Texts are kept as a whole. */
const maxTextRows = 100_000;
const maxClasses = 1000;
const maxFlags = 200;
/** Labels and answers are a byte each, in a few copies. */
const maxFlagCells = 100_000_000;
/** Predictions have single precision, and so have errors. */
const maxNumber = 3.4e38;
const maxWeight = 1e30;
/** Gain grows as a power of relevance. */
const maxRelevance = 1000;
/** Values of a column that become segments, the most frequent first. */
const maxLevels = 50;
/** Different values of a column that are counted to find these. */
const maxCounted = 60_000;
const progressMs = 1000;

interface Reading {
  rows: SetRows;
  facts: EvaluationSetFacts;
}

/**
 * Reads the rows of a dataset version as the rows of a set: labels, weights, segments, and what is left out and why. Memory grows by some bytes
 * per row of the set.
 * @param rowsExpected of the file. @param onProgress how many rows were read, about once a second
 * @throws UnreadableFile for a row that cannot be used; DomainError "invalid" for a definition that does not fit the table
 */
export async function readSetRows(
  { columns, batches }: ColumnTable,
  definition: EvaluationSetDefinition,
  rowsExpected: number,
  onProgress: (rowsRead: number) => Promise<void>,
): Promise<Reading> {
  const { task } = definition;
  const indexOf = (name: string, what: string) => {
    const index = columns.indexOf(name);
    if (index >= 0) return index;
    throw new DomainError("invalid", `There is no column "${name}" for ${what}.`);
  };
  const max = ["transcription", "boxes", "spans"].includes(task.kind) ? maxTextRows : maxSetRows;
  const label = indexOf(task.label, "the labels");
  const truths = truthReader(task, Math.min(rowsExpected, max));
  const extras = extraColumns(definition, indexOf);
  const segments = definition.segments.map((segment) => segmentReader(segment, columns, indexOf));
  const groups = definition.groups
    .filter((column) => !definition.segments.some((segment) => "column" in segment && segment.column === column))
    .map((column) => segmentReader({ column }, columns, indexOf));
  const isOfSet = definition.filter === null ? undefined : rowTest(definition.filter, columns);
  const exclusions = definition.excluded.map((exclusion) => ({
    reason: exclusion.reason,
    count: 0,
    isMet: exclusionTest(exclusion, columns),
  }));
  const numbers: number[] = [];
  const facts = { rows: 0, filteredOut: 0, unlabelled: 0 };
  let reportedAt = performance.now();
  for await (const batch of batches) {
    for (let row = 0; row < batch.rows; row += 1) {
      const number = facts.rows + 1;
      facts.rows = number;
      if (isOfSet && !isOfSet(batch.columns, row)) {
        facts.filteredOut += 1;
        continue;
      }
      const exclusion = exclusions.find(({ isMet }) => isMet(batch.columns, row, number));
      if (exclusion) {
        exclusion.count += 1;
        continue;
      }
      const cell = cellOf(batch, label, row);
      // Silence is transcribed as nothing, which is a label.
      if (cell === null && task.kind !== "transcription") {
        facts.unlabelled += 1;
        continue;
      }
      if (numbers.length >= max) {
        throw new DomainError("invalid", `At most ${formatCount(max)} rows per set. Add a condition that takes fewer.`);
      }
      const at = { line: batch.lines?.[row] ?? batch.at + row, column: task.label };
      truths.add(cell, at);
      for (const extra of extras) extra.add(cellOf(batch, extra.index, row), { ...at, column: extra.column });
      for (const segment of [...segments, ...groups]) segment.add(batch.columns, row);
      numbers.push(number);
    }
    if (performance.now() - reportedAt < progressMs) continue;
    await onProgress(facts.rows);
    reportedAt = performance.now();
  }
  if (numbers.length === 0) {
    throw new DomainError("invalid", "No row is left to evaluate: all are filtered out, excluded, or have no label.");
  }
  const truth = truths.finish();
  const found = [...segments, ...groups].map((segment, index) => segment.finish(`segment.${index}`, definition.groups));
  const head: SetHead = {
    classes: truth.classes,
    names: Object.fromEntries(extras.flatMap(({ name, names }) => (names ? [[name, names()]] : []))),
    segments: found.flatMap(({ segments }) => segments.map(({ rows: _, ...segment }) => segment)),
  };
  const set: SetRows = {
    rows: numbers.length,
    head,
    columns: {
      row: Uint32Array.from(numbers),
      truth: truth.data,
      ...Object.fromEntries(extras.map(({ name, finish }) => [name, finish()])),
      ...Object.fromEntries(found.map(({ key, data }) => [key, data])),
    },
  };
  return {
    rows: set,
    facts: {
      ...facts,
      included: set.rows,
      excluded: exclusions.map(({ reason, count }) => ({ reason, rows: count })),
      classes: truth.counts && truth.classes.map((name, index) => ({ name, rows: truth.counts?.[index] ?? 0 })),
      segments: found.flatMap(({ segments }) =>
        segments.map(({ id, title, column, isGroup, rows }) => ({ id, title, column, isGroup, rows })),
      ),
      notes: found.flatMap(({ note }) => (note ? [note] : [])),
    },
  };
}

interface Place {
  line: number;
  column: string;
}

const cellOf = ({ columns }: ColumnBatch, index: number, row: number): Value => {
  const column = columns[index];
  return column ? column.value(column.cells[row]) : null;
};

function exclusionTest(
  exclusion: EvaluationSetDefinition["excluded"][number],
  columns: readonly string[],
): (batch: readonly RawColumn[], row: number, number: number) => boolean {
  if ("filter" in exclusion) return rowTest(exclusion.filter, columns);
  const numbers = new Set(exclusion.rows);
  return (_batch, _row, number) => numbers.has(number);
}

interface Truths {
  add(cell: Value, place: Place): void;
  finish(): { classes: string[]; counts: number[] | null; data: ColumnData };
}

function truthReader(task: EvaluationTask, rows: number): Truths {
  switch (task.kind) {
    case "classification":
      return classTruths(rows, task.positive);
    case "multilabel":
      return flagTruths();
    case "transcription":
      return textTruths();
    case "boxes":
    case "spans":
      return regionTruths(task.kind);
    case "anomaly":
      return numberTruths(rows, (value, place) => {
        if (value.number === 0 || value.number === 1) return value.number;
        throw unfit(value, place, "neither 0 nor 1");
      });
    default:
      return numberTruths(rows, (value, place) => {
        const isNumber = value.kind === "integer" || value.kind === "number";
        if (!isNumber || !Number.isFinite(value.number)) throw unfit(value, place, "not a number");
        if (Math.abs(value.number) > maxNumber) throw unfit(value, place, "beyond the range of single precision");
        if (task.kind === "ranking" && !(value.number >= 0 && value.number <= maxRelevance)) {
          throw unfit(value, place, `not a relevance from 0 to ${formatCount(maxRelevance)}`);
        }
        return value.number;
      });
  }
}

function unfit(value: NonNullable<Value>, { line, column }: Place, what: string): UnreadableFile {
  const words = `Line ${line}: "${shown(value.text).slice(0, 60)}" in column "${column}" is ${what}.`;
  return new UnreadableFile(words, { line, column });
}

function numberTruths(rows: number, read: (value: NonNullable<Value>, place: Place) => number): Truths {
  const data = new Float64Array(rows);
  let count = 0;
  return {
    add: (cell, place) => {
      if (cell) data[count] = read(cell, place);
      count += 1;
    },
    finish: () => ({ classes: [], counts: null, data: data.slice(0, count) }),
  };
}

function textTruths(): Truths {
  const texts: string[] = [];
  return {
    add: (cell) => texts.push(cell?.text ?? ""),
    finish: () => ({ classes: [], counts: null, data: texts }),
  };
}

function regionTruths(kind: RegionKind): Truths {
  const rows: { code: number; numbers: number[] }[][] = [];
  const rowsOf: number[] = [];
  const counter = new LevelCounter(maxClasses, "Boxes and spans need at most 1,000 different classes");
  return {
    add: (cell, place) => {
      const regions = readLabelRegions(kind, cell?.text ?? "");
      if (typeof regions === "string") throw unfit(cell as NonNullable<Value>, place, regions);
      const row = regions.map(({ label, numbers }) => ({ code: counter.add(label, place), numbers }));
      for (const code of new Set(row.map((one) => one.code))) rowsOf[code] = (rowsOf[code] ?? 0) + 1;
      rows.push(row);
    },
    finish: () => {
      const names = [...counter.counts.keys()];
      const classes = sortedNames(names);
      const position = names.map((name) => classes.indexOf(name));
      const counts = classes.map((name) => rowsOf[names.indexOf(name)] ?? 0);
      const data = rows.map((row) => storeRegions(row.map(({ code, numbers }) => [position[code] ?? 0, ...numbers])));
      return { classes, counts, data };
    },
  };
}

function classTruths(rows: number, positive: string | null): Truths {
  const data = new Uint16Array(rows);
  const counter = new LevelCounter(maxClasses, "Classification needs at most 1,000 different labels");
  let count = 0;
  return {
    add: (cell, place) => {
      data[count] = counter.add(cell?.text ?? "", place);
      count += 1;
    },
    finish: () => {
      const sorted = sortedNames([...counter.counts.keys()]);
      if (positive !== null && (sorted.length !== 2 || !sorted.includes(positive))) {
        throw new DomainError(
          "invalid",
          `"${positive}" can be the class to be found only of two classes; the labels are ${listed(sorted)}.`,
        );
      }
      const classes = positive === null ? sorted : [...sorted.filter((name) => name !== positive), positive];
      const position = [...counter.counts.keys()].map((name) => classes.indexOf(name));
      const counts = classes.map((name) => counter.counts.get(name) ?? 0);
      return { classes, counts, data: data.slice(0, count).map((code) => position[code] ?? 0) };
    },
  };
}

function flagTruths(): Truths {
  const lists: number[][] = [];
  const counter = new LevelCounter(maxFlags, "Multi-label tasks need at most 200 different classes");
  return {
    add: (cell, place) => {
      const names = new Set(namesOf(cell?.text ?? ""));
      lists.push([...names].map((name) => counter.add(name, place)));
    },
    finish: () => {
      const names = [...counter.counts.keys()];
      const classes = sortedNames(names);
      const position = names.map((name) => classes.indexOf(name));
      if (lists.length * classes.length > maxFlagCells) {
        throw new DomainError(
          "invalid",
          `${formatCount(lists.length)} rows of ${classes.length} classes are too many. Rows times classes may be ${formatCount(maxFlagCells)} at most.`,
        );
      }
      const data = new Uint8Array(lists.length * classes.length);
      for (const [row, codes] of lists.entries()) {
        for (const code of codes) data[row * classes.length + (position[code] ?? 0)] = 1;
      }
      return { classes, counts: classes.map((name) => counter.counts.get(name) ?? 0), data };
    },
  };
}

/** Reads the classes of a row: a JSON list, or names separated by "|". "[]" and "none" are no class. */
function namesOf(text: string): string[] {
  const list = text.startsWith("[") ? parsedJson(text) : undefined;
  const names = Array.isArray(list) ? list.map(String) : text.split("|");
  return names.map((name) => name.trim()).filter((name) => name !== "" && name !== "none");
}

const listed = (names: readonly string[]) =>
  `${names
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;

/** Sorts names: numbers by value, all others by code units, so that every machine says the same. */
function sortedNames(names: readonly string[]): string[] {
  const areNumbers = names.every((name) => name.trim() !== "" && Number.isFinite(Number(name)));
  return names.toSorted((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

/** Numbers different texts in the order in which they come, and counts them. */
class LevelCounter {
  readonly counts = new Map<string, number>();
  readonly #codes = new Map<string, number>();
  readonly #max: number;
  readonly #limit: string;

  constructor(max: number, limit: string) {
    this.#max = max;
    this.#limit = limit;
  }

  add(text: string, { line, column }: Place): number {
    const code = this.#codes.get(text) ?? this.#codes.size;
    if (code >= this.#max) {
      throw new UnreadableFile(`${this.#limit}; column "${column}" has more up to line ${line}.`, { line, column });
    }
    this.#codes.set(text, code);
    this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
    return code;
  }
}

interface ExtraColumn {
  name: "weight" | "cluster" | "unit" | "series" | "horizon" | "offsets";
  column: string;
  index: number;
  add(cell: Value, place: Place): void;
  finish(): ColumnData;
  names?: () => string[];
}

function extraColumns(
  { task, weight, cluster }: EvaluationSetDefinition,
  indexOf: (name: string, what: string) => number,
): ExtraColumn[] {
  const extras: ExtraColumn[] = [];
  const codes = (name: ExtraColumn["name"], column: string | null, what: string) => {
    if (column === null) return;
    const index = indexOf(column, what);
    const values: number[] = [];
    const counter = new LevelCounter(maxSetRows + 1, "Too many different values");
    extras.push({
      name,
      column,
      index,
      add: (cell, place) => values.push(counter.add(cell?.text ?? "", place)),
      finish: () => Uint32Array.from(values),
      ...(name !== "cluster" && { names: () => [...counter.counts.keys()] }),
    });
  };
  if (weight !== null) {
    const values: number[] = [];
    extras.push({
      name: "weight",
      column: weight,
      index: indexOf(weight, "the weights"),
      add: (cell, place) => {
        if (cell === null) throw new UnreadableFile(`Line ${place.line}: column "${weight}" has no weight.`, place);
        if (!(cell.number >= 0 && cell.number <= maxWeight))
          throw unfit(cell, place, "not a weight, which is 0 or more, and at most 1e30");
        values.push(cell.number);
      },
      finish: () => Float32Array.from(values),
    });
  }
  if (task.kind === "spans" && task.offsets !== null) extras.push(offsetsColumn(task.offsets, indexOf));
  codes("cluster", cluster, "rows of one entity");
  if (task.kind === "ranking") codes("unit", task.list, "the lists");
  if (task.kind === "anomaly") codes("unit", task.machine, "the machines");
  if (task.kind === "forecast") {
    codes("series", task.series, "the series");
    codes("horizon", task.horizon, "the horizon");
  }
  return extras;
}

/** Limits of the tokens of each text. */
function offsetsColumn(column: string, indexOf: (name: string, what: string) => number): ExtraColumn {
  const texts: string[] = [];
  return {
    name: "offsets",
    column,
    index: indexOf(column, "the limits of tokens"),
    add: (cell, place) => {
      const text = cell?.text ?? "[]";
      if (!readOffsets(text)) throw unfit(cell as NonNullable<Value>, place, "not a JSON list of pairs of code points");
      texts.push(text);
    },
    finish: () => texts,
  };
}

interface FoundSegments {
  key: string;
  data: ColumnData;
  segments: (SetHead["segments"][number] & { rows: number })[];
  note?: string;
}

interface SegmentReader {
  add(columns: readonly RawColumn[], row: number): void;
  finish(key: string, groups: readonly string[]): FoundSegments;
}

function segmentReader(
  segment: SegmentDefinition,
  columns: readonly string[],
  indexOf: (name: string, what: string) => number,
): SegmentReader {
  if ("filter" in segment) return filterSegment(segment.name, rowTest(segment.filter, columns));
  const { column } = segment;
  const index = indexOf(column, "segments");
  const codes: number[] = [];
  const counts = new Map<string, { code: number; rows: number }>();
  return {
    add: (batch, row) => {
      const raw = batch[index];
      const text = (raw ? raw.value(raw.cells[row])?.text : undefined) ?? "";
      let level = counts.get(text);
      if (!level) {
        if (counts.size >= maxCounted) throw tooManyLevels(column);
        level = { code: counts.size, rows: 0 };
        counts.set(text, level);
      }
      level.rows += 1;
      codes.push(level.code);
    },
    finish: (key, groups) => {
      // A missing value is no segment.
      const levels = [...counts].filter(([text]) => text !== "");
      const kept = levels.toSorted(([a, x], [b, y]) => y.rows - x.rows || (a < b ? -1 : 1)).slice(0, maxLevels);
      const values = new Uint16Array(counts.size);
      for (const [position, [, { code }]] of kept.entries()) values[code] = position + 1;
      const left = levels.length - kept.length;
      return {
        key,
        data: Uint16Array.from(codes, (code) => values[code] ?? 0),
        segments: kept.map(([text, { rows }], position) => ({
          id: `${column}=${text}`,
          title: `${column} = ${text}`,
          column,
          isGroup: groups.includes(column),
          key,
          value: position + 1,
          rows,
        })),
        ...(left > 0 && {
          note: `"${column}" has ${formatCount(levels.length)} different values; the ${maxLevels} most frequent are segments.`,
        }),
      };
    },
  };
}

function tooManyLevels(column: string): DomainError {
  return new DomainError(
    "invalid",
    `"${column}" has more than ${formatCount(maxCounted)} different values. Use conditions for segments of it.`,
  );
}

function filterSegment(name: string, isMet: RowTest): SegmentReader {
  const flags: number[] = [];
  return {
    add: (columns, row) => flags.push(isMet(columns, row) ? 1 : 0),
    finish: (key) => {
      const rows = flags.reduce((sum, flag) => sum + flag, 0);
      const segment = { id: name, title: name, column: null, isGroup: false, key, value: 1, rows };
      return { key, data: Uint8Array.from(flags), segments: [segment] };
    },
  };
}
