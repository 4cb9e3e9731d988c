import { dawidSkene } from "./dawid-skene.ts";
import { type LabelledSpan, requireSpans } from "./span-agreement.ts";
import { requireIndexes } from "./votes.ts";

/** Spans that one annotator marked in one text, none for "nothing there". */
export interface MarkedSpans {
  item: number;
  annotator: number;
  spans: readonly LabelledSpan[];
}

export interface ConsensusSpan extends LabelledSpan {
  item: number;
  /** Probability that the span is there. */
  posterior: number;
}

/** A span that someone marked, as an item that each annotator of its text says yes or no to. */
interface Candidate extends LabelledSpan {
  item: number;
  markedBy: Set<number>;
}

const maxCount = 1e6;

/**
 * Places without a span that are added per candidate, in the same text: they are known to be nothing and nobody marked them. Without them
 * only marked places are seen, so that every place looks marked by someone, and two of three marks would be too few (simulated).
 */
const emptyPlaces = 2;

/**
 * Decides which spans of texts are there. Each span that someone marked is a question, which each annotator of the text answered with yes
 * or no; per class, Dawid and Skene's estimate says how probable it is, beside places that nobody marked and with the floor for annotators
 * of few answers. Spans with a posterior above 0.5 are kept. docs/spec/labelling.md section 6.4.
 * @returns spans by item, start and end @throws ArgumentError for items or annotators that are not numbered, or spans that end before they
 * start
 */
export function spanConsensus(answers: readonly MarkedSpans[]): ConsensusSpan[] {
  requireIndexes(
    answers.map(({ item }) => item),
    maxCount,
    "Items",
  );
  requireIndexes(
    answers.map(({ annotator }) => annotator),
    maxCount,
    "Annotators",
  );
  const people = new Map<number, Set<number>>();
  const byLabel = new Map<string, Map<string, Candidate>>();
  for (const { item, annotator, spans } of answers) {
    requireSpans(spans);
    setOf(people, item, () => new Set()).add(annotator);
    for (const span of spans) {
      const candidates = setOf(byLabel, span.label, () => new Map());
      const key = `${item} ${span.start} ${span.end}`;
      setOf(candidates, key, () => ({ ...span, item, markedBy: new Set() })).markedBy.add(annotator);
    }
  }
  return [...byLabel.values()]
    .flatMap((candidates) => keptSpans([...candidates.values()], people))
    .sort((a, b) => a.item - b.item || a.start - b.start || a.end - b.end || (a.label < b.label ? -1 : 1));
}

function keptSpans(
  candidates: readonly Candidate[],
  people: ReadonlyMap<number, ReadonlySet<number>>,
): ConsensusSpan[] {
  const rows = candidates.flatMap(({ item, markedBy }, at) =>
    [...(people.get(item) ?? [])].flatMap((annotator) => [
      { at, annotator, given: markedBy.has(annotator) ? 1 : 0 },
      ...Array.from({ length: emptyPlaces }, (_, place) => ({
        at: candidates.length * (place + 1) + at,
        annotator,
        given: 0,
      })),
    ]),
  );
  // Annotators of other classes have no votes here; numbering those who have keeps confusions small.
  const numbers = new Map([...new Set(rows.map(({ annotator }) => annotator))].map((one, at) => [one, at]));
  const items = candidates.length * (1 + emptyPlaces);
  const { posterior } = dawidSkene(
    {
      item: Int32Array.from(rows, ({ at }) => at),
      annotator: Int32Array.from(rows, ({ annotator }) => numbers.get(annotator) as number),
      given: Int32Array.from(rows, ({ given }) => given),
      items,
      annotators: numbers.size,
      classes: 2,
    },
    { hasFloor: true, gold: new Int32Array(items).fill(-1, 0, candidates.length) },
  );
  return candidates
    .map(({ item, start, end, label }, at) => ({ item, start, end, label, posterior: posterior[2 * at + 1] as number }))
    .filter((span) => span.posterior > 0.5);
}

/** Returns the value of a key, which is made if there is none. */
function setOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
