import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { sampleSpan } from "../../../testing/fixtures/tracking/traces/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import { deleteExperiment } from "../experiments/delete-experiment.ts";
import { createAssessment } from "./create-assessment.ts";
import { deleteAssessment } from "./delete-assessment.ts";
import { deleteTraceTag } from "./delete-trace-tag.ts";
import { deleteTraces } from "./delete-traces.ts";
import { getAssessment, getTraceInfo, listSpans } from "./queries.ts";
import { searchTraces } from "./search.ts";
import { setTraceTag } from "./set-trace-tag.ts";
import { storeSpans } from "./store-spans.ts";
import { storeTrace } from "./store-trace.ts";
import { updateAssessment } from "./update-assessment.ts";

const newExperiment = (ctx: Context) => createExperiment(ctx, { name: "traced" });

test(
  "creates a trace from spans, in progress until its root arrives, then completed from the root",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    const root = sampleSpan();
    const child = sampleSpan({ id: "b", parentId: root.id, name: "child" });
    await storeSpans(ctx, experimentId, [child]);
    expect(await getTraceInfo(ctx, "tr-1")).toMatchObject({ state: "IN_PROGRESS", durationMs: null });
    await storeSpans(ctx, experimentId, [root, child, root]);
    expect(await getTraceInfo(ctx, "tr-1")).toMatchObject({
      state: "OK",
      durationMs: 100,
      requestPreview: '{"x":1}',
      responsePreview: "2",
      tags: { "mlflow.traceName": "answer", "mlflow.artifactLocation": expect.stringContaining("/traces/tr-1/") },
    });
    expect((await listSpans(ctx, ["tr-1"])).get("tr-1")?.map(({ id }) => id)).toEqual([root.id, "b"]);
  }),
);

test(
  "prefers the client's trace info to its spans in any order, idempotently",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    const received = {
      id: "tr-1",
      experimentId,
      startedAt: 5,
      durationMs: 7,
      state: "ERROR" as const,
      metadata: { user: "ana" },
      tags: { "mlflow.traceName": "mine", long: "x".repeat(9000) },
    };
    await storeTrace(ctx, received);
    await storeSpans(ctx, experimentId, [sampleSpan()]);
    const first = await storeTrace(ctx, received);
    expect(first).toMatchObject({ startedAt: 5, durationMs: 7, state: "ERROR", metadata: { user: "ana" } });
    expect(first.tags).toMatchObject({ "mlflow.traceName": "mine", long: "x".repeat(8000) });
    expect(await storeTrace(ctx, received)).toEqual(first);
  }),
);

test(
  "sets and deletes tags, and rejects a missing tag, an unknown trace and a deleted experiment",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    await storeSpans(ctx, experimentId, [sampleSpan()]);
    await setTraceTag(ctx, { traceId: "tr-1", key: "k", value: "\0\ud800" });
    expect((await getTraceInfo(ctx, "tr-1")).tags.k).toBe("\ufffd\ufffd");
    await deleteTraceTag(ctx, { traceId: "tr-1", key: "k" });
    await expectRefusal(deleteTraceTag(ctx, { traceId: "tr-1", key: "k" }), "not-found", "'k'");
    await expectRefusal(setTraceTag(ctx, { traceId: "none", key: "k", value: "v" }), "not-found");
    await expectRefusal(getTraceInfo(await newWorkspace(ctx.db), "tr-1"), "not-found");
    await deleteExperiment(ctx, experimentId);
    await expectRefusal(storeSpans(ctx, experimentId, [sampleSpan()]), "invalid", "deleted");
  }),
);

test(
  "deletes traces by ID or the oldest up to a time, and audits it once",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    for (const startedAt of [1, 2, 3, 4]) await storeTrace(ctx, { id: `tr-${startedAt}`, experimentId, startedAt });
    const left = async () =>
      (await searchTraces(ctx, { experimentIds: [experimentId], limit: 9 })).rows.map(({ id }) => id);
    expect(await deleteTraces(ctx, { experimentId, traceIds: ["tr-4", "none"] })).toBe(1);
    expect(await deleteTraces(ctx, { experimentId, startedUntil: 2, atMost: 1 })).toBe(1);
    expect(await left()).toEqual(["tr-3", "tr-2"]);
    expect(await deleteTraces(ctx, { experimentId, startedUntil: 0 })).toBe(0);
    expect((await auditedActions(ctx)).filter((action) => action === "traces.deleted")).toHaveLength(2);
  }),
);

