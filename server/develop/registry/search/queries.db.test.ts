import { describe, expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { createModelVersion } from "../versions/create-model-version.ts";
import { transitionStage } from "../versions/transition-stage.ts";
import { searchModelVersions, searchRegisteredModels } from "./queries.ts";

/** Models "a" (team x), "b" (team y), "c" and the prompt "p"; two versions of "a", one of "p". */
async function furnish(ctx: Context) {
  const isPrompt = [{ key: "mlflow.prompt.is_prompt", value: "true" }];
  await createRegisteredModel(ctx, { name: "a", tags: [{ key: "team", value: "x" }] });
  await createRegisteredModel(ctx, { name: "b", tags: [{ key: "team", value: "y" }] });
  await createRegisteredModel(ctx, { name: "c" });
  await createRegisteredModel(ctx, { name: "p", tags: isPrompt });
  await createModelVersion(ctx, { name: "a", source: "s3://1", runId: "r1", tags: [{ key: "q", value: "1" }] });
  await createModelVersion(ctx, { name: "a", source: "s3://2", runId: "r2" });
  await createModelVersion(ctx, { name: "p", source: "s3://3", tags: isPrompt });
}

async function models(ctx: Context, filter: string, orderBy: string[] = []) {
  const { rows } = await searchRegisteredModels(ctx, { filter, orderBy, limit: 100 });
  return rows.map(({ name }) => name);
}

async function versions(ctx: Context, filter: string, orderBy: string[] = ["version_number"]) {
  const { rows } = await searchModelVersions(ctx, { filter, orderBy, limit: 100 });
  return rows.map(({ modelName, version }) => `${modelName} ${version}`);
}

describe("searchRegisteredModels", () => {
  const cases: [string, string[]][] = [
    ["", ["a", "b", "c"]],
    ["tags.team = 'x' OR name = 'c'", ["a", "c"]],
    ["NOT tags.team = 'x'", ["b", "c"]],
    ["tags.team != 'x'", ["b"]],
    ["tags.team IS NULL", ["c"]],
    ["tags.team IS NOT NULL AND NOT (name = 'a')", ["b"]],
    ["name IN ('a', 'c')", ["a", "c"]],
    ["name > 'a'", ["b", "c"]],
    ["name RLIKE '^[ab]$'", ["a", "b"]],
    ["tags.`mlflow.prompt.is_prompt` = 'true'", ["p"]],
    ["tags.`mlflow.prompt.is_prompt` = 'true' OR name = 'a'", ["a", "p"]],
  ];
  test.each(cases)("finds models by filter: %s", (filter, names) =>
    inWorkspace(async (ctx) => {
      await furnish(ctx);
      expect(await models(ctx, filter)).toEqual(names);
    })(),
  );

  test(
    "returns models with their registry details in the requested order",
    inWorkspace(async (ctx) => {
      await furnish(ctx);
      expect(await models(ctx, "", ["name DESC"])).toEqual(["c", "b", "a"]);
      const { rows } = await searchRegisteredModels(ctx, { filter: "name = 'a'", limit: 1 });
      expect(rows).toMatchObject([{ tags: [{ key: "team", value: "x" }], latestVersions: [{ version: 2 }] }]);
    }),
  );
});

describe("searchModelVersions", () => {
  const cases: [string, string[]][] = [
    ["", ["a 1", "a 2"]],
    ["version_number BETWEEN '2' AND 3", ["a 2"]],
    ["version IN (1, '3')", ["a 1"]],
    ["current_stage = 'Staging'", ["a 2"]],
    ["run_id NOT IN ('r1')", ["a 2"]],
    ["source LIKE 's3://%' AND tags.q IS NULL", ["a 2"]],
    ["tags.`mlflow.prompt.is_prompt` = 'true'", ["p 1"]],
    ["version_number = 99999999999999", []],
  ];
  test.each(cases)("finds versions by filter: %s", (filter, found) =>
    inWorkspace(async (ctx) => {
      await furnish(ctx);
      await transitionStage(ctx, { name: "a", version: 2, stage: "Staging" });
      expect(await versions(ctx, filter)).toEqual(found);
    })(),
  );

  test(
    "returns each version once across pages during concurrent registrations",
    inWorkspace(async (ctx) => {
      await createRegisteredModel(ctx, { name: "a" });
      for (let index = 0; index < 5; index++) await createModelVersion(ctx, { name: "a", source: "s3://x" });
      const search = { filter: "name = 'a'", orderBy: ["version_number DESC"], limit: 2 };
      const seen: number[] = [];
      let pageToken = "";
      do {
        const page = await searchModelVersions(ctx, { ...search, pageToken });
        seen.push(...page.rows.map(({ version }) => version));
        pageToken = page.nextPageToken ?? "";
        await createModelVersion(ctx, { name: "a", source: "s3://new" });
      } while (pageToken);
      expect(seen).toEqual([5, 4, 3, 2, 1]);
    }),
  );
});

const refused: [string, string[]][] = [
  ["version_number = 'x'", []],
  ["version_number LIKE '1'", []],
  ["bogus = 1", []],
  ["name RLIKE '['", []],
  ["", ["run_id"]],
  ["", ["name", "name DESC"]],
];
test.each(refused)("rejects %s ordered by %j", (filter, orderBy) =>
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    await expect(versions(ctx, filter, orderBy)).rejects.toMatchObject({ code: "invalid" });
  })(),
);

test(
  "rejects a page token of another search",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const { nextPageToken } = await searchRegisteredModels(ctx, { filter: "", limit: 1 });
    const next = searchRegisteredModels(ctx, { filter: "name > 'a'", limit: 1, pageToken: nextPageToken });
    await expect(next).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "finds nothing of another workspace",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const other = await newWorkspace(ctx.db);
    expect([await models(other, ""), await versions(other, "")]).toEqual([[], []]);
  }),
);
