import { expect, test } from "vitest";
import { logHypergeometric } from "../../hypergeometric.ts";
import { seededRandom } from "../../random.ts";
import { multinomial } from "../quiet-weeks.ts";
import { countsTest } from "./counts-test.ts";
import { twoSampleChiSquare } from "./distances.ts";
import { pooledCells } from "./pool-cells.ts";
import { shareTest, unseenTest } from "./share-tests.ts";
import { tableNull } from "./table-null.ts";

/** Counts out every table of three cells with these margins. */
function countedTail(rows: readonly [number, number, number], m: number, value: number): number {
  const all = rows[0] + rows[1] + rows[2];
  let sum = 0;
  for (let a = 0; a <= Math.min(rows[0], m); a += 1)
    for (let b = 0; b <= Math.min(rows[1], m - a); b += 1) {
      const c = m - a - b;
      if (c > rows[2]) continue;
      const x2 = twoSampleChiSquare([rows[0] - a, rows[1] - b, rows[2] - c], [a, b, c]);
      if (x2 < value - 1e-9) continue;
      const first = logHypergeometric(a, { total: all, marked: rows[0], drawn: m });
      sum += Math.exp(first + logHypergeometric(b, { total: all - rows[0], marked: rows[1], drawn: m - a }));
    }
  return sum;
}

test.each([
  { rows: [20, 40, 1940], m: 1000 },
  { rows: [6, 12, 1182], m: 200 },
  { rows: [60, 60, 80], m: 100 },
] as const)("stays near the counted tail of three cells ($rows) down to 1e-6", ({ rows, m }) => {
  const [a, b, c] = rows;
  const share = m / (a + b + c);
  const cells = {
    reference: rows.map((count) => count * (1 - share)),
    current: rows.map((count) => count * share),
  };
  const folded = tableNull(cells);
  for (const value of [5, 10, 16, 22, 27]) {
    const exact = countedTail(rows, m, value);
    if (exact < 1e-7) continue;
    expect(folded.tail(value) / exact, `${value}: ${exact}`).toBeGreaterThan(0.55);
    expect(folded.tail(value) / exact, `${value}: ${exact}`).toBeLessThan(1.6);
  }
});

test("finds a rare level that grew fivefold, like Fisher's exact test (p = 1.6e-4)", () => {
  const found = countsTest({ reference: [980, 20], current: [90, 10], alpha: 0.01 });
  expect(found).toMatchObject({ isDrift: true, method: "exact", degrees: 1 });
  expect(found.pValue).toBeLessThan(1.6e-4);
  expect(found.pValue).toBeGreaterThan(1e-5);
});

test("finds that half of 50 equal levels vanished", () => {
  const random = seededRandom(4);
  for (let run = 0; run < 40; run += 1) {
    const reference = multinomial(new Array<number>(50).fill(0.02), 1000, random);
    const current = multinomial(
      Array.from({ length: 50 }, (_, level) => (level < 25 ? 0.04 : 0)),
      100,
      random,
    );
    expect(countsTest({ reference, current, alpha: 0.001, seed: String(run) }).isDrift).toBe(true);
  }
});

test("alarms as often as α says for rare levels, where the chi-square line alarms 3 to 7 times as often", () => {
  const random = seededRandom(5);
  const runs = 12_000;
  const alphas = [0.01, 0.001];
  const alarms = alphas.map(() => 0);
  for (let run = 0; run < runs; run += 1) {
    const [reference, current] = [
      multinomial([0.985, 0.01, 0.005], 1000, random),
      multinomial([0.985, 0.01, 0.005], 1000, random),
    ];
    for (const [at, alpha] of alphas.entries()) {
      // Only tables that any of the two nulls finds unusual are worth the time.
      if (twoSampleChiSquare(reference, current) < 7) continue;
      if (countsTest({ reference, current, alpha, seed: String(run) }).isDrift) alarms[at] = (alarms[at] as number) + 1;
    }
  }
  for (const [at, alpha] of alphas.entries()) {
    const ratio = (alarms[at] as number) / runs / alpha;
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(1.5);
  }
});

