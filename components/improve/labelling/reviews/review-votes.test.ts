import { describe, expect, test } from "vitest";
import type { Wire } from "#components/ui/wire.ts";
import type { LabelValue } from "#server/improve/labelling/contract.ts";
import type { UnnamedAnswer } from "#server/improve/labelling/reviews/contract.ts";
import { describeGuidelines, describeNames, describeVotes, listVotes } from "./review-votes.ts";

const answer = (id: number) => ({ id, value: { kind: "class", label: "dent" } }) as Wire<UnnamedAnswer>;
const format = (value: LabelValue | null) => (value?.kind === "class" ? value.label : "cannot tell");
const dent: LabelValue = { kind: "class", label: "dent" };
const crush: LabelValue = { kind: "class", label: "crush" };

describe("answers in review", () => {
  test("have letters in their order, and names only afterwards", () => {
    const votes = listVotes([answer(7), answer(3), answer(9)]);
    expect(votes.map(({ letter }) => letter)).toEqual(["A", "B", "C"]);
    const names = new Map([
      [3, "Jan Novak"],
      [7, "Mei Tanaka"],
    ]);
    expect(describeNames(votes, names)).toBe("A: Mei Tanaka, B: Jan Novak");
  });

  test("say which older guidelines they followed, together where it is the same version", () => {
    const by = (id: number, guideline: number) => ({ ...answer(id), guideline });
    const votes = listVotes([by(7, 1), by(3, 2), by(9, 1), by(4, 3)]);
    expect(describeGuidelines(votes, 3)).toBe("A and C used version 1. B used version 2.");
    expect(describeGuidelines(votes.slice(3), 3)).toBe("");
  });

  test("are named by frequency", () => {
    expect(describeVotes([dent, crush, null, crush], format)).toBe("crush or dent or cannot tell");
    expect(describeVotes([], format)).toBe("No answers");
  });
});
