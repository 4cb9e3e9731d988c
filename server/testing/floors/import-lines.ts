import { posix } from "node:path";

/** A line of a file of this repository that takes something from another one. Paths are those from the root. */
export interface ImportLine {
  file: string;
  /** From 1. */
  line: number;
  target: string;
}

/** Specifier after "from", or of a bare or dynamic import. Sources are formatted, so each is on one line. */
const specifier = /(?:\bfrom |\bimport |\bimport\()"([^"]+)"/g;

/**
 * Imports between files of one top folder, types and dynamic ones included.
 * @param file its path from the root; only imports of the same top folder count: "server/…" of a file of server/
 */
export function importLines(file: string, source: string): ImportLine[] {
  return source.split("\n").flatMap((text, index) => {
    if (isComment(text)) return [];
    return Array.from(text.matchAll(specifier), ([, url = ""]) => targetOf(file, url))
      .filter((target) => target.startsWith(`${file.split("/", 1)[0]}/`))
      .map((target) => ({ file, line: index + 1, target }));
  });
}

function isComment(text: string): boolean {
  return /^\s*(?:\/\/|\/?\*)/.test(text);
}

/** Resolves an import; returns "" if it is not a file of this repository. */
function targetOf(file: string, url: string): string {
  if (url.startsWith("#")) return url.slice(1);
  return url.startsWith(".") ? posix.join(posix.dirname(file), url) : "";
}
