import { expect, test } from "vitest";
import { aucOfCells } from "./auc-of-cells.ts";

// Golden values: roc_auc_score of scikit-learn on the rows that the counts stand for, for each class, averaged by its rows.
test("averages one class against the rest, as scikit-learn does", () => {
  const two = aucOfCells(
    [
      [18, 12],
      [13, 17],
      [11, 15],
      [16, 4],
      [1, 6],
      [5, 17],
    ],
    [
      [18, 0],
      [9, 16],
      [2, 15],
      [2, 9],
      [16, 6],
      [6, 5],
    ],
  );
  expect(two).toBeCloseTo(0.47653980498324766, 12);
  const three = aucOfCells(
    [
      [6, 2, 8],
      [4, 4, 4],
      [5, 4, 4],
      [8, 7, 7],
      [6, 5, 3],
    ],
    [
      [8, 4, 1],
      [7, 1, 7],
      [5, 1, 0],
      [4, 0, 1],
      [4, 8, 4],
    ],
  );
  expect(three).toBeCloseTo(0.4742637601301355, 12);
  const leaking = aucOfCells(
    [
      [30, 0, 1],
      [0, 25, 0],
      [1, 0, 20],
    ],
    [
      [28, 1, 0],
      [0, 30, 0],
      [0, 0, 22],
    ],
  );
  expect(leaking).toBeCloseTo(0.9872399090753323, 12);
});

test("gives nothing for values that are all different: each is in one half only", () => {
  const rows = Array.from({ length: 200 }, (_, row) => [row % 3 === 0 ? 1 : 0, row % 3 === 0 ? 0 : 1]);
  const none = rows.map(() => [0, 0]);
  const first = [...rows.slice(0, 100), ...none.slice(0, 100)];
  const second = [...none.slice(0, 100), ...rows.slice(100)];
  expect(aucOfCells(first, second)).toBeCloseTo(0.5, 12);
});

test("gives nothing for one class, and refuses halves of different cells", () => {
  expect(aucOfCells([[3, 0]], [[2, 0]])).toBeUndefined();
  expect(() => aucOfCells([[1, 2]], [])).toThrow("different cells");
});
