import { ArgumentError, requireFinite } from "../argument-error.ts";
import { normalFrom, seededRandom } from "../random.ts";

/** Random planes through the origin of an embedding space, which divide it into 2^64 cells. */
export interface Hyperplanes {
  dimensions: number;
  /** The normals of 64 planes, one after the other. */
  normals: Float64Array;
}

const bits = 64;
const maxDimensions = 100_000;
/** Codes of near duplicates differ in at most this many bits. */
const maxDistance = 3;

/**
 * Draws 64 planes, always the same for a number of dimensions, so that codes of different days and machines can be compared.
 * @throws ArgumentError unless there are 1 to 100,000 dimensions
 */
export function hyperplanes(dimensions: number): Hyperplanes {
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= maxDimensions)) {
    throw new ArgumentError("The number of dimensions must be whole, from 1 to 100,000.");
  }
  const random = seededRandom(dimensions);
  return { dimensions, normals: Float64Array.from({ length: bits * dimensions }, () => normalFrom(random)) };
}

/**
 * Computes on which side of each plane an embedding lies, as 16 hexadecimal digits. Two codes differ in each bit with a probability of the angle
 * between the embeddings divided by π. Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002.
 * @param centre subtracted first: the mean of embeddings, without which those of networks that give no negative values all lie near each other
 * @throws ArgumentError for embeddings of another length, or values that are not finite
 */
export function hyperplaneCode(
  embedding: ArrayLike<number>,
  { dimensions, normals }: Hyperplanes,
  centre?: ArrayLike<number>,
): string {
  if (
    embedding.length !== dimensions ||
    (centre && centre.length !== dimensions) ||
    normals.length < bits * dimensions
  ) {
    throw new ArgumentError("An embedding must have as many values as the planes have dimensions.");
  }
  requireFinite(embedding, "Values of embeddings");
  if (centre) requireFinite(centre, "Values of embeddings");
  let code = "";
  for (let digit = 0; digit < bits / 4; digit += 1) {
    let value = 0;
    for (let bit = 0; bit < 4; bit += 1) {
      const from = (4 * digit + bit) * dimensions;
      let side = 0;
      for (let at = 0; at < dimensions; at += 1) {
        side += ((embedding[at] as number) - (centre?.[at] ?? 0)) * (normals[from + at] as number);
      }
      value = 2 * value + (side >= 0 ? 1 : 0);
    }
    code += value.toString(16);
  }
  return code;
}

/** What near duplicates are recognised by. */
export interface TwinItem {
  /** Of the embedding, by `hyperplaneCode`; null for an item without one. */
  code: string | null;
  /** Of the input, whatever the caller hashes it by. */
  digest: string;
}

export interface TwinGroups {
  /** By item: the number of the first item of its group. */
  group: number[];
  /** By item: how many items of its group come before it. */
  twins: number[];
}

/**
 * Groups near duplicates (docs/spec/labelling.md section 9.5). An item joins the group of an earlier one with the same digest, or else the first
 * group whose first item has a code that differs in at most 3 bits. Groups are about their first item, so long chains do not join what is not
 * alike.
 * @param items in the order of the queue
 * @throws ArgumentError for a code that is not 16 hexadecimal digits
 */
export function groupTwins(items: readonly TwinItem[]): TwinGroups {
  const byDigest = new Map<string, number>();
  const sizes = new Map<number, number>();
  const codes = items.map(({ code }) => (code === null ? null : parsedCode(code)));
  const leaders = new Leaders(codes);
  const [group, twins]: [number[], number[]] = [[], []];
  for (const [at, { digest }] of items.entries()) {
    const first = byDigest.get(digest) ?? leaders.near(at) ?? at;
    if (first === at) leaders.add(at);
    if (!byDigest.has(digest)) byDigest.set(digest, first);
    const before = sizes.get(first) ?? 0;
    sizes.set(first, before + 1);
    group.push(first);
    twins.push(before);
  }
  return { group, twins };
}

const blocks = 4;
const blockValues = 2 ** 16;

/** First items of groups by the blocks of their codes. Codes that differ in three bits have at least one of four blocks in common. */
class Leaders {
  /** The newest leader of each value of each block, −1 for none, and the one before of each leader. */
  private readonly newest = new Int32Array(blocks * blockValues).fill(-1);
  private readonly before: Int32Array;
  private readonly codes: readonly (Halves | null)[];

  constructor(codes: readonly (Halves | null)[]) {
    this.codes = codes;
    this.before = new Int32Array(blocks * codes.length).fill(-1);
  }

  add(at: number): void {
    const code = this.codes[at];
    if (!code) return;
    for (let block = 0; block < blocks; block += 1) {
      const place = placeOf(code, block);
      this.before[blocks * at + block] = this.newest[place] as number;
      this.newest[place] = at;
    }
  }

  /** Returns the earliest leader within the distance of an item. */
  near(at: number): number | undefined {
    const own = this.codes[at];
    if (!own) return undefined;
    let first: number | undefined;
    for (let block = 0; block < blocks; block += 1) {
      let one = this.newest[placeOf(own, block)] as number;
      for (; one >= 0; one = this.before[blocks * one + block] as number) {
        const other = this.codes[one] as Halves;
        const distance = onesOf(own[0] ^ other[0]) + onesOf(own[1] ^ other[1]);
        if (distance <= maxDistance && (first === undefined || one < first)) first = one;
      }
    }
    return first;
  }
}

type Halves = readonly [number, number];

function parsedCode(code: string): Halves {
  if (!/^[0-9a-f]{16}$/.test(code)) throw new ArgumentError("A code must have 16 hexadecimal digits.");
  return [Number.parseInt(code.slice(0, 8), 16), Number.parseInt(code.slice(8), 16)];
}

/** Returns the place of a block's value among those of all blocks. */
function placeOf(code: Halves, block: number): number {
  const half = code[block >> 1] as number;
  return block * blockValues + (block % 2 === 0 ? half >>> 16 : half & 0xffff);
}

/** Counts the bits that are 1 in a number of 32 bits. */
function onesOf(value: number): number {
  let pairs = value - ((value >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
