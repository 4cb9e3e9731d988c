/** Prints a line for the person at the terminal. Standard output may be a backup. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const everyMs = 5_000;

/** Prints a line of progress at most every few seconds. */
export class ProgressLine {
  private lastAt = performance.now();

  show(line: () => string): void {
    if (performance.now() - this.lastAt < everyMs) return;
    this.lastAt = performance.now();
    say(line());
  }
}
