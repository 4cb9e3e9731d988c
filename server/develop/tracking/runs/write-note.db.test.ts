import { expect, test } from "vitest";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal, newRun } from "../../../testing/fixtures/tracking/testing.ts";
import { deleteRun } from "./delete-run.ts";
import { getRun } from "./queries.ts";
import { writeNote } from "./write-note.ts";

test(
  "stores a note in the MLflow tag, removes it when empty, and ignores an unchanged one",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await writeNote(ctx, { runId, note: "  *First* try.\n" });
    const note = { key: "mlflow.note.content", value: "*First* try." };
    expect((await getRun(ctx, runId)).tags).toContainEqual(note);
    await writeNote(ctx, { runId, note: "*First* try." });
    await writeNote(ctx, { runId, note: " " });
    expect((await getRun(ctx, runId)).tags.map(({ key }) => key)).not.toContain("mlflow.note.content");
    expect((await auditedActions(ctx)).filter((action) => action === "run.note-changed")).toHaveLength(2);
  }),
);

test(
  "rejects a note that is too long, of a deleted or foreign run, or by a viewer",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await expect(writeNote(ctx, { runId, note: "a".repeat(8001) })).rejects.toThrow("maximum length of 8000");
    await expectRefusal(writeNote(as(ctx, "viewer"), { runId, note: "a" }), "forbidden");
    await expectRefusal(writeNote(await newWorkspace(ctx.db), { runId, note: "a" }), "not-found");
    await deleteRun(ctx, runId);
    await expectRefusal(writeNote(ctx, { runId, note: "a" }), "invalid", "deleted");
  }),
);
