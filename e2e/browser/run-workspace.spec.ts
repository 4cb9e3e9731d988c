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
