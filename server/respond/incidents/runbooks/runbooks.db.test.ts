import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { addTimelineEvent } from "#server/respond/incidents/timeline/add-timeline-event.ts";
import { listTimeline } from "#server/respond/incidents/timeline/queries.ts";
import { updateIncident } from "#server/respond/incidents/update-incident.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newGroup, newIncident } from "#server/testing/fixtures/incidents/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { archiveRunbook } from "./archive-runbook.ts";
import { createRunbook } from "./create-runbook.ts";
import { getRunbook, listRunbooks } from "./queries.ts";
import { readyMade } from "./ready-made/all.ts";
import { renderRunbook } from "./render-runbook.ts";
import { tickStep } from "./tick-step.ts";
import { untickStep } from "./untick-step.ts";
import { updateRunbook } from "./update-runbook.ts";

const body =
  "Watch {{endpoint}}.\n\n- [ ] Roll back to {{previous_version}} {{when:rolled-back}}\n- [ ] Tell **support**";
const steps = ["Roll back to {{previous_version}}", "Tell **support**"] as const;

async function fixture(ctx: Context) {
  const { id: runbookId } = await createRunbook(ctx, { name: "Ours", body });
  const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
  for (const version of [1, 2]) {
    await newVersion(ctx, { model: "churn", version });
    await deployVersion(ctx, { endpointId, model: "churn", version });
  }
  return { runbookId, endpointId, ...(await newIncident(ctx, { endpointId, runbookId })) };
}

test(
  "starts a workspace with the built-in runbooks, and does not recreate archived ones",
  inWorkspace(async (ctx) => {
    const listed = await listRunbooks(as(ctx, "viewer"));
    expect(listed.map(({ name }) => name)).toEqual(readyMade.map(({ name }) => name).toSorted());
    expect(listed.every(({ steps, uses }) => steps > 5 && uses === 0)).toBe(true);
    const [first] = listed;
    await archiveRunbook(ctx, { runbookId: first?.id ?? "" });
    expect(await listRunbooks(ctx)).toHaveLength(readyMade.length - 1);
    await expect(archiveRunbook(ctx, { runbookId: first?.id ?? "" })).rejects.toMatchObject({ code: "conflict" });
    await expect(getRunbook(await newWorkspace(ctx.db), { runbookId: first?.id ?? "" })).rejects.toThrow(
      "Runbook not found",
    );
  }),
);

test(
  "renders a runbook for its incident and for the alerts of that incident",
  inWorkspace(async (ctx) => {
    const { runbookId, id, groupId } = await fixture(ctx);
    const rendered = await renderRunbook(ctx, { runbookId, subjectId: id });
    expect(rendered).toMatchObject({ subjectId: id, unknown: [], total: 2, done: 0 });
    expect(rendered.parts[0]).toEqual({ kind: "text", markdown: "Watch churn." });
    expect(rendered.parts[1]).toMatchObject({ steps: [{ text: "Roll back to 1", isAutomatic: true }, {}] });
    expect(await renderRunbook(ctx, { runbookId, subjectId: groupId })).toMatchObject({ subjectId: id });
    expect((await renderRunbook(ctx, { runbookId })).unknown).toEqual(["endpoint", "previous_version"]);
    const theirs = await newGroup(await newWorkspace(ctx.db));
    await expect(renderRunbook(ctx, { runbookId, subjectId: theirs })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "adds checked steps to the timeline once, whether checked for the alert or the incident",
  inWorkspace(async (ctx) => {
    const { runbookId, id, number, groupId } = await fixture(ctx);
    const written = async () => (await listTimeline(ctx, { number, kinds: ["runbook"] })).map(({ title }) => title);
    await tickStep(ctx, { runbookId, subjectId: groupId, step: steps[1] });
    await tickStep(ctx, { runbookId, subjectId: id, step: steps[1] });
    expect(await written()).toEqual(["Done: Tell support"]);
    await untickStep(ctx, { runbookId, subjectId: id, step: steps[1] });
    await untickStep(ctx, { runbookId, subjectId: id, step: steps[1] });
    await tickStep(ctx, { runbookId, subjectId: id, step: steps[1] });
    expect(await written()).toEqual(["Done: Tell support", "Reopened: Tell support", "Done: Tell support"]);
    const deleted = tickStep(ctx, { runbookId, subjectId: id, step: "no such step" });
    await expect(deleted).rejects.toMatchObject({ code: "not-found", field: "step" });
    const lonely = await newGroup(ctx);
    await tickStep(ctx, { runbookId, subjectId: lonely, step: steps[1] });
    expect((await renderRunbook(ctx, { runbookId, subjectId: lonely })).done).toBe(1);
  }),
);

test(
  "checks observed steps automatically, and keeps checks when other steps are edited",
  inWorkspace(async (ctx) => {
    const { runbookId, id, number } = await fixture(ctx);
    await addTimelineEvent(ctx, id, { kind: "rollback", title: "churn rolled back to version 1" });
    const ticked = await renderRunbook(ctx, { runbookId, subjectId: id });
    expect(ticked.parts[1]).toMatchObject({ steps: [{ tick: { by: "Leeway" } }, { tick: null }] });
    // A runbook chosen midway starts with the ticks that already exist.
    const { id: otherId } = await createRunbook(ctx, { name: "Other", body });
    await updateIncident(ctx, { number, runbookId: otherId });
    expect((await renderRunbook(ctx, { runbookId: otherId, subjectId: id })).done).toBe(1);
    await updateIncident(ctx, { number, runbookId });
    await updateRunbook(ctx, { runbookId, body: `${body}\n- [ ] Sleep`, revision: 1 });
    expect(await renderRunbook(ctx, { runbookId, subjectId: id })).toMatchObject({ done: 1, total: 3, revision: 2 });
    const stale = updateRunbook(ctx, { runbookId, name: "x", revision: 1 });
    await expect(stale).rejects.toMatchObject({ code: "conflict" });
    await expect(archiveRunbook(ctx, { runbookId })).rejects.toThrow("incident uses this runbook");
  }),
);

test(
  "rejects an unknown variable or moment and an existing name by field",
  inWorkspace(async (ctx) => {
    const create = (input: { name?: string; body?: string }) =>
      createRunbook(ctx, { name: "n", body: "- [ ] x", ...input });
    await expect(create({ body: "{{endpont}}" })).rejects.toMatchObject({ code: "invalid", field: "body" });
    await expect(create({ body: "- [ ] x {{when:paged}}" })).rejects.toMatchObject({ code: "invalid", field: "body" });
    await expect(create({ name: "Bad canary" })).rejects.toMatchObject({ code: "conflict", field: "name" });
  }),
);