test(
  "invalidates an overridden assessment, and restores it when the override is deleted",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    await storeSpans(ctx, experimentId, [sampleSpan()]);
    const evaluated = { traceId: "tr-1", kind: "feedback", name: "good" } as const;
    const first = await createAssessment(ctx, { ...evaluated, value: 0.9, sourceType: "HUMAN", sourceId: "ana" });
    const second = await createAssessment(ctx, { ...evaluated, value: false, overrides: first.id });
    const at = { traceId: "tr-1", assessmentId: first.id };
    expect((await getAssessment(ctx, at)).isValid).toBe(false);
    await updateAssessment(ctx, { ...at, value: { score: 1 }, metadata: { by: "ana" } });
    expect(await getAssessment(ctx, at)).toMatchObject({ value: { score: 1 }, metadata: { by: "ana" }, name: "good" });
    await deleteAssessment(ctx, { traceId: "tr-1", assessmentId: second.id });
    await deleteAssessment(ctx, { traceId: "tr-1", assessmentId: second.id });
    expect((await getTraceInfo(ctx, "tr-1")).assessments).toMatchObject([{ id: first.id, isValid: true }]);
    await expectRefusal(createAssessment(ctx, { ...evaluated, traceId: "none", value: 1 }), "not-found");
    await expectRefusal(createAssessment(ctx, { ...evaluated, value: 1, overrides: "none" }), "not-found");
    await expectRefusal(updateAssessment(ctx, { ...at, assessmentId: "none", value: 1 }), "not-found");
  }),
);

const cases: [string, string[]][] = [
  ["", ["tr-2", "tr-1"]],
  ["trace.status = 'ERROR'", ["tr-2"]],
  ["name = 'answer' AND tags.team = 'x'", ["tr-1"]],
  ["metadata.user = 'ana'", ["tr-1"]],
  ["NOT metadata.user = 'ana'", ["tr-2"]],
  ["execution_time_ms > 50", ["tr-2", "tr-1"]],
  ["end_time < 1700000000101", ["tr-1"]],
  ["span.name LIKE 'chi%'", ["tr-1"]],
  ["span.type IN ('LLM', 'TOOL') AND span.status = 'ERROR'", ["tr-2"]],
  ["span.attributes.model = 'small'", ["tr-2", "tr-1"]],
  ["span.content ILIKE '%CHILD%'", ["tr-1"]],
  ["feedback.good > 0.5", ["tr-1"]],
  ["feedback.good = 0.9 OR feedback.good = 'no'", ["tr-2", "tr-1"]],
  ["feedback.good != 'no'", ["tr-1"]],
  ["feedback.good IS NULL", []],
  ["expectation.answer RLIKE '^4'", ["tr-1"]],
];

test.each(cases)("finds the traces that match %s", (filter, ids) =>
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    const later = { startedAtNanoseconds: 1_700_000_001_000_000_000n, endedAtNanoseconds: 1_700_000_001_100_000_000n };
    await storeSpans(ctx, experimentId, [
      sampleSpan(),
      sampleSpan({ id: "b", parentId: "a", name: "child", type: "TOOL" }),
      sampleSpan({ ...later, traceId: "tr-2", status: "ERROR" }),
    ]);
    await setTraceTag(ctx, { traceId: "tr-1", key: "team", value: "x" });
    await storeTrace(ctx, {
      id: "tr-1",
      experimentId,
      startedAt: 1_700_000_000_000,
      durationMs: 100,
      state: "OK",
      metadata: { user: "ana" },
    });
    const evaluated = { kind: "feedback", name: "good" } as const;
    await createAssessment(ctx, { ...evaluated, traceId: "tr-1", value: 0.9 });
    await createAssessment(ctx, { ...evaluated, traceId: "tr-2", value: "no" });
    await createAssessment(ctx, { traceId: "tr-1", kind: "expectation", name: "answer", value: "42" });
    const { rows } = await searchTraces(ctx, { experimentIds: [experimentId], filter, limit: 10 });
    expect(rows.map(({ id }) => id)).toEqual(ids);
  })(),
);

