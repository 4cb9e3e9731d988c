import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { image, newEndpoint, newVersion, run } from "./serving-fixture.ts";

test("a user load tests an undeployed version from the endpoint page, and its latency gate passes", async ({
  page,
}) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newVersion(name, "digits/models/digits-v3.onnx");
  await newEndpoint(name, name, 1);
  const gates = [{ kind: "latency", requestsPerSecond: 10, limitMs: 5_000 }];
  await call("PUT", `/api/v1/models/${name}/policy`, { policy: { gates }, reason: "Fast enough" });
  await signIn(page, `/endpoints/${name}/traffic`);
  await page.getByRole("link", { name: "Load tests" }).click();
  await expect(page.getByText("No load tests yet")).toBeVisible();

  await page.getByRole("button", { name: "Start load test…" }).click();
  const dialog = page.getByRole("dialog");
  // The version without traffic is preselected.
  await expect(dialog.getByLabel("Version").locator("option:checked")).toHaveText(`${name} v2`);
  await dialog.getByLabel("Start rate").fill("5");
  await dialog.getByLabel("End rate").fill("15");
  await dialog.getByLabel("Steps").fill("3");
  await dialog.getByLabel("Step duration").fill("5");
  await expect(dialog.getByText("5, 10, 15 requests per second")).toBeVisible();
  await dialog.getByRole("button", { name: "Latency gate" }).click();
  await dialog.getByRole("button", { name: "Start load test" }).click();

  await expect(page.getByRole("heading", { name: `Load test of ${name} v2`, level: 1 })).toBeVisible();
  const steps = page.getByRole("table", { name: "Results by request rate" });
  await expect(steps.getByRole("row")).toHaveCount(4);
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  await expect(page.getByText(/Sustains 15\s+requests\/s/).first()).toBeVisible();
  const chart = page.getByRole("figure").filter({ hasText: "Latency by request rate" });
  await expect(chart.getByRole("application", { name: "Latency by request rate" })).toBeVisible();
  await chart.getByRole("button", { name: "Table view" }).click();
  await expect(chart.getByRole("row").nth(1)).toContainText(/\d/);

  // The gates run automatically when the test ends.
  await expect(async () => {
    await page.goto(`/models/${name}/v2`);
    await expect(page.getByRole("list", { name: "Gates for v2" })).toContainText("Passed", { timeout: 1_000 });
  }).toPass();
  // Live statistics know nothing of it: only the questions whether the endpoint serves.
  const { status } = await run(name, { inputs: [image(new Array(64).fill(0))] });
  expect(status).toBe(200);
});

test("a user confirms before load testing the deployed version, and cancels a test", async ({ page }) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  await signIn(page, `/endpoints/${name}/load-tests`);
  await page.getByRole("button", { name: "Start load test…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("How much it takes");
  await dialog.getByRole("button", { name: "Start load test" }).click();
  await expect(dialog.getByText("serves live traffic, which a load test would slow down").first()).toBeVisible();
  await dialog.getByLabel(/Test it although/).check();
  await dialog.getByRole("button", { name: "Start load test" }).click();
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Cancel load test" }).click();
  await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Load tests" }).first().click();
  await expect(page.getByRole("row", { name: /v1 Cancelled/ })).toBeVisible();
});
