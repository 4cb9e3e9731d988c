import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember, newWorkspace } from "#server/testing/testing.ts";
import { leaseLabelTask } from "../queue/lease-label-task.ts";
import { showLabelField } from "../queue/show-label-field.ts";
import { openTaskFile } from "./open-task-file.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-task-files-"));
const store = await openLocalStore(folder);
afterAll(() => rm(folder, { recursive: true, force: true }));

const shown = (artifact: string) => ({ artifact, mimeType: "image/png", sizeBytes: 5 });

test(
  "opens a picture of a task for those who may label it, and nothing else",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { workspaceId } = ctx.actor;
    await store.put(`${workspaceId}/labels/ab/photo.png`, Readable.from(["photo"]));
    await store.put(`${other.actor.workspaceId}/labels/ab/secret.png`, Readable.from(["secret"]));
    await store.put(`${workspaceId}/models/ab/weights.bin`, Readable.from(["weights"]));
    const projectId = await newLabelProject(ctx, { settings: { hiddenFields: ["face", "row.back"] } });
    const data = {
      image: shown("labels/ab/photo.png"),
      face: shown("labels/ab/photo.png"),
      foreign: shown(`${other.actor.workspaceId}/labels/ab/secret.png`),
      climbing: shown(`../${other.actor.workspaceId}/labels/ab/secret.png`),
      model: shown("models/ab/weights.bin"),
      text: "labels/ab/photo.png",
      row: {
        front: shown("labels/ab/photo.png"),
        back: shown("labels/ab/photo.png"),
        face: shown("labels/ab/photo.png"),
      },
    };
    const [taskId = 0] = await newTasks(ctx, projectId, [{ item: "parcel", data }]);

    const file = await openTaskFile(ctx, store, { taskId, field: "image" });
    expect([file.mimeType, file.sizeBytes, await text(file.content)]).toEqual(["image/png", 5, "photo"]);
    expect((await openTaskFile(ctx, store, { taskId, field: "row.front" })).sizeBytes).toBe(5);
    for (const field of ["face", "row.face", "row.back", "row", "foreign", "model", "text", "missing", "__proto__"]) {
      await expect(openTaskFile(ctx, store, { taskId, field }), field).rejects.toMatchObject({ code: "not-found" });
    }
    await leaseLabelTask(ctx, { projectId, taskId });
    await expect(openTaskFile(ctx, store, { taskId, field: "face" })).rejects.toMatchObject({ code: "not-found" });
    await showLabelField(ctx, { projectId, taskId, field: "face", reason: "Is it torn?" });
    expect((await openTaskFile(ctx, store, { taskId, field: "face" })).sizeBytes).toBe(5);
    await expect(openTaskFile(ctx, store, { taskId, field: "row.back" })).rejects.toMatchObject({ code: "not-found" });
    await showLabelField(ctx, { projectId, taskId, field: "row.back", reason: "Is it torn?" });
    expect((await openTaskFile(ctx, store, { taskId, field: "row.back" })).sizeBytes).toBe(5);
    const member = await newMember(ctx);
    await expect(openTaskFile(member, store, { taskId, field: "face" })).rejects.toMatchObject({ code: "not-found" });
    await expect(openTaskFile(ctx, store, { taskId, field: "climbing" })).rejects.toMatchObject({ code: "invalid" });
    await expect(openTaskFile(other, store, { taskId, field: "image" })).rejects.toMatchObject({ code: "not-found" });
    const viewer = await newMember(ctx, "viewer");
    await expect(openTaskFile(viewer, store, { taskId, field: "image" })).rejects.toMatchObject({ code: "forbidden" });
  }),
);
