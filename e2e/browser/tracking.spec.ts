import { expect, type Page } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { logMetric, mlflow, newExperiment, newRun, putArtifact, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Locates the names of the displayed runs, from top to bottom. */
function names(page: Page) {
  return page.getByRole("table", { name: "Runs" }).locator("tbody [data-lw-row-link]");
}

/** Waits until the page receives events. */
async function live(page: Page): Promise<void> {
  await expect(page.getByText(/^Live/)).toBeVisible();
}

/** Creates three runs of an experiment: the middle one is the best. */
async function threeRuns(): Promise<string> {
  const experiment = await newExperiment(unique("parcel-damage"));
  const add = (name: string, accuracy: number, lr: string) =>
    newRun(experiment, {
      name,
      params: { lr, epochs: "2" },
      metrics: { val_accuracy: [0.5, accuracy], val_loss: [2, 1 - accuracy] },
      status: "FINISHED",
    });
  await add("slow-tide", 0.81, "0.1");
  await add("even-keel", 0.95, "0.01");
  await add("hard-alee", 0.62, "1.0");
  return experiment;
}

test("a user sees the curve of a logging run move on its open page, and its end reported", async ({ page }) => {
  const experiment = await newExperiment(unique("live"));
  const run = await newRun(experiment, { name: "first-light", metrics: { val_accuracy: [0.71, 0.72] } });
  await signIn(page, `/experiments/${experiment}/runs/${run}`);
  const chart = page.getByRole("figure").filter({ hasText: "val_accuracy" });
  await expect(chart).toContainText("0.72");
  await expect(page.getByText("at step 1; val_accuracy is 0.72 so far")).toBeVisible();
  await live(page);
  await logMetric(run, "val_accuracy", 2, 0.83);
  await expect(chart).toContainText("0.83");
  await expect(page.getByText("at step 2; val_accuracy is 0.83 so far")).toBeVisible();
  await logMetric(run, "train_loss", 0, 0.5);
  await logMetric(run, "train_loss", 1, 0.4);
  await expect(page.getByRole("figure").filter({ hasText: "train_loss" })).toContainText("0.4");
  await mlflow("runs/update", { run_id: run, status: "FINISHED", end_time: Date.now() });
  await expect(page.getByText(/^Finished in .*; val_accuracy is 0.83\.$/)).toBeVisible();
});

test("a user sees that a run waits for its first metric, and that another one failed", async ({ page }) => {
  const experiment = await newExperiment(unique("broken"));
  const waiting = await newRun(experiment, { name: "second-mate" });
  await signIn(page, `/experiments/${experiment}/runs/${waiting}`);
  await expect(page.getByText("no metrics yet")).toBeVisible();
  await logMetric(waiting, "train_loss", 0, 2);
  await expect(page.getByText("at step 0")).toBeVisible();
  const failed = await newRun(experiment, {
    name: "low-water",
    metrics: { train_loss: [2, 1, "NaN", "NaN"] },
    status: "FAILED",
  });
  await page.goto(`/experiments/${experiment}/runs/${failed}`);
  await expect(page.getByText("Failed after 1 min: train_loss has been NaN since step 2.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Latest metrics" })).toContainText("NaN");
  await page.goto(`/experiments/${experiment}`);
  await expect(page.getByRole("row", { name: /low-water/ })).toContainText("train_loss has been NaN since step 2");
});

