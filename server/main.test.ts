import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** Runs an entry point that ends immediately, with arguments that it rejects. @returns the mode of a file that it writes at its end */
function modeOfFileFrom(entry: string, argument: string): number {
  const folder = mkdtempSync(join(tmpdir(), "leeway-main-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file");
  const preload = `import { writeFileSync } from "node:fs";
    process.umask(0o022);
    process.on("exit", () => writeFileSync(${JSON.stringify(file)}, ""));`;
  const options = ["--import", `data:text/javascript,${encodeURIComponent(preload)}`];
  spawnSync(process.execPath, [...options, join(import.meta.dirname, entry), argument]);
  expect(existsSync(file)).toBe(true);
  return statSync(file).mode & 0o777;
}

test.each([
  ["main.ts", "no-role"],
  ["roles/demo/main.ts", "--no-option"],
])("%s writes files that only their user can read", (entry, argument) => {
  expect(modeOfFileFrom(entry, argument)).toBe(0o600);
});
