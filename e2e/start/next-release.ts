import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const copied = ["server", "db", "docs", "package.json", "next.config.js"];
/** Unchanged, and built from the sources of this tree. */
const linked = ["node_modules", ".next", "app", "components", "public"];

/** Changes what a release may change while roles of the one before run: it adds. */
const migration = `CREATE TABLE "next_release" ("id" text PRIMARY KEY NOT NULL);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "next_release" text;
`;

/**
 * Writes the next release to a folder: this source tree with one more migration. This one is thereby the release before, without a history of
 * commits, which a shallow clone lacks.
 * @returns the name of its last migration
 */
export async function writeNextRelease(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true });
  for (const name of linked) await symlink(join(root, name), join(folder, name));
  const journalFile = join(folder, "db/migrations/meta/_journal.json");
  const journal = JSON.parse(await readFile(journalFile, "utf8")) as { entries: { idx: number; when: number }[] };
  const last = journal.entries.at(-1);
  if (!last) throw new Error("There is no migration.");
  const tag = "9999_next_release";
  const entry = { ...last, idx: last.idx + 1, when: last.when + 1, tag };
  await writeFile(journalFile, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
  await writeFile(join(folder, `db/migrations/${tag}.sql`), migration);
  return tag;
}