test(
  "pages traces in the requested order",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    for (const durationMs of [3, 1, 2])
      await storeTrace(ctx, { id: `tr-${durationMs}`, experimentId, startedAt: 1, durationMs });
    const search = { experimentIds: [experimentId], orderBy: ["execution_time"], limit: 2 };
    const first = await searchTraces(ctx, search);
    const second = await searchTraces(ctx, { ...search, pageToken: first.nextPageToken });
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(["tr-1", "tr-2", "tr-3"]);
    expect(second.nextPageToken).toBeUndefined();
  }),
);

test(
  "stores assessments sent with their trace once, and keeps a later update",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    const feedback = { kind: "feedback" as const, name: "helpful", value: true, rationale: "good", createdAt: 5 };
    const replaced = { kind: "feedback" as const, name: "short", value: 1, id: "a-1" };
    const overriding = { kind: "expectation" as const, name: "short", value: { x: 2 }, id: "a-2", overrides: "a-1" };
    const trace = { id: "tr-1", experimentId, startedAt: 5, assessments: [feedback, replaced, overriding] };
    const first = await storeTrace(ctx, trace);
    expect(first.assessments).toHaveLength(3);
    const byName = Map.groupBy(first.assessments, ({ name }) => name);
    expect(byName.get("helpful")).toMatchObject([{ value: true, rationale: "good", createdAt: 5, isValid: true }]);
    expect(await getAssessment(ctx, { traceId: "tr-1", assessmentId: "a-1" })).toMatchObject({ isValid: false });
    expect(await getAssessment(ctx, { traceId: "tr-1", assessmentId: "a-2" })).toMatchObject({ value: { x: 2 } });
    const assessmentId = byName.get("helpful")?.[0]?.id ?? "";
    await updateAssessment(ctx, { traceId: "tr-1", assessmentId, value: false });
    const again = await storeTrace(ctx, trace);
    expect(again.assessments).toHaveLength(3);
    expect(again.assessments.find(({ id }) => id === assessmentId)?.value).toBe(false);
    await storeTrace(ctx, { ...trace, id: "tr-2", assessments: [{ ...replaced, value: 9 }] });
    expect(await getAssessment(ctx, { traceId: "tr-1", assessmentId: "a-1" })).toMatchObject({ value: 1 });
  }),
);

test(
  "keeps what spans describe of a trace where the client says nothing",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    await storeSpans(ctx, experimentId, [sampleSpan()]);
    await storeTrace(ctx, { id: "tr-1", experimentId, startedAt: 5, clientRequestId: "r-1" });
    const stored = await storeTrace(ctx, { id: "tr-1", experimentId, startedAt: 5 });
    expect(stored).toMatchObject({
      requestPreview: '{"x":1}',
      responsePreview: "2",
      durationMs: 100,
      state: "OK",
      clientRequestId: "r-1",
    });
  }),
);

test(
  "finds traces by the prompts that they used",
  inWorkspace(async (ctx) => {
    const experimentId = await newExperiment(ctx);
    const prompts = (...versions: string[]) =>
      `[${versions.map((version) => `{"name": "qa", "version": "${version}"}`).join(", ")}]`;
    const tagged = (id: string, tag: string) =>
      storeTrace(ctx, { id, experimentId, startedAt: 5, tags: { "mlflow.linkedPrompts": tag } });
    await tagged("tr-1", prompts("1", "2"));
    await tagged("tr-2", prompts("2"));
    await tagged("tr-3", "not JSON");
    const found = async (filter: string) =>
      (await searchTraces(ctx, { experimentIds: [experimentId], filter, limit: 10 })).rows.map(({ id }) => id).sort();
    expect(await found("prompt = 'qa/2'")).toEqual(["tr-1", "tr-2"]);
    expect(await found("prompt = 'qa/1'")).toEqual(["tr-1"]);
    expect(await found("prompt = 'qa/3'")).toEqual([]);
    expect(await found("issue.id = '1'")).toEqual([]);
    expect(await found("issue.id IS NULL AND trace_id = 'tr-3'")).toEqual(["tr-3"]);
  }),
);
