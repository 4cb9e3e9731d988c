import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { groupTwins, hyperplaneCode, hyperplanes } from "./near-duplicates.ts";

const dimensions = 64;
const planes = hyperplanes(dimensions);

/** Draws an embedding, and one at an angle to it. */
function pairAt(degrees: number, random: () => number): [number[], number[]] {
  const draw = () => Array.from({ length: dimensions }, () => normalFrom(random));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
  const first = draw();
  const other = draw();
  const along = dot(other, first) / dot(first, first);
  const across = other.map((value, at) => value - along * (first[at] as number));
  const scale = Math.sqrt(dot(first, first) / dot(across, across));
  const angle = (degrees * Math.PI) / 180;
  const turned = first.map((value, at) => Math.cos(angle) * value + Math.sin(angle) * scale * (across[at] as number));
  return [first, turned];
}

function grouped(embeddings: readonly (readonly number[])[]) {
  return groupTwins(embeddings.map((one, at) => ({ code: hyperplaneCode(one, planes), digest: String(at) })));
}

test("groups what is nearly the same and keeps apart what is not", () => {
  const random = seededRandom(4);
  const together = (degrees: number) => {
    let count = 0;
    for (let pair = 0; pair < 400; pair += 1) if (grouped(pairAt(degrees, random)).group[1] === 0) count += 1;
    return count / 400;
  };
  // The distance is binomial of 64 and angle / π: P(at most 3) is 0.978 at 3° and 0.0007 at 35°.
  expect(together(3)).toBeGreaterThan(0.95);
  expect(together(35)).toBeLessThan(0.01);
});

test("finds every code within three bits, and none with four", () => {
  const zero = "0".repeat(16);
  const random = seededRandom(9);
  for (let run = 0; run < 300; run += 1) {
    const places = new Set<number>();
    while (places.size < 4) places.add(Math.floor(64 * random()));
    const codeOf = (count: number) => {
      let value = 0n;
      for (const place of [...places].slice(0, count)) value |= 1n << BigInt(place);
      return value.toString(16).padStart(16, "0");
    };
    const groupOf = (code: string) =>
      groupTwins([
        { code: zero, digest: "a" },
        { code, digest: "b" },
      ]).group[1];
    expect(groupOf(codeOf(3))).toBe(0);
    expect(groupOf(codeOf(4))).toBe(1);
  }
});

test("counts earlier twins, by digest without an embedding, and never joins by a chain", () => {
  const code = (last: string) => "0".repeat(13) + last;
  const items = [
    { code: code("000"), digest: "a" },
    { code: code("007"), digest: "b" },
    { code: code("03f"), digest: "c" },
    { code: null, digest: "b" },
    { code: null, digest: "z" },
    { code: null, digest: "z" },
  ];
  // The third differs in three bits from the second, but in six from the first of the group.
  expect(groupTwins(items)).toEqual({ group: [0, 0, 2, 0, 4, 4], twins: [0, 1, 0, 2, 0, 1] });
});

test("takes the mean of embeddings away, which otherwise puts all into one cell", () => {
  const random = seededRandom(2);
  const mean = new Array<number>(dimensions).fill(40);
  const embeddings = Array.from({ length: 50 }, () => mean.map((value) => value + normalFrom(random)));
  expect(new Set(grouped(embeddings).group).size).toBeLessThan(5);
  const codes = embeddings.map((one, at) => ({ code: hyperplaneCode(one, planes, mean), digest: String(at) }));
  expect(new Set(groupTwins(codes).group).size).toBe(50);
});

test("gives the same code for a number of dimensions at any time", () => {
  expect(hyperplaneCode([1, 2, 3], hyperplanes(3))).toBe(hyperplaneCode([10, 20, 30], hyperplanes(3)));
  expect(() => hyperplaneCode([1, 2], planes)).toThrow("as many values");
});
