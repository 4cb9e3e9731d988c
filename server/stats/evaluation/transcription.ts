import { ArgumentError, requireCounts } from "../argument-error.ts";
import { type BootstrapOptions, bootstrapOfSums } from "./bootstrap.ts";
import { editSteps, lastOf } from "./edit-distance.ts";
import { normaliseTranscript } from "./normalise-transcript.ts";
import { type MetricEstimate, sumByCluster } from "./ratio-metrics.ts";

/** Errors of one recording. All counts are 0 where nothing was said, but for invented words. */
export interface WordCounts {
  hits: number;
  substitutions: number;
  deletions: number;
  insertions: number;
  /** Characters of the actual text, spaces included, and the smallest number of changes to them. */
  characters: number;
  characterErrors: number;
  /** Words predicted for a recording in which nothing was said. */
  silentInsertions: number;
  isSilent: boolean;
}

/** A larger table of words, or of characters, which are compared 32 at a time, takes more than a second. */
const maxWordPairs = 100_000_000;
const maxCharacterPairs = 4_000_000_000;
/** Different characters by characters, of which each pair is a bit in memory: 200 MB. */
const maxCharacterBits = 1_600_000_000;
/** Pairs of words of one step: a few milliseconds. */
const stepPairs = 2_000_000;

interface TranscriptOptions {
  /** Compares normalised texts; false as jiwer, with case and punctuation. */
  isNormalised?: boolean;
}

/**
 * Compares a predicted text with the actual one, word by word and character by character. Of all shortest edits the one with the most hits
 * counts, because only the sum of substitutions, deletions and insertions is unique (docs/spec/evaluation.md section 5.2).
 * @throws ArgumentError for texts with more than 100 million pairs of words or four billion pairs of characters
 */
export function compareTranscripts(actual: string, predicted: string, options: TranscriptOptions = {}): WordCounts {
  const counts = lastOf(transcriptSteps(actual, predicted, options));
  if (!counts) throw new ArgumentError("Transcripts must have at most 100 million pairs of words.");
  return counts;
}

/** Compares as compareTranscripts does, in steps of a few milliseconds, so that other work can run between them. @returns null for too long texts */
export function* transcriptSteps(
  actual: string,
  predicted: string,
  { isNormalised = true }: TranscriptOptions = {},
): Generator<void, WordCounts | null> {
  const [reference, hypothesis] = isNormalised
    ? [normaliseTranscript(actual), normaliseTranscript(predicted)]
    : [actual.trim(), predicted.trim()];
  const [said, found] = [wordsOf(reference), wordsOf(hypothesis)];
  if (said.length === 0) {
    return {
      hits: 0,
      substitutions: 0,
      deletions: 0,
      insertions: 0,
      characters: 0,
      characterErrors: 0,
      silentInsertions: found.length,
      isSilent: true,
    };
  }
  const [characters, predictedCharacters] = [[...reference], [...hypothesis]];
  if (said.length * found.length > maxWordPairs) return null;
  if (characters.length * predictedCharacters.length > maxCharacterPairs) return null;
  if (new Set(characters).size * characters.length > maxCharacterBits) return null;
  const { cost, hits } = yield* alignment(said, found);
  // Hits, substitutions and deletions are the words said; hits, substitutions and insertions those predicted.
  const substitutions = said.length + found.length - 2 * hits - cost;
  const step = Math.ceil((32 * stepPairs) / characters.length);
  return {
    hits,
    substitutions,
    deletions: said.length - hits - substitutions,
    insertions: found.length - hits - substitutions,
    characters: characters.length,
    characterErrors: yield* editSteps(characters, predictedCharacters, step),
    silentInsertions: 0,
    isSilent: false,
  };
}

function wordsOf(text: string): string[] {
  return text === "" ? [] : text.split(/ +/);
}

