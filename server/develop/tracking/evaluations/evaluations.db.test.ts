import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import { createEvaluationDataset } from "./create-evaluation-dataset.ts";
import { deleteEvaluationDataset } from "./delete-evaluation-dataset.ts";
import { deleteEvaluationRecords } from "./delete-evaluation-records.ts";
import { linkEvaluationDataset } from "./link-evaluation-dataset.ts";
import { getEvaluationDataset, listEvaluationRecords } from "./queries.ts";
import { searchEvaluationDatasets } from "./search.ts";
import { tagEvaluationDataset } from "./tag-evaluation-dataset.ts";
import { upsertEvaluationRecords } from "./upsert-evaluation-records.ts";

test(
  "merges expectations and tags of records with the same inputs, within and across calls",
  inWorkspace(async (ctx) => {
    const { id, digest } = await createEvaluationDataset(ctx, { name: "questions" });
    const first = await upsertEvaluationRecords(ctx, {
      id,
      records: [
        { inputs: { question: "why", n: 1 }, expectations: { answer: "because" }, tags: { a: "1" } },
        { inputs: { n: 1, question: "why" }, expectations: { tone: "kind" } },
        { inputs: { question: "how\0" }, outputs: { answer: 0.5 }, source: { source_type: "HUMAN" } },
      ],
    });
    expect(first).toEqual({ inserted: 2, updated: 1 });
    const again = { inputs: { question: "why", n: 1 }, outputs: "since", tags: { b: "2" } };
    expect(await upsertEvaluationRecords(ctx, { id, records: [again] })).toEqual({ inserted: 0, updated: 1 });
    const { rows } = await listEvaluationRecords(ctx, { id, limit: 10 });
    expect(rows.find(({ inputs }) => inputs.question === "why")).toMatchObject({
      expectations: { answer: "because", tone: "kind" },
      tags: { a: "1", b: "2" },
      outputs: "since",
    });
    expect(await getEvaluationDataset(ctx, id)).toMatchObject({
      records: 2,
      schema: {
        inputs: { question: "string", n: "integer" },
        outputs: { answer: "float" },
        expectations: { answer: "string", tone: "string" },
      },
    });
    expect((await getEvaluationDataset(ctx, id)).digest).not.toBe(digest);
    const pages = [];
    for (let pageToken: string | undefined, more = true; more; more = pageToken !== undefined) {
      const page = await listEvaluationRecords(ctx, { id, limit: 1, pageToken });
      pages.push(...page.rows);
      pageToken = page.nextPageToken;
    }
    expect(pages).toEqual(rows);
    expect(await deleteEvaluationRecords(ctx, { id, recordIds: [rows[0]?.id ?? "", "dr-none"] })).toBe(1);
    expect(await getEvaluationDataset(ctx, id)).toMatchObject({ records: 1 });
  }),
);

test(
  "stores nothing when a record of the batch has no inputs",
  inWorkspace(async (ctx) => {
    const { id } = await createEvaluationDataset(ctx, { name: "questions" });
    const records = [{ inputs: { a: 1 } }, { inputs: {} }];
    await expect(upsertEvaluationRecords(ctx, { id, records })).rejects.toThrow("A record needs inputs.");
    expect(await getEvaluationDataset(ctx, id)).toMatchObject({ records: 0, schema: null });
  }),
);

test(
  "tags datasets, links them to experiments, searches them, and deletes them with their records",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "judged" });
    const one = await createEvaluationDataset(ctx, { name: "one", tags: { team: "a" }, experimentIds: [experimentId] });
    const two = await createEvaluationDataset(ctx, { name: "two" });
    await tagEvaluationDataset(ctx, { id: two.id, tags: { team: "b", old: null } });
    expect((await getEvaluationDataset(ctx, two.id)).tags).toEqual({ team: "b" });
    const idsOf = async (search: { filter?: string; experimentIds?: number[] }) =>
      (await searchEvaluationDatasets(ctx, { experimentIds: [], limit: 10, ...search })).rows.map(({ name }) => name);
    expect((await idsOf({})).sort()).toEqual(["one", "two"]);
    expect(await idsOf({ experimentIds: [experimentId] })).toEqual(["one"]);
    expect(await idsOf({ filter: "tags.team = 'b' or name LIKE 'x%'" })).toEqual(["two"]);
    const linked = await linkEvaluationDataset(ctx, { id: two.id, action: "add", experimentIds: [experimentId] });
    expect(linked.experimentIds).toEqual([experimentId]);
    await linkEvaluationDataset(ctx, { id: one.id, action: "remove", experimentIds: [experimentId] });
    expect(await idsOf({ experimentIds: [experimentId] })).toEqual(["two"]);
    await deleteEvaluationDataset(ctx, one.id);
    await deleteEvaluationDataset(ctx, one.id);
    await expectRefusal(getEvaluationDataset(ctx, one.id), "not-found");
    expect((await auditedActions(ctx)).filter((action) => action === "evaluation-dataset.deleted")).toHaveLength(1);
  }),
);

test(
  "does not find an unknown experiment or a dataset of another workspace",
  inWorkspace(async (ctx) => {
    await expectRefusal(createEvaluationDataset(ctx, { name: "x", experimentIds: [987_654] }), "not-found");
    const { id } = await createEvaluationDataset(ctx, { name: "mine" });
    const other = await newWorkspace(ctx.db);
    await expectRefusal(upsertEvaluationRecords(other, { id, records: [] }), "not-found");
    await expectRefusal(listEvaluationRecords(other, { id, limit: 1 }), "not-found");
    await deleteEvaluationDataset(other, id);
    expect((await getEvaluationDataset(ctx, id)).name).toBe("mine");
  }),
);
