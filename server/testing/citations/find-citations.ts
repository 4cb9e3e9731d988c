/** A document of the repository that a text cites, with the sections it names. */
interface Citation {
  /** As written, from the root of the repository or from the folder of the citing file. */
  path: string;
  sections: string[];
  line: number;
}

/** A section that is named without its document. */
interface BareSection {
  section: string;
  line: number;
}

const number = String.raw`\d+(?:\.\d+)*`;
const document = /(?<=^|[\s(`])(?:(?:[\w.-]+\/)*[\w-]+\.md|docs\/[\w./-]*\w)\b/g;
const quotedDocument = /(?<=["'])docs\/[\w./-]*\w/g;
const namedSections = new RegExp(
  String.raw`^\)?,?\s+(?:sections?\s+)?(${number}(?:(?:,\s+|\s+and\s+|\s+to\s+)${number})*)`,
);
const anySection = new RegExp(String.raw`\bsections?\s+(${number})`, "gi");
const ownDocument = /^(?:(?:,|\s+and|\s+to)\s+[\d.]+)*\s+of\s+the\s+(?:wire\s+)?(?:contract|reference|specification)/;

/** Joins comment lines, so that a citation may wrap. Every character keeps its position. */
function withoutCommentMarks(source: string): string {
  return source.replace(/\n[ \t]*(?:\*(?!\/)|\/\/|#|--)/g, (mark) => " ".repeat(mark.length));
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split("\n").length;
}

/** Finds the documents that a source file or a Markdown file cites. URLs and absolute addresses are none. */
export function findCitations(source: string): Citation[] {
  const text = withoutCommentMarks(source);
  return [...text.matchAll(document), ...text.matchAll(quotedDocument)].map((match) => {
    const [path] = match;
    const sections = namedSections.exec(text.slice(match.index + path.length))?.[1] ?? "";
    return { path, sections: sections.match(/\d+(?:\.\d+)*/g) ?? [], line: lineAt(source, match.index) };
  });
}

/**
 * Finds sections without a document. A named publication may precede its section: "RFC 9110, section 14", "Kleinrock,
 * Queueing Systems I (1975), section 3.5".
 */
export function findBareSections(source: string): BareSection[] {
  const text = withoutCommentMarks(source);
  return [...text.matchAll(anySection)]
    .filter(({ 0: words, index }) => {
      const before = text.slice(Math.max(0, index - 60), index);
      if (/\.md\)?,?\s+$/.test(before)) return false;
      const isOfPublication = /RFC \d+,?\s+$/.test(before) || /[\w)"],\s+$/.test(before);
      return !isOfPublication || ownDocument.test(text.slice(index + words.length));
    })
    .map(({ 1: section, index }) => ({ section: section as string, line: lineAt(source, index) }));
}

/** Returns the numbers of a document's headings: "6.6" of "### 6.6 Exact null". */
export function headingNumbers(markdown: string): Set<string> {
  const headings = markdown.matchAll(/^#{1,6} (\d+(?:\.\d+)*)\.? /gm);
  return new Set([...headings].map(([, section]) => section as string));
}

/** Anchors of a document's headings as GitHub makes them: lower case, spaces to hyphens, other marks dropped. */
export function headingAnchors(markdown: string): Set<string> {
  const headings = markdown.matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, words = ""]) =>
      words
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Finds the files and folders of the source that a document names in backticks; those with a placeholder are none. */
export function findSourcePaths(markdown: string): { path: string; line: number }[] {
  return [...markdown.matchAll(/`((?:app|components|db|e2e|server)\/[\w./()[\]-]+)`/g)].map((match) => ({
    path: match[1] as string,
    line: lineAt(markdown, match.index),
  }));
}

/** Targets of a document's links to files: neither URLs nor mail. */
export function findLinks(markdown: string): { target: string; line: number }[] {
  return [...markdown.matchAll(/\]\(([^()\s]+)\)/g)]
    .map((match) => ({ target: match[1] as string, line: lineAt(markdown, match.index) }))
    .filter(({ target }) => !/^(?:[a-z]+:|\/)/.test(target));
}
