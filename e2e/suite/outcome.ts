export interface Outcome {
  suite: string;
  passed: number;
  failed: number;
  /** Skipped checks with their reasons, one sentence each. In CI each counts as a failure. */
  skipped: string[];
  /** Names of the failed tests, if the suite's report contains them. */
  failures?: string[];
  seconds: number;
}

/** Whether a missing browser, Python or driver counts as a failure. */
const everythingRequired = process.env.CI === "true";

/** Prints the table and, as its last line, the totals. @returns whether all passed. */
export function report(outcomes: Outcome[], totalMs: number): boolean {
  console.log(
    `\n${"suite".padEnd(14)}${"passed".padStart(8)}${"failed".padStart(8)}${"skipped".padStart(9)}${"seconds".padStart(9)}`,
  );
  for (const { suite, passed, failed, skipped, seconds } of outcomes) {
    console.log(
      `${suite.padEnd(14)}${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped.length).padStart(9)}${seconds.toFixed(0).padStart(9)}`,
    );
    for (const reason of skipped) console.log(`  skipped: ${reason}`);
  }
  // Last, since logs are often cut off at their beginning.
  for (const { suite, failures = [] } of outcomes) {
    for (const name of failures) console.log(`failed: ${suite}: ${name}`);
  }
  const skippedFailures = everythingRequired ? outcomes.reduce((sum, one) => sum + one.skipped.length, 0) : 0;
  const passed = outcomes.reduce((sum, one) => sum + one.passed, 0);
  const failed = outcomes.reduce((sum, one) => sum + one.failed, 0) + skippedFailures;
  console.log(`total ${(totalMs / 1000).toFixed(0)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}
