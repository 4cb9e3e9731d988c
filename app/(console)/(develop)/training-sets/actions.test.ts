import { expect, test } from "vitest";
import { configureLog } from "#server/base/log.ts";
import { createTrainingSetAction } from "./actions.ts";

configureLog({ role: "test", level: "silent" });

test("renders no page again after a refused training set", async () => {
  // Nobody is signed in here. Outside Next, rendering a page again throws.
  await expect(createTrainingSetAction({ name: "trips" })).resolves.toMatchObject({ ok: false });
});
