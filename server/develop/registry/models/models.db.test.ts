import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditActions, lastAudit, modelWithVersions, serve } from "../../../testing/fixtures/registry/testing.ts";
import { setAlias } from "../aliases/set-alias.ts";
import { deleteModelTag } from "../tags/delete-model-tag.ts";
import { setModelTag } from "../tags/set-model-tag.ts";
import { createModelVersion } from "../versions/create-model-version.ts";
import { createRegisteredModel } from "./create-registered-model.ts";
import { deleteRegisteredModel } from "./delete-registered-model.ts";
import { getModel, listModels } from "./queries.ts";
import { renameRegisteredModel } from "./rename-registered-model.ts";
import { updateRegisteredModel } from "./update-registered-model.ts";

const conflict = (message: string) =>
  expect.objectContaining({ code: "conflict", message: expect.stringContaining(message) });
const notFound = expect.objectContaining({ code: "not-found" });

test(
  "creates a model with its owner, description and tags",
  inWorkspace(async (ctx) => {
    const tags = [
      { key: "team", value: "x" },
      { key: "team", value: "y" },
    ];
    const model = await createRegisteredModel(ctx, { name: "digits", description: "Reads digits", tags });
    expect(model).toMatchObject({
      name: "digits",
      description: "Reads digits",
      ownerName: ctx.actor.name,
      tags: [{ key: "team", value: "y" }],
      aliases: [],
      latestVersions: [],
    });
    expect(await getModel(ctx, "digits")).toEqual(model);
    expect(await auditActions(ctx)).toEqual(["model.created"]);
  }),
);

test(
  "rejects a taken name and changes nothing",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "digits", description: "first" });
    await expect(createRegisteredModel(ctx, { name: "digits" })).rejects.toEqual(conflict("already exists"));
    expect(await getModel(ctx, "digits")).toMatchObject({ description: "first" });
    expect(await auditActions(ctx)).toEqual(["model.created"]);
  }),
);

test(
  "rejects an invalid name with the message of MLflow",
  inWorkspace(async (ctx) => {
    await expect(createRegisteredModel(ctx, { name: "a/b" })).rejects.toThrow("Names cannot contain '/' or ':'.");
    await expect(createRegisteredModel(ctx, { name: "a\u202eb" })).rejects.toThrow("Remove control characters");
    await expect(createRegisteredModel(ctx, { name: "/".repeat(2 ** 20) })).rejects.toThrow("256 characters");
    await expect(createRegisteredModel(ctx, { name: "a", tags: [{ key: "!", value: "" }] })).rejects.toThrow(
      "may only contain alphanumerics",
    );
  }),
);

test(
  "keeps versions, tags and aliases of a renamed model",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "old", 1);
    await setModelTag(ctx, { name: "old", key: "a", value: "b" });
    await setAlias(ctx, { name: "old", version: 1, alias: "champion" });
    const model = await renameRegisteredModel(ctx, { name: "old", newName: "new" });
    expect(model).toMatchObject({
      name: "new",
      tags: [{ key: "a", value: "b" }],
      aliases: [{ alias: "champion", version: 1 }],
      latestVersions: [{ modelName: "new", version: 1 }],
    });
    await expect(getModel(ctx, "old")).rejects.toEqual(notFound);
    expect(await lastAudit(ctx)).toMatchObject({
      action: "model.renamed",
      before: { name: "old" },
      after: { name: "new" },
    });
  }),
);

test(
  "allows renaming to the same name, and rejects a taken name",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "a" });
    await createRegisteredModel(ctx, { name: "b" });
    await expect(renameRegisteredModel(ctx, { name: "a", newName: "a" })).resolves.toMatchObject({ name: "a" });
    await expect(renameRegisteredModel(ctx, { name: "a", newName: "b" })).rejects.toEqual(
      conflict("Registered Model (name=b) already exists."),
    );
    expect((await listModels(ctx)).map((model) => model.name)).toEqual(["a", "b"]);
    await expect(renameRegisteredModel(ctx, { name: "none", newName: "c" })).rejects.toEqual(notFound);
  }),
);

test(
  "updates and removes a description",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "a", description: "x" });
    expect(await updateRegisteredModel(ctx, { name: "a", description: "y" })).toMatchObject({ description: "y" });
    expect(await updateRegisteredModel(ctx, { name: "a", description: null })).toMatchObject({ description: null });
    expect(await lastAudit(ctx)).toMatchObject({ before: { description: "y" }, after: { description: null } });
    await expect(updateRegisteredModel(ctx, { name: "none", description: "" })).rejects.toEqual(notFound);
  }),
);

