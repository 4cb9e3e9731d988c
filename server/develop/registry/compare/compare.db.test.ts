import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { measuredModel } from "../../../testing/fixtures/registry/requests/testing.ts";
import { compareVersions } from "./queries.ts";

test(
  "compares metrics and params of the runs of two versions, within the workspace only",
  inWorkspace(async (ctx) => {
    await measuredModel(ctx, "a", [0.9, 0.95]);
    expect(await compareVersions(ctx, { name: "a", a: 1, b: 2 })).toMatchObject({
      modelName: "a",
      a: 1,
      b: 2,
      problems: null,
      metrics: [{ name: "accuracy", a: 0.9, b: 0.95 }],
      params: [{ name: "rows", a: "1000", b: "1000" }],
    });
    await expect(compareVersions(ctx, { name: "a", a: 1, b: 9 })).rejects.toMatchObject({ code: "not-found" });
    await expect(compareVersions(ctx, { name: "a", a: 0, b: 1 })).rejects.toMatchObject({ name: "ZodError" });
    const elsewhere = await newWorkspace(ctx.db);
    await expect(compareVersions(elsewhere, { name: "a", a: 1, b: 2 })).rejects.toMatchObject({ code: "not-found" });
  }),
);
