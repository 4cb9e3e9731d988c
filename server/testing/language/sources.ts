import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "./find-violations.ts";

const folders = ["app", "components", "db", "e2e", "server"];
/** The rules name what they refuse, and so does the test of the migration that renames it. */
const exempt = ["server/testing/language/", "db/migrations/", "db/rename-to-field-words.db.test.ts"];

/** The TypeScript of the product, without the rules themselves, by path. */
export function readSources(root: string): Source[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
    )
    .filter((file) => /\.tsx?$/.test(file) && !exempt.some((path) => file.startsWith(path)))
    .sort()
    .map((file) => ({ file, source: readFileSync(join(root, file), "utf8") }));
}
