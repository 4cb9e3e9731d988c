import { expect } from "@playwright/test";
import { signIn } from "./fixture.ts";
import { test } from "./journey.ts";

test("a user opens the guide of a page at the right heading, and follows a link to another guide", async ({ page }) => {
  await signIn(page, "/slos");
  await page.getByRole("link", { name: "Help: Create an SLO" }).click();
  await expect(page).toHaveURL(/\/help\/slos#create-an-slo$/);
  await expect(page.getByRole("heading", { level: 1, name: "SLOs" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Create an SLO" })).toBeInViewport();
  await page.getByRole("article").getByRole("link", { name: "The specification" }).click();
  await expect(page).toHaveURL(/\/help\/spec\/slo$/);
  await page.getByRole("navigation", { name: "Guides" }).getByRole("link", { name: "On call" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "On call" })).toBeVisible();
});

test("a user finds the guides in the index, and a message at an unknown guide URL", async ({ page }) => {
  await signIn(page, "/help");
  await expect(page.getByRole("heading", { level: 1, name: "Documentation" })).toBeVisible();
  const image = page.getByRole("img", { name: "On-call board" });
  await page.getByRole("article").getByRole("link", { name: "On call" }).click();
  await image.scrollIntoViewIfNeeded();
  await expect.poll(() => image.evaluate((each: HTMLImageElement) => each.naturalWidth)).toBeGreaterThan(0);
  await page.goto("/help/..%2F..%2Fpackage");
  await expect(page.getByRole("heading", { level: 1, name: "Page not found" })).toBeAttached();
});
