import { coverageRows } from "./quality/coverage-rows.ts";
import { fairnessRows } from "./quality/fairness-rows.ts";
import { rankingRows } from "./quality/ranking-rows.ts";
import type { Row } from "./report.ts";

/**
 * Measures what quality claims: fairness on equal and unequal groups, coverage of the band of estimates beside NannyML's, and AUC and
 * decision thresholds beside scikit-learn on the same rows. Seeded; about two minutes.
 */
export async function run(): Promise<Row[]> {
  return [...fairnessRows(), ...coverageRows(), ...(await rankingRows())];
}
