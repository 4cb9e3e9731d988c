import { expect, test } from "vitest";
import type { Picture } from "#server/serve/pipeline/picture.ts";
import { corruptPicture, type PixelCorruption } from "./corrupt-picture.ts";
import { changesRows, corruptRow, corruptTexts } from "./corrupt-rows.ts";
import { corruptText } from "./corrupt-text.ts";
import { corruptionKinds, corruptions } from "./corruption-kinds.ts";
import { corruptionRandom } from "./corruption-random.ts";

const side = 112;
const picture: Picture = {
  width: side,
  height: side,
  channels: 3,
  planes: false,
  data: Uint8Array.from({ length: side * side * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
    return (Math.floor(x / 14) + Math.floor(y / 14)) % 2 === 0 ? 180 : 40 + (at % 3) * 20;
  }),
};
const pixelKinds = corruptionKinds.filter(
  (kind): kind is PixelCorruption => corruptions[kind].family === "picture" && kind !== "jpeg",
);
const randomOf = (kind: string, severity = 1) => corruptionRandom(1, 7, kind, severity);
const valuesOf = ({ data }: Picture) => Array.from(data, (value) => value / 255);
const distance = (a: Picture, b: Picture) => {
  const [x, y] = [valuesOf(a), valuesOf(b)];
  return Math.sqrt(x.reduce((sum, value, at) => sum + (value - (y[at] as number)) ** 2, 0) / x.length);
};
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each(pixelKinds)("%s is the same for the same row, and grows with its severity", (kind) => {
  const at = (severity: number) => corruptPicture(picture, kind, severity, randomOf(kind, severity));
  expect(at(3)).toEqual(at(3));
  const distances = [1, 3, 5].map((severity) => distance(at(severity), picture));
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  expect(distances[0]).toBeGreaterThan(0.01);
});

test("draws other numbers for another row, kind or severity", () => {
  const drawn = [corruptionRandom(1, 7, "a", 1), corruptionRandom(1, 8, "a", 1), corruptionRandom(1, 7, "b", 1)];
  const more = [corruptionRandom(1, 7, "a", 2), corruptionRandom(2, 7, "a", 1)];
  expect(new Set([...drawn, ...more].map((random) => random())).size).toBe(5);
});

test("adds noise of the deviation of ImageNet-C, and keeps the mean of a picture under blur", () => {
  const grey: Picture = { ...picture, data: new Uint8Array(picture.data.length).fill(128) };
  const noisy = valuesOf(corruptPicture(grey, "gaussian-noise", 1, randomOf("gaussian-noise")));
  const deviation = Math.sqrt(meanOf(noisy.map((value) => (value - 128 / 255) ** 2)));
  expect(deviation).toBeCloseTo(0.08, 2);
  const shots = valuesOf(corruptPicture(grey, "shot-noise", 1, randomOf("shot-noise")));
  // The variance of a Poisson count is its mean.
  expect(Math.sqrt(meanOf(shots.map((value) => (value - 128 / 255) ** 2)))).toBeCloseTo(Math.sqrt(128 / 255 / 60), 2);
  const struck = valuesOf(corruptPicture(grey, "impulse-noise", 5, randomOf("impulse-noise")));
  expect(struck.filter((value) => value === 0 || value === 1).length / struck.length).toBeCloseTo(0.27, 2);
  for (const kind of ["gaussian-blur", "defocus-blur", "pixelate", "contrast"] as const) {
    const changed = corruptPicture(picture, kind, 3, randomOf(kind));
    expect(meanOf(valuesOf(changed))).toBeCloseTo(meanOf(valuesOf(picture)), 1);
    expect(corruptPicture(grey, kind, 3, randomOf(kind)).data).toEqual(grey.data);
  }
});

test("blurs a point by a normal curve whose deviation scales with the side", () => {
  const data = new Uint8Array(side * side);
  data[56 * side + 56] = 255;
  const point: Picture = { width: side, height: side, channels: 1, planes: false, data };
  const changed = corruptPicture(point, "gaussian-blur", 5, randomOf("gaussian-blur"));
  // 6 at 224, so 3 at 112: the middle of a normal curve in two dimensions.
  expect((changed.data[56 * side + 56] as number) / 255).toBeCloseTo(1 / (2 * Math.PI * 9), 2);
});