/** Finds the cost of a shortest edit, and the most hits of one. */
function* alignment(
  said: readonly string[],
  found: readonly string[],
): Generator<void, { cost: number; hits: number }> {
  const numbers = new Map<string, number>();
  const numberOf = (word: string) => {
    const known = numbers.get(word) ?? numbers.size;
    numbers.set(word, known);
    return known;
  };
  const [a, b] = [Int32Array.from(said, numberOf), Int32Array.from(found, numberOf)];
  // One edit outweighs all hits.
  const edit = Math.min(a.length, b.length) + 1;
  let above = Float64Array.from({ length: b.length + 1 }, (_, at) => at * edit);
  let row = new Float64Array(b.length + 1);
  const advance = (i: number) => {
    row[0] = (i + 1) * edit;
    for (let j = 0; j < b.length; j += 1) {
      const diagonal = (above[j] as number) + (a[i] === b[j] ? -1 : edit);
      row[j + 1] = Math.min(diagonal, (above[j + 1] as number) + edit, (row[j] as number) + edit);
    }
    [above, row] = [row, above];
  };
  const step = Math.ceil(stepPairs / Math.max(1, b.length));
  for (let i = 0; i < a.length; i += 1) {
    if (i > 0 && i % step === 0) yield;
    advance(i);
  }
  const total = above[b.length] as number;
  const cost = Math.ceil(total / edit);
  return { cost, hits: cost * edit - total };
}

/** Rates of all recordings in which something was said, pooled over words; null where nothing was. */
export interface TranscriptionMetrics {
  recordings: number;
  /** Recordings in which nothing was said. The rates leave them out. */
  silent: number;
  hits: number;
  substitutions: number;
  deletions: number;
  insertions: number;
  /** Word error rate: may exceed 1. */
  wer: MetricEstimate;
  /** Match error rate. */
  mer: MetricEstimate;
  /** Word information lost, and preserved. */
  wil: MetricEstimate;
  wip: MetricEstimate;
  /** Character error rate. */
  cer: MetricEstimate;
  silentInsertions: number;
  /** Null without silent recordings. */
  insertionsPerSilent: number | null;
}

const rates = ["wer", "mer", "wil", "wip", "cer"] as const;

/**
 * Computes error rates over recordings, pooled over words, so that long recordings weigh more, with a percentile bootstrap of recordings or of
 * clusters, as speakers (Morris, Maier, Green, "From WER and RIL to MER and WIL", 2004; docs/spec/evaluation.md section 5.2).
 * @param clusters number of the speaker of each recording
 * @throws ArgumentError unless counts are numbers from 0 to 2^53, or without a cluster for a recording
 */
export function transcriptionMetrics(
  counts: readonly WordCounts[],
  { clusters = null, ...options }: { clusters?: Uint32Array | null } & BootstrapOptions = {},
): TranscriptionMetrics {
  const columns = (["hits", "substitutions", "deletions", "insertions", "characters", "characterErrors"] as const).map(
    (name) => {
      const values = Float64Array.from(counts, (one) => (one.isSilent ? 0 : one[name]));
      requireCounts(values, "Word counts");
      return values;
    },
  );
  const all = Uint32Array.from(counts, (_, at) => at);
  const units = clusters ? columns.map((values) => sumByCluster(values, clusters, all)) : columns;
  const sums = Float64Array.from(columns, (values) => values.reduce((sum, value) => sum + value, 0));
  const value = new Float64Array(rates.length);
  writeRates(sums, value);
  const bands = bootstrapOfSums(units, rates.length, writeRates, options);
  const rateOf = (rate: (typeof rates)[number]): MetricEstimate => {
    const at = rates.indexOf(rate);
    const own = value[at] as number;
    return Number.isNaN(own) ? { value: null, interval: null } : { value: own, interval: bands[at] ?? null };
  };
  const silent = counts.filter(({ isSilent }) => isSilent);
  const silentInsertions = silent.reduce((sum, one) => sum + one.silentInsertions, 0);
  return {
    recordings: counts.length,
    silent: silent.length,
    hits: sums[0] as number,
    substitutions: sums[1] as number,
    deletions: sums[2] as number,
    insertions: sums[3] as number,
    wer: rateOf("wer"),
    mer: rateOf("mer"),
    wil: rateOf("wil"),
    wip: rateOf("wip"),
    cer: rateOf("cer"),
    silentInsertions,
    insertionsPerSilent: silent.length > 0 ? silentInsertions / silent.length : null,
  };
}

function writeRates(sums: Float64Array, into: Float64Array): void {
  const [hits, substitutions, deletions, insertions, characters, characterErrors] = sums as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const errors = substitutions + deletions + insertions;
  const said = hits + substitutions + deletions;
  const predictedLength = hits + substitutions + insertions;
  const preserved = said === 0 ? Number.NaN : predictedLength === 0 ? 0 : (hits / said) * (hits / predictedLength);
  into[0] = said === 0 ? Number.NaN : errors / said;
  into[1] = said === 0 ? Number.NaN : errors / (hits + errors);
  into[2] = 1 - preserved;
  into[3] = preserved;
  into[4] = said === 0 || characters === 0 ? Number.NaN : characterErrors / characters;
}
