import { expect } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { newExperiment, newRun, putArtifact, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

test("a user groups runs by their settings, hides one, filters by a bare name and registers the best", async ({
  page,
}) => {
  const experiment = await newExperiment(unique("workspace"));
  const add = (name: string, backbone: string, seed: string, accuracy: number) =>
    newRun(experiment, {
      name,
      params: { backbone, seed },
      metrics: { "val/accuracy": [0.1, accuracy], "train/loss": [2, 1] },
      status: "FINISHED",
    });
  await add("slow-tide", "resnet18", "1", 0.8);
  const best = await add("even-keel", "resnet18", "2", 0.9);
  await add("hard-alee", "vit", "1", 0.7);
  await putArtifact(experiment, best, "export/parcels.onnx", Buffer.from("not inspected yet"));
  await signIn(page, `/experiments/${experiment}`);
  await page.getByRole("navigation", { name: "Layout" }).getByRole("link", { name: "Charts" }).click();
  const list = page.getByRole("list", { name: "Runs on the charts" });
  await expect(list.getByRole("button", { name: /resnet18 2.seeds/ })).toBeVisible();
  await expect(page.getByRole("figure").filter({ hasText: "val/accuracy" })).toContainText("mean ± std");
  expect(await brokenRules(page)).toEqual([]);

  const eye = list.getByRole("button", { name: "Show hard-alee on the charts" });
  await eye.click();
  await expect(eye).toHaveAttribute("aria-pressed", "false");
  await expect(page).toHaveURL(/view=charts.*hide=/);
  await page.reload();
  await expect(eye).toHaveAttribute("aria-pressed", "false");

  const filter = page.getByRole("combobox", { name: "Filter runs" });
  await filter.fill("backbone = 'resnet18'");
  await filter.press("Enter");
  await expect(filter).toHaveValue("params.backbone = 'resnet18'");
  await expect(page.getByText("2 of 3")).toBeVisible();

  await list.getByRole("checkbox", { name: "Select slow-tide" }).check();
  await list.getByRole("checkbox", { name: "Select even-keel" }).check();
  await page.getByRole("button", { name: "Register even-keel…" }).click();
  const model = unique("parcels");
  await page.getByRole("textbox", { name: "Model" }).fill(model);
  await page.getByRole("button", { name: "Register version" }).click();
  await expect(page).toHaveURL(new RegExp(`/models/${model}/v1$`));
});

test("a user adds panels, arranges them by keys, and saves them with the view", async ({ page }) => {
  const experiment = await newExperiment(unique("panels"));
  const metrics = { "val/accuracy": [0.1, 0.8], "val/loss": [2, 1] };
  const run = await newRun(experiment, { name: "blue-peter", params: { lr: "0.1" }, metrics, status: "FINISHED" });
  const pixel = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==",
    "base64",
  );
  for (const step of [1, 2]) await putArtifact(experiment, run, `media/photos/${step}.png`, pixel);
  await signIn(page, `/experiments/${experiment}?view=charts`);
  await expect(page.getByRole("figure").filter({ hasText: "val/accuracy" })).toBeVisible();

  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog", { name: "Add panel" });
  await dialog.getByRole("radio", { name: "Text" }).check({ force: true });
  await dialog.getByRole("textbox", { name: "Text in Markdown" }).fill("Above **96%** on CPU.");
  await dialog.getByRole("button", { name: "Add panel" }).click();
  const own = page.getByRole("region", { name: "My panels" });
  await expect(own.getByText("Above 96% on CPU.")).toBeVisible();
  await own.getByRole("button", { name: "Image" }).click();
  await dialog.getByRole("combobox", { name: "Images" }).click();
  await page.getByRole("option", { name: "media/photos" }).click();
  await dialog.getByRole("button", { name: "Add panel" }).click();
  const photos = own.getByRole("figure", { name: "media/photos" });
  await expect(photos.getByRole("img", { name: /step 2/ })).toBeVisible();
  await photos.getByRole("slider").press("ArrowLeft");
  await expect(photos.getByRole("img", { name: /step 1/ })).toBeVisible();
  expect(await brokenRules(page)).toEqual([]);

  const validation = page.getByRole("region", { name: "val/", exact: true });
  await validation.getByRole("button", { name: "Move val/loss" }).press("Alt+ArrowLeft");
  await expect(validation.getByRole("figure").first()).toContainText("val/loss");
  await validation.getByRole("button", { name: "Resize val/loss" }).press("Alt+ArrowRight");
  await expect(page.getByText("val/loss is 2 of 3 wide")).toBeAttached();

  await page.getByRole("button", { name: "Save view…" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Candidates");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page).toHaveURL(/\?view=[0-9a-f-]{36}$/);
  await expect(own.getByText("Above 96% on CPU.")).toBeVisible();
  await expect(validation.getByRole("figure").first()).toContainText("val/loss");
});
