import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  findBareSections,
  findCitations,
  findLinks,
  findSourcePaths,
  headingAnchors,
  headingNumbers,
} from "./find-citations.ts";

/** Files to skip: generated ones, and this folder, whose tests cite documents that do not exist. */
const skipped = /^(?:package-lock\.json$|db\/migrations\/meta\/|server\/testing\/citations\/)/;
const isText = /\.(?:cjs|css|js|json|md|py|sh|sql|toml|ts|tsx|ya?ml)$/;

const texts = new Map<string, string>();

beforeAll(() => {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  for (const file of listed.split("\0"))
    if (isText.test(file) && !skipped.test(file) && existsSync(file)) texts.set(file, readFileSync(file, "utf8"));
});

/** Resolves the cited file: from the root of the repository, otherwise from the folder of the citing file. */
function resolve(file: string, path: string): string | undefined {
  return [path, join(dirname(file), path)].find((candidate) => existsSync(candidate));
}

function numbersOf(path: string): Set<string> {
  return headingNumbers(texts.get(path) ?? "");
}

test("cites only existing documents and sections of the repository", () => {
  const dead = [...texts].flatMap(([file, text]) =>
    findCitations(text).flatMap(({ path, sections, line }) => {
      const found = resolve(file, path);
      if (!found) return [`${file}:${line}: ${path} does not exist`];
      return sections
        .filter((section) => !numbersOf(found).has(section))
        .map((section) => `${file}:${line}: ${path} has no section ${section}`);
    }),
  );
  expect(dead).toEqual([]);
});

test("cites every section with its document", () => {
  const bare = [...texts].flatMap(([file, text]) => {
    // A specification names its own sections without its path; other Markdown has no numbered ones.
    const own = file.startsWith("docs/spec/") ? numbersOf(file) : new Set<string>();
    if (file.endsWith(".md") && own.size === 0) return [];
    return findBareSections(text)
      .filter(({ section }) => !own.has(section))
      .map(({ section, line }) => `${file}:${line}: section ${section} of which document?`);
  });
  expect(bare).toEqual([]);
});

test("resolves every relative link between Markdown files", () => {
  const broken = [...texts]
    .filter(([file]) => file.endsWith(".md"))
    .flatMap(([file, text]) =>
      findLinks(text).flatMap(({ target, line }) => {
        const [path = "", anchor] = target.split("#");
        const linked = path === "" ? file : join(dirname(file), path);
        if (!existsSync(linked)) return [`${file}:${line}: ${target} does not exist`];
        const isMissing = anchor !== undefined && !headingAnchors(texts.get(linked) ?? "").has(anchor);
        return isMissing ? [`${file}:${line}: ${target} has no such heading`] : [];
      }),
    );
  expect(broken).toEqual([]);
});

test("names only existing files and folders of the source in documents", () => {
  const missing = [...texts]
    .filter(([file]) => file.endsWith(".md"))
    .flatMap(([file, text]) =>
      findSourcePaths(text)
        .filter(({ path }) => !existsSync(path))
        .map(({ path, line }) => `${file}:${line}: ${path} does not exist`),
    );
  expect(missing).toEqual([]);
});
