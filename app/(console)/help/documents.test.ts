import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { helpTopic } from "#components/ui/help-target.ts";
import { variableNames } from "#server/admin/settings/config.ts";
import { headingSlug } from "#server/base/text/heading-slug.ts";
import { documents, headingsOf, helpTargets, linesOf, localTargets, namedPaths, root } from "./documents-testing.ts";

const maxReadmeLines = 120;
const maxLineLength = 200;

test("limits the README to about two screens", () => {
  expect(linesOf("README.md").length).toBeLessThanOrEqual(maxReadmeLines);
});

test("keeps every line of a document short enough for a terminal or a diff", () => {
  const long = documents.flatMap((document) =>
    linesOf(document).flatMap((line, index) => (line.length > maxLineLength ? [`${document}:${index + 1}`] : [])),
  );
  expect(long).toEqual([]);
});

test("links only to documents and headings that exist", () => {
  const broken = documents.flatMap((document) =>
    localTargets(document).flatMap(({ path, anchor }) => {
      const target = path ? join(dirname(document), path) : document;
      if (!existsSync(join(root, target))) return [`${document}: ${path}`];
      const isFound = anchor === undefined || headingsOf(target).some((heading) => headingSlug(heading) === anchor);
      return isFound ? [] : [`${document}: ${path}#${anchor}`];
    }),
  );
  expect(broken).toEqual([]);
});

test("names only paths that exist", () => {
  const missing = documents.flatMap((document) =>
    namedPaths(document)
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${document}: ${path}`),
  );
  expect(missing).toEqual([]);
});

test("lists every guide in the index", () => {
  const listed = localTargets("docs/README.md").map(({ path }) => join("docs", path));
  const guides = documents.filter((document) => document.startsWith("docs/") && document !== "docs/README.md");
  expect(guides.filter((guide) => !listed.includes(guide))).toEqual([]);
});

test("has exactly one row per variable in the configuration guide", () => {
  const rows = linesOf("docs/configuration.md").flatMap((line) => /^\| `([A-Z0-9_]+)` /.exec(line)?.[1] ?? []);
  expect(rows.toSorted()).toEqual(variableNames.toSorted());
});

test("links the help of every page to a heading whose text is the label of the link", () => {
  const targets = helpTargets();
  expect(targets.length).toBeGreaterThan(60);
  const broken = targets.filter(({ target }) => {
    const [guide = "", anchor] = target.split("#");
    const document = `docs/${guide}.md`;
    if (!documents.includes(document) || anchor === undefined) return true;
    const heading = headingsOf(document).find((each) => headingSlug(each) === anchor);
    return heading !== helpTopic(target);
  });
  expect(broken).toEqual([]);
});

test("provides help for every page with a title, except the guides", () => {
  const isHelped = new Set(helpTargets().map(({ file }) => file));
  const pages = readdirSync(join(root, "app"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("/page.tsx") && !name.startsWith("(console)/help/"))
    .map((name) => join("app", name))
    .filter((file) => /<(PageHead|ServicePage)/.test(readFileSync(join(root, file), "utf8")));
  expect(pages.length).toBeGreaterThan(60);
  expect(pages.filter((file) => !isHelped.has(file))).toEqual([]);
});
