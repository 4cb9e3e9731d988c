import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { findNarrowing } from "./narrowing.ts";
import { oldestCompatible } from "./oldest-compatible.ts";

const folder = new URL("./migrations/", import.meta.url);
const journal = JSON.parse(await readFile(new URL("meta/_journal.json", folder), "utf8"));
const tags = (journal.entries as { tag: string }[]).map(({ tag }) => tag);
const sqlOf = (tag: string) => readFile(new URL(`${tag}.sql`, folder), "utf8");

test.each([
  ["drops a table", `DROP TABLE "runs";`],
  ["drops a column", `ALTER TABLE "runs" DROP COLUMN "name";`],
  ["drops a column beside an addition", `ALTER TABLE "runs" ADD COLUMN "a" numeric(4,2), DROP COLUMN "name";`],
  ["drops a default", `ALTER TABLE "runs" ALTER COLUMN "name" DROP DEFAULT;`],
  ["drops a constraint that an upsert names", `ALTER TABLE "runs" DROP CONSTRAINT "runs_name";`],
  ["renames a table", `ALTER TABLE "runs" RENAME TO "executions";`],
  ["renames a column", `ALTER TABLE "runs" RENAME COLUMN "name" TO "title";`],
  ["renames a value of an enumeration", `ALTER TYPE "state" RENAME VALUE 'a' TO 'b';`],
  ["converts a column", `ALTER TABLE "runs" ALTER COLUMN "name" SET DATA TYPE integer USING 1;`],
  ["requires a value", `ALTER TABLE "runs" ALTER COLUMN "name" SET NOT NULL;`],
  ["adds a required column", `ALTER TABLE "runs" ADD COLUMN "owner" text NOT NULL;`],
  ["adds a check", `ALTER TABLE "runs" ADD CONSTRAINT "short" CHECK (length("name") < 9);`],
  ["requires unique values", `CREATE UNIQUE INDEX "runs_name" ON "runs" USING btree ("name");`],
  ["rewrites values", `UPDATE "runs" SET "name" = 'x' WHERE "name" IS NULL;`],
  ["rewrites a value beside a new one", `ALTER TABLE "runs" ADD "a" int;\nUPDATE "runs" SET "a" = 1, "name" = 'x';`],
  ["deletes rows", `DELETE FROM "runs";`],
  ["changes what a write does", `CREATE TRIGGER "t" BEFORE INSERT ON "runs" FOR EACH ROW EXECUTE FUNCTION f();`],
  ["hides behind a comment", `-- no DROP here\nALTER TABLE "runs"\n  DROP COLUMN "name";`],
])("finds what %s", (_name, sql) => {
  expect(findNarrowing(sql)).toHaveLength(1);
});

test.each([
  [
    "creates a table with its constraints",
    `CREATE TABLE "a" ("b" text NOT NULL);--> statement-breakpoint
    ALTER TABLE "a" ADD CONSTRAINT "c" FOREIGN KEY ("b") REFERENCES "public"."d"("id");--> statement-breakpoint
    CREATE UNIQUE INDEX "e" ON "a" USING btree ("b");`,
  ],
  ["adds an optional column", `ALTER TABLE "runs" ADD COLUMN "owner" text;`],
  ["adds a column with a default", `ALTER TABLE "runs" ADD COLUMN "owner" text DEFAULT '' NOT NULL;`],
  [
    "adds a reference from a new column",
    `ALTER TABLE "runs" ADD COLUMN "team" uuid;--> statement-breakpoint
    ALTER TABLE "runs" ADD CONSTRAINT "t" FOREIGN KEY ("team") REFERENCES "public"."teams"("id") ON DELETE set null;`,
  ],
  [
    "fills a new column",
    `ALTER TABLE "runs" ADD COLUMN "team" uuid;--> statement-breakpoint
    UPDATE "runs" SET "team" = (SELECT "id" FROM "teams" LIMIT 1) WHERE "team" IS NULL;`,
  ],
  ["indexes", `CREATE INDEX "runs_name" ON "runs" USING btree ("name");`],
  ["adds a value to an enumeration", `ALTER TYPE "state" ADD VALUE 'c';`],
  ["is exempt, with a reason", `-- compatible: no version reads it since 0002\nALTER TABLE "runs" DROP COLUMN "old";`],
])("accepts what %s", (_name, sql) => {
  expect(findNarrowing(sql)).toEqual([]);
});

test("an exemption covers its own statement only, and needs a reason", () => {
  const drop = `ALTER TABLE "runs" DROP COLUMN "old";`;
  expect(findNarrowing(`-- compatible: unused\n${drop}\n--> statement-breakpoint\n${drop}`)).toHaveLength(1);
  expect(findNarrowing(`-- compatible:\n${drop}`)).toHaveLength(1);
});

test("recognises the migration that renamed columns", async () => {
  expect((await sqlOf("0001_rename_to_field_words")).length).toBeGreaterThan(0);
  expect(findNarrowing(await sqlOf("0001_rename_to_field_words")).length).toBeGreaterThan(10);
});

test("migrations since the oldest compatible version take nothing away from it", async () => {
  expect(tags).toContain(oldestCompatible);
  for (const tag of tags.slice(tags.indexOf(oldestCompatible) + 1)) {
    const help = `${tag} takes something away from roles of earlier versions, which run beside this one during an upgrade. Expand now and remove in a later release, or set oldestCompatible in db/oldest-compatible.ts to "${tag}".`;
    expect(findNarrowing(await sqlOf(tag)), help).toEqual([]);
  }
});
