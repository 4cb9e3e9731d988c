import type { Wire } from "#components/ui/wire.ts";
import type { LabelValue } from "#server/improve/labelling/contract.ts";
import type { UnnamedAnswer } from "#server/improve/labelling/reviews/contract.ts";

/** An answer as a reviewer sees it: a letter stands for the name until the review is decided, so that names do not influence it. */
export interface Vote {
  letter: string;
  answer: Wire<UnnamedAnswer>;
}

/** Gives answers the letters "A", "B" …, the earliest first. */
export function listVotes(answers: readonly Wire<UnnamedAnswer>[]): Vote[] {
  return answers.map((answer, index) => ({ letter: String.fromCharCode(65 + (index % 26)), answer }));
}

/** Returns what people answered, each answer once, the most frequent first: "dent or crush". */
export function describeVotes(
  values: readonly (LabelValue | null)[],
  format: (value: LabelValue | null) => string,
): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(format(value), (counts.get(format(value)) ?? 0) + 1);
  const texts = [...counts].toSorted(([, a], [, b]) => b - a).map(([text]) => text);
  return texts.length === 0 ? "No answers" : texts.join(" or ");
}

/** Says who is behind the letters, once the review is decided: "A: Mei Tanaka, B: Jan Novak". */
export function describeNames(votes: readonly Vote[], names: ReadonlyMap<number, string>): string {
  return votes
    .flatMap(({ letter, answer }) => {
      const name = names.get(answer.id);
      return name === undefined ? [] : [`${letter}: ${name}`];
    })
    .join(", ");
}

const listed = new Intl.ListFormat("en-GB");

/** Says who answered by older guidelines: "A and C used version 1. B used version 2." */
export function describeGuidelines(votes: readonly Vote[], current: number): string {
  const older = votes.filter(({ answer }) => answer.guideline < current);
  const byVersion = [...Map.groupBy(older, ({ answer }) => answer.guideline)].toSorted(([a], [b]) => a - b);
  return byVersion
    .map(([version, some]) => `${listed.format(some.map(({ letter }) => letter))} used version ${version}.`)
    .join(" ");
}
