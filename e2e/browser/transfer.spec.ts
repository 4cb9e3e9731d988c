import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

test("a user imports event files and opens their runs, exports the workspace and downloads the file", async ({
  page,
}) => {
  const name = unique("digits-board");
  await signIn(page, "/settings/transfer");
  await page.getByRole("button", { name: "Import…" }).click();
  await page.getByText("A file", { exact: true }).click();
  await page.getByRole("combobox", { name: "File type" }).click();
  await page.getByRole("option", { name: "TensorBoard files" }).click();
  const buffer = readFileSync("server/admin/transfer/fixtures/tensorboard.zip");
  await page.locator("input[type=file]").setInputFiles({ name: `${name}.zip`, mimeType: "application/zip", buffer });
  await page.getByRole("button", { name: "Start import" }).click();
  await expect(page.getByRole("heading", { name: `${name}.zip` })).toBeVisible();
  await expect(page.getByText(/Imported: 1\sexperiment, 3\sruns, 18\smetric\spoints/)).toBeVisible();
  await page.getByRole("link", { name: "With problems 3" }).click();
  await expect(page.getByText("Only scalars are imported. Skipped: pic.").first()).toBeVisible();
  await page.goto("/experiments");
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("link", { name: "run1/train" })).toBeVisible();

  await page.goto("/settings/transfer");
  await page.getByRole("button", { name: "Export…" }).click();
  await page.getByRole("button", { name: "Start export" }).click();
  const link = page.getByRole("table", { name: "Exports" }).getByRole("link", { name: "Download" }).first();
  await expect(link).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toMatch(/^leeway-.*\.zip$/);
  expect(
    readFileSync(await download.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
});
