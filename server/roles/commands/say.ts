/** Prints a line for the person at the terminal. Standard output may be a backup. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
