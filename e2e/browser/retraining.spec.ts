import { expect } from "@playwright/test";
import { newDatasetVersion } from "./accessibility-fixture.ts";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { trainingFile } from "./monitoring-fixture.ts";
import { newVersion } from "./serving-fixture.ts";

test("an operator writes a policy, retrains by hand, and stops the cycle", async ({ page }) => {
  const [model, engine, template, dataset] = [unique("flights"), unique("local"), unique("sleeper"), unique("fresh")];
  await newVersion(model, "flight-delay/models/flight-delay-v2.onnx");
  await call("POST", "/api/v1/endpoints", { name: model });
  const reason = "Scene of a journey";
  await call("POST", `/api/v1/endpoints/${model}/deployments`, { model, version: 1, reason });
  const { id: engineId } = await call<{ id: string }>("POST", "/api/v1/training/engines", {
    name: engine,
    settings: { kind: "local", maxJobs: 1 },
  });
  const command = ["python3", "-c", "import time; time.sleep(600)"];
  await call("PUT", `/api/v1/training/templates/${template}`, { spec: { job: { command }, engineId } });
  const [head, ...rows] = (await trainingFile()).toString().trim().split("\n");
  // What a version learns from is not in the frozen set.
  await newDatasetVersion(dataset, [head, ...rows.slice(0, 200)].join("\n"));
  const audit = { name: unique("audit"), digest: "" };
  audit.digest = await newDatasetVersion(audit.name, [head, ...rows.slice(200)].join("\n"));
  const definition = { dataset: audit, task: { kind: "classification", label: "delayed" } };
  const set = await call<{ id: string }>("POST", "/api/v1/evaluation-sets", { name: audit.name, definition });
  const state = async () => (await call<{ state: string }>("GET", `/api/v1/evaluation-sets/${set.id}`)).state;
  await expect.poll(state).toBe("ready");

  await signIn(page, "/retraining");
  await page.getByRole("link", { name: "Create policy…" }).click();
  await page.getByRole("button", { name: "Create policy" }).click();
  await expect(page.getByText("Choose an evaluation set.")).toBeVisible();
  await page.getByLabel("Model", { exact: true }).selectOption(model);
  await page.getByLabel("Endpoint", { exact: true }).selectOption(model);
  await page.getByLabel("Dataset", { exact: true }).fill(dataset);
  await page.getByLabel("Job template").selectOption(template);
  await page.getByLabel("Frozen set").selectOption(set.id);
  await page.getByRole("button", { name: "Create policy" }).click();
  await expect(page.getByRole("heading", { name: model, level: 1 })).toBeVisible();
  await expect(page.getByText("drift for 24 h, any feature")).toBeVisible();

  await page.keyboard.press("t");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "New labels" }).click();
  await dialog.getByRole("button", { name: /^Retrain/ }).click();
  await expect(page.getByRole("heading", { name: "Cycle 1", level: 1 })).toBeVisible();
  const steps = page.getByRole("list", { name: "Steps" });
  await expect(steps.getByRole("listitem").filter({ hasText: "Training" })).toHaveAttribute("aria-current", "step");
  const job = page.getByRole("link", { name: `${model} retraining 1`, exact: true });
  await expect(job).toBeVisible();

  await page.keyboard.press("s");
  await dialog.getByRole("button", { name: "No longer needed" }).click();
  await dialog.getByRole("button", { name: /^Stop cycle/ }).click();
  await expect(page.getByText(/^Ended by .*: No longer needed$/).first()).toBeVisible({ timeout: 180_000 });
  await page.getByRole("link", { name: model, exact: true }).first().click();
  await expect(page.getByRole("row", { name: /Cycle 1/ })).toContainText("Cancelled");
});
