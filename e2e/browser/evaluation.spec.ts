import { expect, type Page } from "@playwright/test";
import { newDatasetVersion } from "./accessibility-fixture.ts";
import { signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { trainingFile } from "./monitoring-fixture.ts";
import { newVersion } from "./serving-fixture.ts";

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: field, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

test("a user freezes a set, evaluates two versions on it, and finds the rows that changed", async ({ page }) => {
  const [model, dataset, set] = [unique("flights"), unique("flights-audit"), unique("audit")];
  await newVersion(model, "flight-delay/models/flight-delay-v1.onnx");
  await newVersion(model, "flight-delay/models/flight-delay-v2.onnx");
  await newDatasetVersion(dataset, (await trainingFile()).toString());

  await signIn(page, `/models/${model}/v2`);
  await page.getByRole("link", { name: "Evaluate", exact: true }).first().click();
  await page.getByRole("button", { name: /^Set: / }).click();
  await page.getByRole("menuitem", { name: "All sets, freeze a set…" }).click();
  await page.getByRole("button", { name: "Freeze set…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(set);
  await dialog.getByRole("combobox", { name: "Rows", exact: true }).click();
  await page.getByRole("option", { name: new RegExp(dataset) }).click();
  await choose(page, "Label column", "delayed");
  await choose(page, "Segments by column", "carrier");
  await choose(page, "Groups", "carrier");
  await dialog.getByLabel("Segments by condition").fill("late departure: departure_delay > 15");
  await dialog.getByLabel("Excluded rows").fill("rows 1, 2: recorded twice");
  await dialog.getByRole("button", { name: "Freeze set", exact: true }).click();

  // The set is read by the worker; the page shows when it is ready.
  await expect(page.getByText("v2 has not been evaluated on this set", { exact: true })).toBeVisible();
  await expect(page.getByText(/2,998\s+rows\. The duration is unknown/)).toBeVisible();
  await page.getByRole("button", { name: "Run evaluation" }).click();
  await expect(page.getByText(/^v2 is correct on \d+\.\d% of rows/)).toBeVisible();
  await expect(page.getByText("v1 has not been evaluated on this set.")).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const verdict = /Better than v1|Worse than v1|Inconclusive/;
  await expect(page.getByText(verdict).first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Confusion, scrolls horizontally" })).toContainText("predicted");
  await expect(page.getByRole("table", { name: "Segments" })).toContainText("v2 − v1");

  await page.keyboard.press("2");
  await expect(page.getByRole("heading", { level: 1, name: `${model} v1 vs v2` })).toBeVisible();
  const metrics = page.getByRole("table", { name: "Metrics" });
  await expect(metrics.getByRole("row", { name: /Accuracy/ }).first()).toContainText("pp");
  const gained = page.getByRole("link", { name: /only v2/ });
  const count = Number(/\d+/.exec((await gained.textContent())?.replace(",", "") ?? "")?.[0]);
  expect(count).toBeGreaterThan(0);
  await gained.click();
  await expect(page).toHaveURL(/\/evaluation\/rows\?.*only=gained/);
  const changed = page.getByRole("table", { name: "Changed rows" });
  await expect(changed.getByRole("row")).toHaveCount(Math.min(100, count) + 1);
  // v1 was incorrect and v2 is correct.
  await expect(changed.getByRole("row").nth(1)).toContainText(/, incorrect.*, correct/);

  await page.keyboard.press("3");
  const segment = page.getByRole("table", { name: "Segments" }).getByRole("link", { name: "late departure" });
  await segment.click();
  await expect(page).toHaveURL(/segment=late(%20|\+)departure/);
  await page.getByRole("link", { name: "Incorrect", exact: true }).click();
  const rows = page.getByRole("table", { name: "Rows" });
  await expect(rows.getByRole("row").nth(1)).toContainText("Incorrect");
  await expect(rows).not.toContainText("Correct");

  await page.keyboard.press("5");
  await page.getByRole("button", { name: "Measure robustness" }).click();
  await expect(page.getByText(/^v2 retains \d+\.\d% of its accuracy under corruption\.$/)).toBeVisible();
  const cell = page.getByRole("link", { name: /^Missing cells, severity 5: / });
  await cell.click();
  await expect(page).toHaveURL(/kind=missing-cells&severity=5/);
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("link", { name: /^Missing cells, severity 4: / })).toBeFocused();

  await page.keyboard.press("6");
  await expect(page.getByRole("heading", { name: "By carrier" })).toBeVisible();
  await expect(page.getByText(/^Gap .+expected by chance/)).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Model card" }).click();
  expect((await download).suggestedFilename()).toBe(`${model}-v2.md`);
  await page.keyboard.press("b");
  await expect(page.getByRole("heading", { level: 1, name: `${model} v1` })).toBeVisible();
  await page.goto(`/models/${model}/v1`);
  await expect(page.getByRole("table", { name: "Evaluations" })).toContainText(set);
});
