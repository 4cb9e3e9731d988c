import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, run } from "./serving-fixture.ts";

test("a user configures the log, finds an incorrect prediction, opens it by URL and replays it", async ({ page }) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v1.onnx");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  const samples = digits(4);
  for (const [index, { pixels }] of samples.entries()) {
    await run(name, { id: `${name}-${index}`, inputs: [image(pixels)] });
  }
  await run(name, { id: `${name}-bad`, inputs: [image([1])] });
  const labels = samples.map(({ label }, index) => ({ requestId: `${name}-${index}`, label: index ? label : "none" }));
  expect(await call("POST", `/api/v1/endpoints/${name}/labels`, { labels })).toMatchObject({ recorded: 4, added: 4 });

  const rows = page.getByRole("table", { name: "Predictions" }).getByRole("row");
  await signIn(page, `/endpoints/${name}/predictions`);
  await expect(async () => {
    await page.reload();
    // This was the last request, so all earlier ones are in the log too.
    await expect(rows.filter({ hasText: `${name}-bad` })).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.getByRole("navigation", { name: "Quick filters" }).getByRole("link", { name: "Incorrect" }).click();
  await expect(page).toHaveURL(/q=label/);
  await expect(rows).toHaveCount(2);
  const filter = page.getByLabel("Filter predictions");
  await filter.fill("label = maybe");
  await filter.press("Enter");
  await expect(page.getByText("label must be one of with, without, right, wrong.")).toBeVisible();
  await filter.fill(`id = ${name}-0`);
  await filter.press("Enter");
  await expect(page).toHaveURL(/q=id/);
  await expect(rows).toHaveCount(2);
  await rows.nth(1).click();

  await expect(page.getByRole("heading", { name: "Prediction", level: 1, exact: true })).toBeVisible();
  await expect(page.getByText(`${name}-0`, { exact: true })).toBeVisible();
  await expect(page.getByRole("img", { name: "image as received by the model" })).toBeVisible();
  await expect(page.getByText("Incorrect", { exact: true })).toBeVisible();
  // The URL identifies the prediction: another user sees the same.
  await page.reload();
  await page.getByRole("button", { name: "Replay" }).click();
  await expect(page.getByText("Bit-for-bit identical")).toBeVisible();
  await page.getByLabel("On version").selectOption({ label: "v2" });
  await page.getByRole("button", { name: "Replay" }).click();
  await expect(page.getByText("Now, v2")).toBeVisible();
  await expect(page.getByRole("table", { name: "Outputs then and now" })).toContainText("10 of 10");

  await page.goto(`/endpoints/${name}/settings#capture`);
  await page.locator("#capture").getByLabel("Sampling rate").fill("25");
  const redacted = page.getByRole("combobox", { name: "Redacted inputs" });
  await redacted.fill("image");
  await redacted.press("Enter");
  await redacted.press("Escape");
  await page.getByRole("button", { name: "Save logging settings" }).click();
  await expect(page.getByText("Settings saved. Gateways apply them within seconds.")).toBeVisible();
  expect(await call("GET", `/api/v1/endpoints/${name}/capture`)).toMatchObject({ share: 0.25, redact: ["image"] });
});