test(
  "deletes a model with its versions, and frees its name and version numbers",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    await setAlias(ctx, { name: "a", version: 2, alias: "champion" });
    await deleteRegisteredModel(ctx, { name: "a" });
    expect(await lastAudit(ctx)).toMatchObject({
      action: "model.deleted",
      before: { lastVersion: 2, aliases: [{ alias: "champion", version: 2 }] },
    });
    await expect(deleteRegisteredModel(ctx, { name: "a" })).rejects.toEqual(notFound);
    await createRegisteredModel(ctx, { name: "a" });
    expect(await createModelVersion(ctx, { name: "a", source: "s3://b" })).toMatchObject({ version: 1, aliases: [] });
  }),
);

test(
  "rejects deleting a deployed model, and deletes one that is no longer deployed",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 2);
    await modelWithVersions(ctx, "b", 1);
    await serve(ctx, "a", 2, "live");
    await expect(deleteRegisteredModel(ctx, { name: "a" })).rejects.toEqual(
      conflict('Version 2 is deployed to the endpoint "live"'),
    );
    await serve(ctx, "b", 1, "live");
    await deleteRegisteredModel(ctx, { name: "a" });
    expect((await listModels(ctx)).map((model) => model.name)).toEqual(["b"]);
  }),
);

test(
  "sets, updates and deletes a tag, and records each change",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "a" });
    await setModelTag(ctx, { name: "a", key: "k", value: "1" });
    await setModelTag(ctx, { name: "a", key: "k", value: "2" });
    expect(await getModel(ctx, "a")).toMatchObject({ tags: [{ key: "k", value: "2" }] });
    await deleteModelTag(ctx, { name: "a", key: "k" });
    await deleteModelTag(ctx, { name: "a", key: "k" });
    expect(await getModel(ctx, "a")).toMatchObject({ tags: [] });
    expect(await auditActions(ctx)).toEqual(["model.created", "model.tagged", "model.tagged", "model.untagged"]);
    await expect(setModelTag(ctx, { name: "none", key: "k", value: "" })).rejects.toEqual(notFound);
    await expect(deleteModelTag(ctx, { name: "none", key: "k" })).rejects.toEqual(notFound);
  }),
);

test(
  "lists models in pages by name, searches by part of it, and returns versions, aliases and endpoints",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "digits", 2);
    for (const name of ["Zeta", "alpha"]) await createRegisteredModel(ctx, { name });
    await setAlias(ctx, { name: "digits", version: 1, alias: "champion" });
    const endpointId = await serve(ctx, "digits", 1, "live");
    const names = async (input: Parameters<typeof listModels>[1]) =>
      (await listModels(ctx, input)).map((model) => model.name);
    expect(await names({})).toEqual(["Zeta", "alpha", "digits"]);
    expect(await names({ limit: 2 })).toEqual(["Zeta", "alpha"]);
    expect(await names({ after: "alpha" })).toEqual(["digits"]);
    expect(await names({ search: "DIG" })).toEqual(["digits"]);
    expect(await names({ search: "%" })).toEqual([]);
    expect(await listModels(ctx, { search: "digits" })).toMatchObject([
      {
        versionCount: 2,
        latestVersion: { version: 2, inspection: "pending" },
        aliases: [{ alias: "champion", version: 1 }],
        endpoints: [{ id: endpointId, name: "live", version: 1 }],
      },
    ]);
  }),
);

test(
  "omits MLflow prompts from the list",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "prompt", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] });
    expect(await listModels(ctx)).toEqual([]);
  }),
);

test(
  "reports a model of another workspace as not found",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    const other = await newWorkspace(ctx.db);
    await expect(getModel(other, "a")).rejects.toEqual(notFound);
    await expect(deleteRegisteredModel(other, { name: "a" })).rejects.toEqual(notFound);
    await expect(createRegisteredModel(other, { name: "a" })).resolves.toBeDefined();
    expect(await listModels(other)).toMatchObject([{ versionCount: 0 }]);
  }),
);

test("rejects one of two concurrent renames to the same name", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  await createRegisteredModel(ctx, { name: "a" });
  await createRegisteredModel(ctx, { name: "b" });
  const both = ["a", "b"].map((name) => renameRegisteredModel(ctx, { name, newName: "c" }));
  const states = (await Promise.allSettled(both)).map((result) => result.status).sort();
  expect(states).toEqual(["fulfilled", "rejected"]);
  await expect(renameRegisteredModel(ctx, { name: "c", newName: "c" })).resolves.toBeDefined();
});
