import { expect } from "@playwright/test";
import { findings } from "./axe.ts";
import { call, mlflow, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Creates an experiment with two runs, and a registered model from the first. */
async function setUpFixture() {
  const name = unique("soundings");
  const model = unique("depth");
  const { experiment_id } = await mlflow<{ experiment_id: string }>("experiments/create", { name });
  const runs: string[] = [];
  for (const run_name of ["kept by a version", "plain"].map(unique)) {
    const { run } = await mlflow<{ run: { info: { run_id: string } } }>("runs/create", { experiment_id, run_name });
    runs.push(run_name);
    await mlflow("runs/log-metric", { run_id: run.info.run_id, key: "loss", value: 1, timestamp: 1, step: 1 });
    if (runs.length === 1) {
      await mlflow("registered-models/create", { name: model });
      await mlflow("model-versions/create", { name: model, source: `runs:/${run.info.run_id}/model` });
    }
    await mlflow("runs/delete", { run_id: run.info.run_id });
  }
  return { name, model, runs };
}

test("a user restores items deleted by a client, and permanently deletes only unused ones", async ({ page }) => {
  const { model, runs } = await setUpFixture();
  const [used = "", plain = ""] = runs;
  await mlflow("registered-models/create", { name: `${model}-old` });
  await call("DELETE", "/api/2.0/mlflow/registered-models/delete", { name: `${model}-old` });
  await signIn(page, "/settings/trash");
  await page.getByRole("button", { name: `Restore ${model}-old` }).click();
  await expect(page.getByText(`${model}-old was restored.`)).toBeVisible();
  await expect(page.getByRole("button", { name: `Restore ${model}-old` })).toHaveCount(0);
  await call("GET", `/api/2.0/mlflow/registered-models/get?name=${model}-old`);

  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: `Delete permanently… ${used}` }).click();
  await expect(page.getByText(`In use by version 1 of ${model}.`)).toBeVisible();

  await page.getByRole("button", { name: `Delete permanently… ${plain}` }).click();
  const dialog = page.getByRole("dialog", { name: `Permanently delete run ${plain}?` });
  await expect(dialog).toContainText("Metric points");
  await dialog.getByRole("button", { name: "Created by mistake" }).click();
  await dialog.getByRole("button", { name: "Delete permanently" }).click();
  await expect(page.getByRole("row").filter({ hasText: plain })).toHaveCount(0);
  const { purges } = await call<{ purges: { name: string; finishedAt: string | null }[] }>(
    "GET",
    "/api/v1/trash/purges",
  );
  expect(purges.find(({ name }) => name === plain)?.finishedAt).not.toBeNull();
});

test("a user sets a retention rule for an experiment and resets it to the workspace default", async ({ page }) => {
  const { name } = await setUpFixture();
  await signIn(page, `/experiments/${encodeURIComponent(name)}`);
  await page.getByRole("button", { name: "Retention…" }).click();
  const dialog = page.getByRole("dialog", { name: "Retention of this experiment" });
  await expect(dialog).toContainText("The workspace retention applies");
  await dialog.getByLabel("Move runs to trash after").fill("7");
  await dialog.getByRole("button", { name: "Save retention" }).click();
  await expect(dialog).toContainText("This experiment overrides the workspace retention.");
  await dialog.getByRole("button", { name: "Use workspace retention" }).click();
  await expect(dialog).toContainText("The workspace retention applies");
});