test("a user filters and sorts runs and chooses columns, and the URL keeps all of it", async ({ page }) => {
  await signIn(page, `/experiments/${await threeRuns()}`);
  await expect(names(page)).toHaveText([/even-keel/, /slow-tide/, /hard-alee/]);
  expect(await brokenRules(page)).toEqual([]);

  await page.keyboard.press("/");
  await page.keyboard.type("metrics.val_accuracy > 0.7");
  await page.keyboard.press("Enter");
  await expect(names(page)).toHaveText([/even-keel/, /slow-tide/]);
  await expect(page.getByText("2 of 3 runs")).toBeVisible();

  const learningRate = page.getByRole("columnheader", { name: "lr" });
  await learningRate.getByRole("link").click();
  await expect(learningRate).toHaveAttribute("aria-sort", "ascending");
  await expect(names(page)).toHaveText([/even-keel/, /slow-tide/]);
  await learningRate.getByRole("link").click();
  await expect(names(page)).toHaveText([/slow-tide/, /even-keel/]);

  await page.getByRole("button", { name: /^Columns/ }).click();
  await page.getByRole("textbox", { name: "Find a column" }).fill("epochs");
  await page.getByRole("checkbox", { name: /epochs/ }).check();
  await expect(page.getByRole("columnheader", { name: "epochs" })).toBeVisible();
  await page.keyboard.press("Escape");

  await page.reload();
  await expect(names(page)).toHaveText([/slow-tide/, /even-keel/]);
  await expect(page.getByRole("columnheader", { name: "epochs" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Filter runs" })).toHaveValue("metrics.val_accuracy > 0.7");
});

test("a user sees why a filter is invalid, and the last valid result stays", async ({ page }) => {
  await signIn(page, `/experiments/${await threeRuns()}`);
  const filter = page.getByRole("combobox", { name: "Filter runs" });
  await filter.fill("color = 'red'");
  await filter.press("Enter");
  await expect(page.getByText("Invalid attribute key 'color'")).toBeVisible();
  await expect(names(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByText("Invalid attribute key")).toBeHidden();
  await expect(page.getByText("3 of 3 runs")).toBeVisible();
});

test("a user reveals new runs with a button, so that no row moves under the pointer", async ({ page }) => {
  const experiment = await threeRuns();
  await signIn(page, `/experiments/${experiment}`);
  await expect(names(page)).toHaveText([/even-keel/, /slow-tide/, /hard-alee/]);
  await live(page);
  await newRun(experiment, { name: "long-reach", metrics: { val_accuracy: [0.99] } });
  const button = page.getByRole("button", { name: /Show 1.new run/ });
  await expect(button).toBeVisible();
  await expect(names(page)).toHaveText([/even-keel/, /slow-tide/, /hard-alee/]);
  await button.click();
  await expect(names(page)).toHaveText([/long-reach/, /even-keel/, /slow-tide/, /hard-alee/]);
});

test("a user sees how to log a run in an empty experiment, and the run when it arrives", async ({ page }) => {
  const experiment = await newExperiment(unique("empty"));
  await signIn(page, `/experiments/${experiment}`);
  await expect(page.getByText("Waiting for the first run")).toBeVisible();
  await expect(page.getByText("export MLFLOW_TRACKING_URI=")).toBeVisible();
  await newRun(experiment, { name: "first-light", metrics: { loss: [1] } });
  await expect(names(page)).toHaveText([/first-light/]);
});

test("a user lists, views and downloads artifacts", async ({ page }) => {
  const experiment = await newExperiment(unique("artifacts"));
  const run = await newRun(experiment, { name: "calm-sound", status: "FINISHED" });
  await putArtifact(experiment, run, "plots/matrix.json", Buffer.from('{"counts":[[48,1],[0,45]]}'));
  await putArtifact(experiment, run, "notes.txt", Buffer.from("Twelve photos were hard.\n"));
  await signIn(page, `/experiments/${experiment}/runs/${run}?tab=artifacts`);
  await page.getByRole("link", { name: /notes.txt/ }).click();
  await expect(page.getByText("Twelve photos were hard.")).toBeVisible();
  await page.getByRole("link", { name: "plots" }).click();
  await page.getByRole("link", { name: /matrix.json/ }).click();
  await expect(page.getByText("[48, 1]")).toBeVisible();
  await expect(page).toHaveURL(/path=plots%2Fmatrix.json/);
  expect(await brokenRules(page)).toEqual([]);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("matrix.json");
});

test("a user finds a run by name and by id in the palette", async ({ page }) => {
  const experiment = await newExperiment(unique("found"));
  const name = unique("quiet-fathom");
  const run = await newRun(experiment, { name, status: "FINISHED" });
  await signIn(page, "/experiments");
  await live(page);
  for (const words of [name, run.slice(0, 12)]) {
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Search or jump to").fill(words);
    await page.getByRole("option", { name: new RegExp(name) }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(run));
  }
});

test("a user compares selected runs: overlaid curves and differences", async ({ page }) => {
  await signIn(page, `/experiments/${await threeRuns()}`);
  await live(page);
  await page.getByRole("checkbox", { name: "Select slow-tide" }).check();
  await expect(page.getByRole("button", { name: "Compare" })).toBeDisabled();
  await page.getByRole("checkbox", { name: "Select even-keel" }).check();
  await expect(page.getByRole("button", { name: "Compare" })).toBeEnabled();
  await expect(page).toHaveURL(/sel=[^&]+(,|%2C)/);
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { level: 1, name: /Compare 2.runs/ })).toBeVisible();
  const chart = page.getByRole("figure").filter({ hasText: "val_accuracy" });
  await expect(chart.getByRole("listitem")).toHaveText(["slow-tide", "even-keel"]);
  const table = page.getByRole("table", { name: "Differences" });
  await expect(table.getByRole("row", { name: /^val_accuracy/ })).toContainText("0.810best0.950");
  await expect(table.getByRole("row", { name: /^lr/ })).toContainText("0.01");
  await expect(table.getByRole("row", { name: /^epochs/ })).toBeHidden();
  await page.getByRole("group", { name: "Rows" }).getByText("All", { exact: true }).click();
  await expect(table.getByRole("row", { name: /^epochs/ })).toBeVisible();
  await page.getByRole("link", { name: "Set as baseline: even-keel" }).click();
  await expect(page.getByRole("list", { name: "Compared runs" }).getByRole("listitem").first()).toContainText(
    "even-keel",
  );
  expect(await brokenRules(page)).toEqual([]);
});

test("a user opens a run by the link that the MLflow client prints, also through sign-in", async ({ page }) => {
  const experiment = await newExperiment(unique("linked"));
  const run = await newRun(experiment, { name: "printed-link" });
  const link = `/#/experiments/${experiment}/runs/${run}`;
  await page.goto(link);
  await expect(page).toHaveURL(new RegExp(`/login\\?callbackUrl=.*${run}`));
  await signIn(page, link);
  await expect(page).toHaveURL(new RegExp(`/experiments/${experiment}/runs/${run}$`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("printed-link");
});
