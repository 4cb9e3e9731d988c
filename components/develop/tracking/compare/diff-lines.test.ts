import { expect, test } from "vitest";
import { type DiffLine, diffLines, diffParts } from "./diff-lines.ts";

const signs = { same: " ", added: "+", removed: "-" };
const show = (lines: DiffLine[]) => lines.map(({ kind, text }) => signs[kind] + text);
const diff = (before: string[], after: string[]) => show(diffLines(before.join("\n"), after.join("\n")));

test("marks removed and added lines, and keeps common ones", () => {
  expect(diff(["a", "b", "c", "d"], ["a", "x", "c", "d", "e"])).toEqual([" a", "-b", "+x", " c", " d", "+e"]);
  expect(diff(["a"], ["a"])).toEqual([" a"]);
  expect(show(diffLines("", "a\n"))).toEqual(["+a"]);
  expect(show(diffLines("a\r\nb\n", "a\nb"))).toEqual([" a", " b"]);
});

test("reconstructs both texts with the longest common part, in 200 random texts", () => {
  let state = 7;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 200; round += 1) {
    const text = () => Array.from({ length: next(12) }, () => "abcd"[next(4)] ?? "");
    const [before, after] = [text(), text()];
    const lines = diffLines(before.join("\n"), after.join("\n"));
    const without = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind !== kind).map((line) => line.text);
    expect(without("added")).toEqual(before);
    expect(without("removed")).toEqual(after);
    expect(lines.filter(({ kind }) => kind === "same")).toHaveLength(commonSubsequence(before, after));
  }
});

test("reports texts too long for a line diff as one change, quickly", () => {
  const long = (word: string) => Array.from({ length: 30_000 }, (_, index) => `${word} ${index}`).join("\n");
  expect(diffLines(long("a"), long("b"))).toHaveLength(60_000);
});

test("skips and counts equal lines far from a change", () => {
  const lines = diffLines(
    Array.from({ length: 20 }, (_, index) => `${index}`).join("\n"),
    Array.from({ length: 20 }, (_, index) => (index === 10 ? "ten" : `${index}`)).join("\n"),
  );
  const parts = diffParts(lines, 2);
  expect(parts.map((part) => ("skipped" in part ? part.skipped : part.lines.length))).toEqual([8, 6, 7]);
});

/** Computes the length by exhaustive search; the texts are short. */
function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  const [first, ...rest] = a;
  if (first === undefined || b.length === 0) return 0;
  const at = b.indexOf(first);
  const without = commonSubsequence(rest, b);
  return at < 0 ? without : Math.max(without, 1 + commonSubsequence(rest, b.slice(at + 1)));
}
