import { expect } from "@playwright/test";
import { call, leeway, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, submit } from "./serving-fixture.ts";

test("a user gets asynchronous responses, retries a dead letter with its reason, and sees the secret once", async ({
  page,
}) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  const [sample] = digits(1);
  const good = await submit(name, { inputs: [image(sample?.pixels ?? [])] });
  const bad = await submit(name, { inputs: [{ ...image([]), shape: [1, 1, 8, 0] }] });
  await signIn(page, `/endpoints/${name}/traffic`);
  await page.getByRole("link", { name: "Async requests" }).click();
  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toContainText("Async requests");
  const rows = page.getByRole("table", { name: "Tasks" });
  await expect(rows.getByRole("row", { name: new RegExp(`${good.slice(0, 8)} Succeeded`) })).toBeVisible();
  await rows.getByRole("link", { name: good.slice(0, 8) }).click();
  await expect(page.getByText('"model_name"').first()).toBeVisible();
  await expect(page.getByText("v1 on cpu")).toBeVisible();

  await page.getByRole("navigation", { name: "Filter tasks by state" }).getByRole("link", { name: "Failed" }).click();
  await rows.getByRole("link", { name: bad.slice(0, 8) }).click();
  await expect(page.getByRole("heading", { name: "Failure reason" })).toBeVisible();
  await page.getByRole("button", { name: "Retry…" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("the sender was fixed");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(`Retrying task ${bad.slice(0, 8)}.`)).toBeVisible();

  await page.getByLabel("Attempts").fill("5");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText("Settings saved. They also apply to queued tasks.")).toBeVisible();
  expect(await call("GET", `/api/v1/endpoints/${name}/task-settings`)).toMatchObject({ tries: 5 });

  await page.getByLabel("Address").fill(`${leeway.url}/hook`);
  await page.getByRole("button", { name: "Save and generate secret" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await dialog.getByRole("button", { name: "I have copied the secret" }).click();
  await expect(page.getByRole("button", { name: "Rotate secret" })).toBeVisible();
  await page.reload();
  await expect(page.getByText(/whsec_/)).toHaveCount(0);
});
