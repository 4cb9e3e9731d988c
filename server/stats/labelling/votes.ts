import { ArgumentError, requireSameLength } from "../argument-error.ts";

/**
 * Answers of annotators as classes, a row per vote. The columns are typed arrays, so that a worker thread takes them without a copy. An
 * item without an answer of an annotator has no row.
 */
export interface Votes {
  /** Item of each vote, from 0 to below `items`. */
  item: Int32Array;
  /** Annotator of each vote, from 0 to below `annotators`. */
  annotator: Int32Array;
  /** Class of each vote, from 0 to below `classes`. */
  given: Int32Array;
  items: number;
  annotators: number;
  classes: number;
}

/** Votes in the order of their items: those of item i are at `start[i]` to below `start[i + 1]` of `order`. */
export interface ItemOrder {
  start: Int32Array;
  /** Rows of the votes. */
  order: Int32Array;
}

/** Numbers of a table of items and classes: 800 MB at this limit. */
const maxCells = 1e8;
const maxRows = 1e8;

/** Fails unless all votes name existing items, annotators and classes. @throws ArgumentError */
export function requireVotes({ item, annotator, given, items, annotators, classes }: Votes): void {
  requireSameLength(item, annotator, "Items and annotators of votes");
  requireSameLength(item, given, "Items and classes of votes");
  requireIndexes(item, items, "Items");
  requireIndexes(annotator, annotators, "Annotators");
  requireIndexes(given, classes, "Classes");
  if (items * classes > maxCells || annotators * classes > maxCells) {
    throw new ArgumentError("There must be at most 100 million cells of items or annotators by classes.");
  }
}

/** Fails unless all values are whole numbers from 0 to below the count. @param what subject, in the plural @throws ArgumentError */
export function requireIndexes(values: ArrayLike<number>, count: number, what: string): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= maxRows)) {
    throw new ArgumentError(`${what} must be counted, up to 100 million.`);
  }
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!(value >= 0 && value < count && Number.isInteger(value))) {
      throw new ArgumentError(`${what} must be whole numbers from 0 to below their count.`);
    }
  }
}

/** Sorts votes by their item, keeping the order of the votes of one item. @throws ArgumentError for an item that does not exist */
export function orderByItem(item: Int32Array, items: number): ItemOrder {
  requireIndexes(item, items, "Items");
  const start = new Int32Array(items + 1);
  for (let row = 0; row < item.length; row += 1) {
    const after = (item[row] as number) + 1;
    start[after] = (start[after] as number) + 1;
  }
  for (let at = 0; at < items; at += 1) start[at + 1] = (start[at + 1] as number) + (start[at] as number);
  const next = start.slice(0, items);
  const order = new Int32Array(item.length);
  for (let row = 0; row < item.length; row += 1) {
    const at = item[row] as number;
    order[next[at] as number] = row;
    next[at] = (next[at] as number) + 1;
  }
  return { start, order };
}

/** Counts the votes of each item for each class: `items` rows of `classes`. @throws ArgumentError for votes that do not fit */
export function classCounts(votes: Votes): Float64Array {
  requireVotes(votes);
  const { item, given, items, classes } = votes;
  const counts = new Float64Array(items * classes);
  for (let row = 0; row < item.length; row += 1) {
    const cell = (item[row] as number) * classes + (given[row] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}
