import { expect, type Page } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, run, untilServing } from "./serving-fixture.ts";

const each = 40;

test("a user debugs: brushes all panels, opens the requests of a cell, compares versions, removes filters", async ({
  page,
}) => {
  const name = unique("digits");
  await newTraffic(name);
  await signIn(page, `/endpoints/${name}/debug`);
  const requests = page.locator("#requests");
  const rows = requests.getByRole("table", { name: "Recent predictions" }).getByRole("row");
  const map = page.getByRole("figure", { name: /^Latency distribution/ });
  const darkest = map.locator('rect[style*="fill-opacity: 1;"]').first();
  await expect(async () => {
    await page.reload();
    await expect(rows.filter({ hasText: "v2" }).first()).toBeVisible({ timeout: 2000 });
    // The range that is brushed ends at the newest counts, which come later than the log.
    await expect(darkest).toBeVisible({ timeout: 2000 });
  }).toPass();

  await expect(async () => {
    await brush(page, "Requests per second");
    await expect(page).toHaveURL(/from=/, { timeout: 10_000 });
  }).toPass();
  const from = new URL(page.url()).searchParams.get("from") ?? "";
  await expect(page.getByTitle("Undo the zoom (Z)")).toBeVisible();
  // The list follows too: its link to the log has the same time range.
  const log = requests.getByRole("link", { name: "All logged" });
  await expect(log).toHaveAttribute("href", new RegExp(encodeURIComponent(new Date(from).toISOString())));

  await expect(async () => {
    await darkest.click();
    await expect(page).toHaveURL(/cell=/, { timeout: 10_000 });
  }).toPass();
  await expect(map.getByText(/\d\srequests?$/).first()).toBeVisible();
  await expect(requests.getByRole("heading", { name: "Requests in this cell" })).toBeVisible();
  await expect(rows.nth(1)).toBeVisible();
  await rows.nth(1).click();
  await expect(page.getByRole("heading", { name: "Prediction", level: 1, exact: true })).toBeVisible();
  await page.goBack();

  await page.getByRole("button", { name: "Compare with nothing" }).click();
  await page.getByRole("menuitem", { name: "the previous version" }).click();
  await expect(page.getByText("Compared with the previous version")).toBeVisible();
  await compareVersions(page);

  for (const chip of ["cell", "comparison"]) {
    await page.getByRole("link", { name: `Remove ${chip}` }).click();
    await expect(page.getByRole("link", { name: `Remove ${chip}` })).toBeHidden();
  }
  await page.getByTitle("Undo the zoom (Z)").click();
  await expect(page.getByTitle("Undo the zoom (Z)")).toBeHidden();
  await expect(page).not.toHaveURL(/cell=|compare=|from=/);
  await expect(page.getByLabel("A", { exact: true })).toHaveValue("version = 1");
});

/**
 * Sends the same labelled digits to two versions, one after the other, then a request that neither version can process.
 */
async function newTraffic(name: string): Promise<void> {
  await newVersion(name, "digits/models/digits-v1.onnx");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  const samples = digits(each);
  const predictAll = async (version: number) => {
    for (const [index, { pixels }] of samples.entries())
      await run(name, { id: `${name}-${version}-${index}`, inputs: [image(pixels)] });
    const labels = samples.map(({ label }, index) => ({ requestId: `${name}-${version}-${index}`, label }));
    await call("POST", `/api/v1/endpoints/${name}/labels`, { labels });
  };
  await predictAll(1);
  const reason = "Scene of a journey";
  await call("POST", `/api/v1/endpoints/${name}/deployments`, { model: name, version: 2, reason });
  await untilServing(name, 2);
  await predictAll(2);
  await run(name, { id: `${name}-bad`, inputs: [image([1])] });
}

/** Drags over the last part of a chart and beyond its end: the traffic is seconds old. */
async function brush(page: Page, title: string): Promise<void> {
  const plot = page.getByRole("application", { name: title });
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (!box) throw new Error("There is no plot.");
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 4 });
  await page.mouse.move(box.x + box.width - 3, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
}

async function compareVersions(page: Page): Promise<void> {
  await page.getByLabel("A", { exact: true }).fill("version = maybe");
  await page.getByLabel("B", { exact: true }).fill("version = 2");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(
    page
      .locator("#segments")
      .getByText(/version/)
      .first(),
  ).toBeVisible();
  await page.getByLabel("A", { exact: true }).fill("version = 1");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  const table = page.getByRole("table", { name: "Segment comparison" });
  await expect(table.getByRole("row", { name: /^Accuracy \(labelled requests\)/ })).toContainText("%");
  await expect(table.getByRole("row", { name: /^p95 latency/ })).toContainText("ms");
  await expect(page.locator("#segments").getByText(/^A: \d+\srequests\. B: \d+\srequests\.$/)).toBeVisible();
}
