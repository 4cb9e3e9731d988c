import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, endpoints, labelAnnotators, labelProjects, labelRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { countMoves } from "#server/improve/labelling/consensus/count-moves.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { knownAlerts, newOwner, newServed } from "../../../testing/fixtures/alerts/rules/testing.ts";
import type { AlertRuleSpec } from "../contract.ts";
import { createAlertRule } from "../create-alert-rule.ts";
import { evaluateAlertRule } from "../evaluate-alert-rule.ts";
import { getAlertRule } from "../queries.ts";

const start = Date.now();
const spec = (part: object): AlertRuleSpec => ({
  kind: "labels",
  on: ["disagreement", "errors", "backlog", "idle"],
  projectId: null,
  alphaBelow: 0.667,
  errorShare: 0.1,
  idleHours: 72,
  ...part,
});

/** Stores a run with an agreement and a share of errors, as the worker would. */
async function addRun(ctx: Context, projectId: number, alpha: [low: number, value: number, high: number], wrong = 0) {
  const [low, value, high] = alpha;
  const none = { value: null, low: null, high: null };
  const agreement = { compared: 90, answers: 200, alpha: { value, low, high }, ac1: none, similarity: none };
  const noise = {
    rows: 200,
    withoutProbabilities: 0,
    inTraining: 0,
    share: { value: wrong, low: wrong - 0.02, high: wrong + 0.02 },
    joint: [],
    suspectedCount: 0,
    suspected: [],
  };
  const results = {
    tasks: 200,
    answers: 400,
    people: 3,
    classes: ["cat", "dog", "fox"],
    agreement,
    grade: null,
    largestClassShare: 0.4,
    guidelines: [],
    byClass: [],
    pairs: [],
    byPerson: [],
    consensus: { method: null, different: 0, differences: [] },
    noise,
    leftOut: 0,
  };
  const { workspaceId } = ctx.actor;
  await ctx.db.insert(labelRuns).values({ workspaceId, projectId, state: "done", requestedBy: "x", results });
}

async function newRule(ctx: Context, part: object = {}, endpointId: string | null = null) {
  const { runbookId } = await newOwner(ctx);
  const { id } = await createAlertRule(ctx, {
    name: "Labels",
    endpointId,
    spec: spec(part),
    severity: "ticket",
    runbookId,
  });
  let minute = 0;
  /** Evaluates some minutes later, when nothing is known from before. */
  const evaluate = async () => {
    minute += 6;
    await evaluateAlertRule(ctx, id, start + minute * minuteMs);
    const known = await knownAlerts(ctx, start + minute * minuteMs);
    return known.map(({ labels, isFiring }) => `${labels.problem} ${labels.label_project} ${isFiring}`).toSorted();
  };
  return { id, evaluate, runbookId };
}

test(
  "alerts once while people disagree or labels look wrong, keeps through the runs that hover, and ends by itself",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const { id: projectId } = await newAnimalProject(ctx, { endpoint: "churn" });
    const { id: ruleId, evaluate, runbookId } = await newRule(ctx, { on: ["disagreement", "errors"] });
    expect(await evaluate()).toEqual([]);
    await addRun(ctx, projectId, [0.6, 0.66, 0.72], 0.11);
    expect(await evaluate()).toEqual([]);
    await addRun(ctx, projectId, [0.35, 0.41, 0.48], 0.2);
    expect(await evaluate()).toEqual(["disagreement animals true", "errors animals true"]);
    const [first] = (await knownAlerts(ctx, start)).filter(({ labels }) => labels.problem === "disagreement");
    expect(first).toMatchObject({
      labels: {
        alertname: "Labels",
        severity: "ticket",
        service: "churn",
        endpoint: "churn",
        label_project: "animals",
      },
      annotations: {
        summary: "animals: people disagree, alpha 0.41",
        description: `People do not agree in animals: alpha 0.41 (0.35 to 0.48), limit 0.67. See /labels/${projectId}. Rule: In a label project of churn, people disagree (alpha below 0.667) or more than 10% of the labels are likely incorrect.`,
        runbook_url: `/incidents/runbooks/${runbookId}`,
        "leeway.internal/endpoint-id": endpointId,
      },
    });
    // The next runs hover about the limits: the same alert goes on.
    await addRun(ctx, projectId, [0.6, 0.66, 0.72], 0.11);
    expect(await evaluate()).toEqual(["disagreement animals true", "errors animals true"]);
    const again = (await knownAlerts(ctx, start)).find(({ labels }) => labels.problem === "disagreement");
    expect(again?.startsAt).toBe(first?.startsAt);
    await addRun(ctx, projectId, [0.7, 0.75, 0.8], 0.05);
    expect(await evaluate()).toEqual(["disagreement animals false", "errors animals false"]);
    const { states } = await getAlertRule(ctx, { ruleId });
    expect(states.map(({ state }) => state)).toEqual(["inactive", "inactive"]);
    // Each fired and ended once.
    const events = await ctx.db.select().from(alertEvents).where(eq(alertEvents.workspaceId, ctx.actor.workspaceId));
    expect(events.filter(({ kind }) => kind === "firing")).toHaveLength(2);
    expect(events.filter(({ kind }) => kind === "resolved")).toHaveLength(2);
  }),
);

