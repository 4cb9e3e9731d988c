import { expect, type Page } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { call, demoFile, leeway, mlflow, newExperiment, newRun, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

const digits = "digits/models/digits-v1.onnx";

/** Opens the dialog on the list of models and fills it. */
async function register(page: Page, model: string, file: { name: string; buffer: Buffer }): Promise<void> {
  await signIn(page, "/models");
  await page.getByRole("button", { name: "Register version…" }).click();
  await page.getByLabel("Model", { exact: true }).fill(model);
  await page.locator('input[type="file"]').setInputFiles({ ...file, mimeType: "application/octet-stream" });
  await expect(page.getByText(file.name)).toBeVisible();
  await page.getByRole("button", { name: "Register version", exact: true }).click();
}

async function exists(model: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${leeway.token}` };
  const { status } = await fetch(`${leeway.url}/api/v1/models/${model}`, { headers });
  return status === 200;
}

test("a user sees a file that is no model rejected with the reason, and nothing is registered", async ({ page }) => {
  const model = unique("photos");
  await register(page, model, { name: "holiday.jpg", buffer: Buffer.from("not a model at all") });
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("Not an ONNX file");
  expect(await exists(model)).toBe(false);

  const cut = demoFile(digits).subarray(0, 500);
  await page.locator('input[type="file"]').setInputFiles({ name: "cut.onnx", mimeType: "", buffer: cut });
  await page.getByRole("button", { name: "Register version", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("truncated");
  expect(await exists(model)).toBe(false);
});

test("a user registers a valid ONNX file as a version with its signature", async ({ page }) => {
  const model = unique("digits");
  await register(page, model, { name: "digits-v1.onnx", buffer: demoFile(digits) });
  await expect(page.getByRole("heading", { level: 1, name: `${model} v1` })).toBeVisible();
  const signature = page.getByRole("table", { name: "Signature" });
  await expect(signature.getByRole("row", { name: /image Input FP32/ })).toContainText("× 1 × 8 × 8");
  await expect(signature.getByRole("row", { name: /probabilities Output FP32/ })).toContainText("× 10");
  await expect(page.getByText("none, uploaded directly")).toBeVisible();
  expect(await brokenRules(page)).toEqual([]);

  await page.getByRole("link", { name: model, exact: true }).first().click();
  await expect(page.getByRole("row", { name: /v1/ })).toContainText("Servable");
  await expect(page).toHaveURL(new RegExp(`/models/${model}$`));
});

test("a user moves an alias with a reason, which the audit log records", async ({ page }) => {
  const model = unique("digits");
  const reason = unique("Two points better on the north depots");
  for (const file of [digits, "digits/models/digits-v2.onnx"]) {
    await call("POST", `/api/v1/models/${model}/versions`, new Uint8Array(demoFile(file)));
  }
  await mlflow("registered-models/alias", { name: model, alias: "champion", version: "1" });
  await signIn(page, `/models/${model}/v2`);
  await page.getByRole("button", { name: "Alias" }).click();
  await page.getByRole("menuitem", { name: "Set champion…" }).click();
  const dialog = page.getByRole("dialog", { name: `Point champion to ${model} v2?` });
  await expect(dialog).toContainText("champion moves from v1 to v2");
  await dialog.getByRole("button", { name: /Point champion to v2/ }).click();
  await expect(dialog).toContainText("Give a short reason");
  await dialog.getByLabel("Reason").fill(reason);
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("main")).toContainText("champion");
  await page.goto(`/models/${model}`);
  await expect(page.getByRole("row", { name: /^v2/ })).toContainText("champion");
  await expect(page.getByRole("row", { name: /^v1/ })).not.toContainText("champion");
  await page.goto("/audit");
  await expect(page.getByText(reason)).toBeVisible();
});

test("a user explores the lineage of a version as a graph by keyboard and as a table", async ({ page }) => {
  const [model, experiment] = [unique("digits"), await newExperiment(unique("digits"))];
  const run = await newRun(experiment, { name: "even-keel", status: "FINISHED" });
  const dataset = { name: "parcel-photos", digest: "4be10508", source_type: "s3", source: "{}" };
  const tags = [{ key: "mlflow.data.context", value: "training" }];
  await mlflow("runs/log-inputs", { run_id: run, datasets: [{ dataset, tags }] });
  await mlflow("registered-models/create", { name: model });
  await mlflow("model-versions/create", { name: model, source: `runs:/${run}/model`, run_id: run });
  await signIn(page, `/models/${model}/v1`);
  await expect(page.getByText("This version cannot be served")).toBeVisible();
  const node = page.getByRole("link", { name: /^even-keel/ }).last();
  await expect(page.getByText("training, 4be10508")).toBeVisible();
  await page.getByRole("link", { name: /^v1/ }).last().focus();
  await page.keyboard.press("ArrowLeft");
  await expect(node).toBeFocused();
  await page.getByText("Table", { exact: true }).click();
  await expect(page.getByRole("table", { name: "Lineage" })).toContainText("parcel-photos");
  await page.getByRole("table", { name: "Lineage" }).getByRole("link", { name: "even-keel" }).click();
  await expect(page).toHaveURL(new RegExp(run));
  await expect(page.getByRole("link", { name: `${model} v1`, exact: true })).toBeVisible();
});
