import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { badge, gradientLengths } from "./badge.ts";
import { coreSet } from "./core-set.ts";
import type { Embeddings } from "./embeddings.ts";
import { flatRows, parity } from "./golden-parity-testing.ts";

function embeddingsOf(rows: number[][]): Embeddings {
  const { values, classes } = flatRows(rows);
  return { values, dimensions: classes };
}

parity("coreset", ({ input, expected }, close) => {
  const own = coreSet(embeddingsOf(input.embeddings), input.labelled, input.count);
  close(own.picked, expected.picked);
  close(own.radius, expected.radius);
});

parity("badge", ({ input, expected }, close) => {
  const uniforms = [...input.uniforms];
  const random = () => uniforms.shift() as number;
  const [probabilities, embeddings] = [flatRows(input.probabilities), embeddingsOf(input.embeddings)];
  close(badge(probabilities, embeddings, { count: input.count, random }), expected.picked);
  close(gradientLengths(probabilities, embeddings), expected.norm);
});

test("picks as if gradients were built, from 400 rows of 12 classes", () => {
  const random = seededRandom(3);
  const [rows, classes, dimensions] = [400, 12, 16];
  const values = Float64Array.from({ length: rows * classes }, () => random() ** 3);
  for (let row = 0; row < rows; row += 1) {
    const own = values.subarray(row * classes, (row + 1) * classes);
    const sum = own.reduce((total, value) => total + value, 0);
    own.set(own.map((value) => value / sum));
  }
  const h = Float64Array.from({ length: rows * dimensions }, () => normalFrom(random));
  const picked = badge({ values, classes }, { values: h, dimensions }, { count: 30, random: seededRandom(5) });
  expect(picked).toEqual(pickedByGradients({ values, classes, h, dimensions }, 30, seededRandom(5)));
  expect(new Set(picked).size).toBe(30);
});

/** The same with g in full. */
function pickedByGradients(
  { values, classes, h, dimensions }: { values: Float64Array; classes: number; h: Float64Array; dimensions: number },
  count: number,
  random: () => number,
): number[] {
  const rows = values.length / classes;
  const gradients = Array.from({ length: rows }, (_, row) => {
    const p = Array.from(values.subarray(row * classes, (row + 1) * classes));
    const best = p.indexOf(Math.max(...p));
    return p.flatMap((one, k) =>
      Array.from(h.subarray(row * dimensions, (row + 1) * dimensions), (value) => (one - (k === best ? 1 : 0)) * value),
    );
  });
  const square = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + (value - (b[at] as number)) ** 2, 0);
  const zero = (gradients[0] as number[]).map(() => 0);
  const lengths = gradients.map((one) => square(one, zero));
  const picked = [lengths.indexOf(Math.max(...lengths))];
  while (picked.length < count) {
    const nearest = gradients.map((one) => Math.min(...picked.map((row) => square(one, gradients[row] as number[]))));
    const total = nearest.reduce((sum, value) => sum + value, 0);
    const limit = random();
    const upTo = (row: number) => nearest.slice(0, row + 1).reduce((sum, value) => sum + value / total, 0);
    picked.push(nearest.findIndex((_, row) => upTo(row) > limit));
  }
  return picked;
}
