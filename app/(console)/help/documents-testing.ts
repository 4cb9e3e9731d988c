import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

const markdownIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));

/** Paths of the documents that people read: those in the root and the guides, without the specifications. */
export const documents = [...markdownIn("."), ...markdownIn("docs")];

/** Reads the lines of a document. @param document path from the root of the repository */
export function linesOf(document: string): string[] {
  return readFileSync(join(root, document), "utf8").trimEnd().split("\n");
}

/** Returns the headings of a document. In a code block, a line that starts with "#" is a comment. */
export function headingsOf(document: string): string[] {
  let isCode = false;
  return linesOf(document).flatMap((line) => {
    if (line.startsWith("```")) isCode = !isCode;
    const heading = isCode ? undefined : /^#{1,6} (.+)$/.exec(line)?.[1];
    return heading === undefined ? [] : [heading];
  });
}

/** Targets of the links and images of a document that are in the repository. */
export function localTargets(document: string): { path: string; anchor: string | undefined }[] {
  const targets = [...readFileSync(join(root, document), "utf8").matchAll(/\]\(([^()\s]+)\)/g)];
  return targets
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", anchor] = target.split("#");
      return { path, anchor };
    });
}

/** Paths of the repository that a document names in code quotes, without those with a placeholder. */
export function namedPaths(document: string): string[] {
  const paths = /`((?:app|components|db|docs|e2e|public|server)\/[^`\s<(…*]*)`/g;
  return [...readFileSync(join(root, document), "utf8").matchAll(paths)].map(([, path = ""]) => path);
}

/** Lists the `help` values of the console's pages and their heads, by file. */
export function helpTargets(): { file: string; target: string }[] {
  return ["app", "components"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tsx"))
      .flatMap((name) => {
        const file = join(folder, name);
        const uses = readFileSync(join(root, file), "utf8").matchAll(
          /<(?:(?:PageHead|ServicePage)\s[^>]*?\bhelp|HelpLink\s+to)="([^"]+)"/g,
        );
        return [...uses].map(([, target = ""]) => ({ file, target }));
      }),
  );
}