test("raises the value of HSV, so that hue stays", () => {
  const colour: Picture = { width: 1, height: 1, channels: 3, planes: false, data: Uint8Array.of(100, 50, 0) };
  expect([...corruptPicture(colour, "brightness", 1, randomOf("brightness")).data]).toEqual([126, 63, 0]);
});

const facts = [
  { kind: "number" as const, quartileRange: 10 },
  { kind: "integer" as const, quartileRange: 4 },
  { kind: "level" as const, quartileRange: 0 },
  { kind: "text" as const, quartileRange: 0 },
];
const rows = Array.from({ length: 4000 }, (_, at) => [at, at, `level ${at % 3}`, "Some words, twice."]);
const shareOf = (hits: (row: number) => boolean) => rows.filter((_, at) => hits(at)).length / rows.length;

test("changes the stated share of cells", () => {
  const changed = (kind: Parameters<typeof corruptRow>[2]["kind"], severity: number) =>
    rows.map((cells, at) => {
      const change = { kind, severity, previous: rows[at - 1] };
      return corruptRow(cells, facts, change, corruptionRandom(1, at, kind, severity));
    });
  const missing = changed("missing-cells", 4);
  expect(shareOf((at) => Number.isNaN(missing[at]?.[0]))).toBeCloseTo(0.2, 1);
  expect(missing.every((cells, at) => cells[1] === at)).toBe(true);
  expect(shareOf((at) => missing[at]?.[2] === "")).toBeCloseTo(0.2, 1);
  const units = changed("other-unit", 5);
  expect(shareOf((at) => at > 0 && (units[at]?.[0] === at * 1000 || units[at]?.[1] === at * 1000))).toBeCloseTo(0.4, 1);
  const before = changed("previous-row", 5);
  expect(shareOf((at) => before[at]?.[0] === at - 1)).toBeCloseTo(0.4, 1);
  const unseen = changed("unseen-level", 3);
  expect(shareOf((at) => unseen[at]?.[2] === "(unseen)")).toBeCloseTo(0.1, 1);
  expect(unseen.every((cells) => cells[3] === "Some words, twice.")).toBe(true);
  const noisy = changed("cell-noise", 5).map((cells, at) => Number(cells[0]) - at);
  expect(Math.sqrt(meanOf(noisy.map((value) => value ** 2)))).toBeCloseTo(10, 0);
  expect(changed("cell-noise", 5).every((cells) => Number.isInteger(cells[1]))).toBe(true);
});

test("says which corruptions change anything", () => {
  const [number, , level] = facts as [(typeof facts)[0], (typeof facts)[0], (typeof facts)[0]];
  expect(changesRows("unseen-level", [number])).toBe(false);
  expect(changesRows("other-unit", [level])).toBe(false);
  expect(changesRows("missing-cells", [{ kind: "integer", quartileRange: 1 }])).toBe(false);
  expect(changesRows("cell-noise", [{ kind: "number", quartileRange: 0 }])).toBe(false);
  expect(changesRows("cell-noise", [number])).toBe(true);
});

test("makes one typo in the stated share of words, and loses case, punctuation and accents", () => {
  const words = Array.from({ length: 3000 }, (_, at) => `Wörd${at},`);
  const changed = corruptText(words.join(" "), "typos", 5, randomOf("typos")).split(" ");
  expect(changed).toHaveLength(3000);
  const share = changed.filter((word, at) => word !== words[at]).length / 3000;
  // Swapping two equal characters, as in 11, changes nothing.
  expect(share).toBeGreaterThan(0.17);
  expect(share).toBeLessThan(0.22);
  const all = (kind: Parameters<typeof corruptText>[1]) => corruptText("Ça, ÉTÉ!", kind, 1, () => 0);
  expect([all("lost-case"), all("lost-punctuation"), all("lost-accents")]).toEqual(["ça, été!", "Ça ÉTÉ", "Ca, ETE!"]);
  const texts = corruptTexts(
    ["A.", "A."],
    [facts[2], facts[3]] as typeof facts,
    { kind: "lost-case", severity: 1 },
    () => 0,
  );
  expect(texts).toEqual(["A.", "a."]);
});
