import { expect, type Page } from "@playwright/test";
import { call, mlflow, newExperiment, newRun, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

const good = `flight,carrier,delay\n${Array.from({ length: 30 }, (_, i) => `${i + 1},${i % 3 ? "BA" : "LH"},${i % 15}`).join("\n")}\n`;
const bad = good.replace("\n7,LH,6\n", "\n7,XX,900\n");

async function upload(page: Page, content: string, fileName: string): Promise<void> {
  await page.getByRole("button", { name: "Upload data…" }).click();
  await page.locator('input[type="file"]').setInputFiles({
    name: fileName,
    mimeType: "text/csv",
    buffer: Buffer.from(content),
  });
}

test("a user uploads rows, defines a contract, and sees the line of the next file that violates it", async ({
  page,
}) => {
  const name = unique("flights");
  await signIn(page, "/datasets");
  await upload(page, "flight,carrier\n1,BA\n2\n", "broken.csv");
  await page.getByLabel("Dataset", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("Line 3 has 1 fields; the header has 2");
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "good.csv", mimeType: "text/csv", buffer: Buffer.from(good) });
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByRole("table", { name: "Columns" }).getByRole("row", { name: /carrier/ })).toContainText("BA");

  await page.getByRole("link", { name: "Contract", exact: true }).click();
  await page.getByRole("button", { name: /Suggest from version/ }).click();
  await expect(page.getByRole("textbox", { name: "delay, max" })).toHaveValue("16");
  await page.getByRole("textbox", { name: "Reason" }).fill("agreed with the airline");
  await page.getByRole("button", { name: "Save contract" }).click();
  await expect(page.getByRole("table", { name: "Revisions" })).toContainText("agreed with the airline");

  await upload(page, bad, "bad.csv");
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  const report = page.getByRole("table", { name: "Check report" });
  await expect(report.getByRole("row", { name: /delay range/ })).toContainText("line 8 900");
  await expect(report.getByRole("row", { name: /carrier allowed values/ })).toContainText("XX");
  await expect(page.getByText(/violates 2\s+rules in revision 1/)).toBeVisible();

  await page.getByRole("link", { name: "Leakage", exact: true }).click();
  await page.getByRole("button", { name: "Check for leakage" }).click();
  await expect(page.getByText(/29 of 30 rows .* in .* also appear in /)).toBeVisible();
  await page.goto("/datasets");
  await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("Violates 2");
});

test("a user follows a logged dataset to its run and model version, and back", async ({ page }) => {
  const [name, model, experiment] = [unique("photos"), unique("damage"), await newExperiment(unique("damage"))];
  const run = await newRun(experiment, { name: "even-keel", status: "FINISHED" });
  const schema = JSON.stringify({ mlflow_colspec: [{ type: "double", name: "width", required: true }] });
  const dataset = { name, digest: "4be10508", source_type: "s3", source: "{}", schema, profile: '{"num_rows": 12}' };
  const tags = [{ key: "mlflow.data.context", value: "training" }];
  await mlflow("runs/log-inputs", { run_id: run, datasets: [{ dataset, tags }] });
  await mlflow("registered-models/create", { name: model });
  await mlflow("model-versions/create", { name: model, source: `runs:/${run}/model`, run_id: run });
  await signIn(page, `/experiments/${experiment}/runs/${run}`);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText(/has 12\s+rows/)).toBeVisible();
  await expect(page.getByRole("table", { name: "Columns" })).toContainText("double");
  const users = page.getByRole("table", { name: "Used by" });
  await expect(users.getByRole("row", { name: /even-keel/ })).toContainText("training");
  await users.getByRole("link", { name: `${model} v1` }).click();
  await page.getByRole("link", { name, exact: true }).first().click();
  await expect(page).toHaveURL(new RegExp(`/datasets/${name}\\?version=4be10508`));
  const { datasets } = await call<{ datasets: { name: string; modelVersions: number }[] }>(
    "GET",
    `/api/v1/datasets?search=${name}`,
  );
  expect(datasets).toMatchObject([{ name, modelVersions: 1 }]);
});