test("joins only levels that the reference could have missed, and cannot test where that is all of them", () => {
  expect(pooledCells([980, 20], [90, 10])).toEqual({ reference: [980, 20], current: [90, 10] });
  expect(pooledCells([900, 1, 1], [98, 1, 0], { unseen: 1 })).toEqual({ reference: [900, 2], current: [98, 2] });
  // Levels beyond the counted ones have up to 9 rows of the reference: a level needs more on both sides to be told from them.
  const many = pooledCells([400, 12, 9], [40, 1, 1], { other: { reference: 579, current: 58, minCounted: 9 } });
  expect(many).toEqual({ reference: [400, 600], current: [40, 60] });
  const ids = { reference: new Array<number>(500).fill(1), current: new Array<number>(500).fill(0) };
  expect(countsTest({ ...ids, unseen: 100, alpha: 0.01 })).toMatchObject({
    method: "no-test",
    isDrift: false,
    pValue: 1,
  });
  expect(countsTest({ reference: [500], current: [100], alpha: 0.01 }).method).toBe("constant");
});

test("compares a thousand levels with a row each where all levels of both sides are known", () => {
  const random = seededRandom(9);
  const equal = new Array<number>(1000).fill(1 / 1000);
  const half = Array.from({ length: 1000 }, (_, level) => (level < 500 ? 2 / 1000 : 0));
  let [alarms, found] = [0, 0];
  for (let run = 0; run < 60; run += 1) {
    const reference = multinomial(equal, 1000, random);
    const of = (shares: number[]) =>
      countsTest({
        reference,
        current: multinomial(shares, 1000, random),
        hasAllLevels: true,
        alpha: 0.01,
        seed: String(run),
      });
    if (of(equal).isDrift) alarms += 1;
    if (of(half).isDrift) found += 1;
  }
  expect(alarms).toBeLessThan(5);
  expect(found).toBe(60);
});

test("keeps α for levels that are counted because the reference has them often", () => {
  const random = seededRandom(6);
  const [levels, counted] = [1000, 200];
  let alarms = 0;
  for (let run = 0; run < 150; run += 1) {
    const reference = multinomial(new Array<number>(levels).fill(1 / levels), 10_000, random);
    const current = multinomial(new Array<number>(levels).fill(1 / levels), 500, random);
    const order = reference
      .map((_, level) => level)
      .sort((a, b) => (reference[b] as number) - (reference[a] as number));
    const [top, rest] = [order.slice(0, counted), order.slice(counted)];
    const sum = (side: number[]) => rest.reduce((all, level) => all + (side[level] as number), 0);
    const found = countsTest({
      reference: top.map((level) => reference[level] as number),
      current: top.map((level) => current[level] as number),
      other: {
        reference: sum(reference),
        current: sum(current),
        minCounted: reference[top.at(-1) as number] as number,
      },
      alpha: 0.05,
      seed: String(run),
    });
    if (found.isDrift) alarms += 1;
  }
  expect(alarms).toBeLessThan(17);
});

test("takes the exact tail of shares at any size: 9 times the promised rate with the normal one at α = 1e-5", () => {
  // Fisher's one-sided tail by scipy.stats.hypergeom.sf(24, 10500, 124, 500).
  const found = shareTest({ hits: 25, rows: 500, referenceHits: 99, referenceRows: 10_000, alpha: 1e-5 });
  expect(found.method).toBe("hypergeometric");
  expect(Math.abs(found.pValue / 6.179102602093726e-10 - 1)).toBeLessThan(1e-6);
});

test("expects unseen rows in clumps of whole levels", () => {
  const random = seededRandom(8);
  const runs = 3000;
  const alpha = 0.002;
  let [alarms, asFisher] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const shares = new Array<number>(200).fill(1 / 200);
    const [reference, current] = [multinomial(shares, 1000, random), multinomial(shares, 500, random)];
    const times = (count: number) => reference.filter((own) => own === count).length;
    const unseen = current.reduce((sum, own, level) => sum + (reference[level] === 0 ? own : 0), 0);
    const seen = { unseen, rows: 500, once: times(1), referenceRows: 1000, reference, current, alpha };
    if (unseenTest({ ...seen, twice: times(2) }).isDrift) alarms += 1;
    if (unseenTest({ ...seen, twice: 0, reference: [], current: [] }).isDrift) asFisher += 1;
  }
  expect(asFisher / runs / alpha).toBeGreaterThan(5);
  expect(alarms / runs / alpha).toBeLessThan(2);
});
