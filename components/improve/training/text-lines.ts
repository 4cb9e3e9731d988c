/** Reads a text as it stands, or one that is quoted as in JSON. */
export function readText(text: string): string {
  const trimmed = text.trim();
  if (!/^".*"$/.test(trimmed)) return trimmed;
  try {
    return JSON.parse(trimmed) as string;
  } catch {
    return trimmed;
  }
}

/** Writes texts one a line. One that would be read as something else, or not at all, is quoted. */
export function linesOfTexts(texts: readonly string[]): string {
  return texts
    .map((text) => (text !== "" && readText(text) === text && !text.includes("\n") ? text : JSON.stringify(text)))
    .join("\n");
}

/** Reads what linesOfTexts writes. Empty lines are left out. */
export function readTexts(lines: string): string[] {
  return lines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(readText);
}
