import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { call, demoFile, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

async function newModel(): Promise<string> {
  const model = unique("digits");
  const file = new Uint8Array(demoFile("digits/models/digits-v1.onnx"));
  await call("POST", `/api/v1/models/${model}/versions`, file);
  return model;
}

/** Opens the dialog of version 1. */
async function openBundle(page: Page, model: string) {
  await page.goto(`/models/${model}/v1`);
  await page.getByRole("button", { name: "Download bundle…" }).click();
  return page.getByRole("dialog", { name: `Device bundle of ${model} v1` });
}

test("a user downloads a version as a bundle with the digest and key shown on the page", async ({ page }) => {
  const model = await newModel();
  const { fingerprint } = await call<{ fingerprint: string }>("GET", "/api/v1/bundle-key");
  await signIn(page, "/models");
  const dialog = await openBundle(page, model);
  const files = dialog.getByRole("table", { name: "Bundle contents" });
  await expect(files.getByRole("row", { name: /^model\.onnx/ })).toContainText("the model");
  await expect(files.getByRole("row", { name: /^sample\/response\.json/ })).toBeVisible();
  await expect(dialog).toContainText(fingerprint);
  expect(await brokenRules(page)).toEqual([]);

  const coming = page.waitForEvent("download");
  await dialog.getByRole("link", { name: /^Download [\d.]+ [kM]B$/ }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe(`${model}-v1.leeway.zip`);
  const sha256 = createHash("sha256")
    .update(await readFile(await download.path()))
    .digest("hex");
  await expect(dialog).toContainText(sha256);

  await page.goto("/audit");
  await expect(page.getByText(`version/${model}/1`).first()).toBeVisible();
  await page.goto("/settings/security");
  await expect(page.getByRole("main")).toContainText(fingerprint);
  const key = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download", exact: true }).click();
  expect((await key).suggestedFilename()).toBe("leeway-bundle-key.pem");
});

test("a user cannot download a version blocked from deployment, and the dialog states why", async ({ page }) => {
  const model = await newModel();
  const policy = { gates: [{ kind: "signature" }], enforce: { deploy: "gates" } };
  await call("PUT", `/api/v1/models/${model}/policy`, { policy, reason: "journey" });
  await signIn(page, "/models");
  const dialog = await openBundle(page, model);
  await expect(dialog.getByRole("alert")).toContainText(`${model} v1 cannot be deployed`);
  await expect(dialog.getByRole("link", { name: /^Download/ })).toHaveCount(0);
});