test(
  "alerts while the audit cannot be labelled in time or nobody labels, for the projects of the rule",
  inWorkspace(async (ctx) => {
    await newServed(ctx);
    const { id: projectId } = await newAnimalProject(ctx, { endpoint: "churn" });
    const { id: otherId } = await newAnimalProject(ctx, { name: "others" });
    const { workspaceId } = ctx.actor;
    const old = { createdAt: new Date(start - 5 * dayMs) };
    for (let task = 0; task < 12; task += 1) await addLabelled(ctx, projectId, { item: `open${task}`, ...old });
    for (let task = 0; task < 6; task += 1) await addLabelled(ctx, projectId, { item: `done${task}`, label: "cat" });
    await addLabelled(ctx, otherId, { item: "other", ...old });
    await countMoves(ctx, projectId, [{ source: "audit", from: null, to: "open", count: 12 }]);
    await countMoves(ctx, otherId, [{ source: "audit", from: null, to: "open" }]);
    const { evaluate } = await newRule(ctx, { on: ["backlog", "idle"], projectId });
    // 12 items at 6 a week take 14 days.
    expect(await evaluate()).toEqual(["backlog animals true", "idle animals true"]);
    const answered = { workspaceId, projectId, person: "ana", name: "Ana", lastAnswerAt: new Date(start) };
    await ctx.db.insert(labelAnnotators).values(answered);
    for (let task = 6; task < 12; task += 1) await addLabelled(ctx, projectId, { item: `done${task}`, label: "cat" });
    // 12 items at 12 a week take 7 days: in time, but the alert ends at 5.6 only.
    expect(await evaluate()).toEqual(["backlog animals true", "idle animals false"]);
    for (let task = 12; task < 18; task += 1) await addLabelled(ctx, projectId, { item: `done${task}`, label: "cat" });
    expect(await evaluate()).toEqual(["backlog animals false", "idle animals false"]);
    // A paused project alerts about nothing.
    await ctx.db
      .update(labelAnnotators)
      .set({ lastAnswerAt: new Date(start - 4 * dayMs) })
      .where(eq(labelAnnotators.projectId, projectId));
    expect(await evaluate()).toEqual(["backlog animals false", "idle animals true"]);
    await ctx.db.update(labelProjects).set({ state: "paused" }).where(eq(labelProjects.id, projectId));
    expect(await evaluate()).toEqual(["backlog animals false", "idle animals false"]);
  }),
);

test(
  "is a ticket about a project of this workspace",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { id: projectId } = await newAnimalProject(other);
    const create = (part: object, severity: "page" | "ticket" = "ticket") =>
      createAlertRule(ctx, { name: "Labels", spec: spec(part), severity });
    await expect(create({ projectId })).rejects.toMatchObject({ code: "not-found", field: "spec.projectId" });
    await expect(create({}, "page")).rejects.toMatchObject({ code: "invalid", field: "severity" });
    const { words } = await create({});
    expect(words).toBe(
      "In a label project, people disagree (alpha below 0.667), more than 10% of the labels are likely incorrect, the audit cannot be labelled in time or no one has labelled for 3 days.",
    );
  }),
);

test(
  "watches the projects of the endpoint that a rule names, until the endpoint is archived",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const { id: projectId } = await newAnimalProject(ctx, { endpoint: "churn" });
    const { id: otherId } = await newAnimalProject(ctx, { name: "others" });
    for (const id of [projectId, otherId]) await addRun(ctx, id, [0.35, 0.41, 0.48]);
    const { evaluate } = await newRule(ctx, { on: ["disagreement"] }, endpointId);
    expect(await evaluate()).toEqual(["disagreement animals true"]);
    await ctx.db.update(endpoints).set({ archivedAt: new Date() }).where(eq(endpoints.id, endpointId));
    expect(await evaluate()).toEqual(["disagreement animals false"]);
  }),
);
