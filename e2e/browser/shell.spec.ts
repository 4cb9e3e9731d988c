import { expect, type Page } from "@playwright/test";
import { findings } from "./axe.ts";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Pages of the navigation: key after G, address, page title. */
const positions = [
  ["h", "/overview"],
  ["e", "/endpoints"],
  ["x", "/experiments"],
  ["m", "/models"],
  ["v", "/features"],
  ["p", "/playground"],
  ["a", "/audit"],
  [",", "/settings"],
] as const;

async function colours(page: Page) {
  return page.evaluate(() => {
    const style = getComputedStyle(document.body);
    return { background: style.backgroundColor, scheme: document.documentElement.dataset.mantineColorScheme };
  });
}

test("a user reaches every page with two keys, and a focused field keeps its letters", async ({ page }) => {
  await signIn(page, "/models");
  for (const [key, address] of positions) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page).toHaveURL(new RegExp(`${address}(/|\\?|$)`));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await page.goto("/audit");
  await page.keyboard.press("/");
  await page.keyboard.type("g");
  await page.keyboard.type("m");
  await expect(page).toHaveURL(/\/audit/);
  await expect(page.locator("input[data-lw-search]")).toHaveValue("gm");
});

test("addresses of earlier releases lead on, with their query", async ({ page }) => {
  await signIn(page, "/models");
  for (const [old, now] of [
    ["/drift/digits/data?feature=image", "/endpoints/digits/data?feature=image"],
    ["/quality?range=90d", "/endpoints?range=90d&view=quality"],
    ["/costs/digits", "/endpoints/digits/cost"],
    ["/drift/digits/settings", "/endpoints/digits/settings#monitoring"],
  ] as const) {
    const answer = await page.request.get(old, { maxRedirects: 0 });
    expect([answer.status(), answer.headers().location]).toEqual([308, now]);
  }
  expect((await page.request.get("/costs/prices", { maxRedirects: 0 })).status()).toBe(200);
});

test("a user opens a page by name in the palette, and sees when nothing matches", async ({ page }) => {
  await signIn(page, "/models");
  await page.keyboard.press("ControlOrMeta+k");
  const search = page.getByPlaceholder("Search or jump to");
  await search.fill("audit");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/audit/);
  await page.keyboard.press("ControlOrMeta+k");
  await search.fill("zzz-there-is-no-such-thing");
  await expect(page.getByText("No results.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(search).toBeHidden();
});

test("a user searches by keyboard: kinds, what Enter does, a correction, and recent places", async ({ page }) => {
  const name = unique("harbour");
  await call("POST", "/api/v1/endpoints", { name });
  await signIn(page, "/endpoints");
  await page.keyboard.press("ControlOrMeta+k");
  const search = page.getByRole("combobox", { name: "Search or jump to" });
  await search.fill(name);
  const results = page.getByRole("listbox", { name: "Results" });
  await expect(results.getByRole("option", { name: `Create SLO for ${name}…` })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await expect(page.getByRole("complementary", { name: "Preview" })).toContainText("opens the form");
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Endpoints 1" })).toHaveAttribute("aria-pressed", "true");
  await expect(search).toHaveAttribute("aria-activedescendant", /endpoint/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/endpoints/${name}$`));
  // A page is a recent place after a second.
  await expect
    .poll(() => page.evaluate(() => JSON.stringify(window.localStorage)))
    .toContain(`\\"label\\":\\"${name}\\"`);
  await page.goto("/models");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(results.getByRole("group", { name: "Recent" }).getByRole("option", { name })).toBeVisible();
  await search.fill(`${name.slice(0, -1)}zz`);
  await expect(page.getByText("Did you mean")).toContainText(name);
});

test("the colour scheme follows the system until a user chooses one, before the first paint", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await signIn(page, "/models");
  const dark = await colours(page);
  expect(dark.scheme).toBe("dark");
  await page.keyboard.press("Shift+D");
  await expect.poll(async () => (await colours(page)).scheme).toBe("light");
  expect((await colours(page)).background).not.toBe(dark.background);
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      (window as { firstScheme?: string }).firstScheme = document.documentElement.dataset.mantineColorScheme ?? "";
    });
  });
  await page.reload();
  expect(await page.evaluate(() => (window as { firstScheme?: string }).firstScheme)).toBe("light");
});

test("a keyboard user skips to the content and to the actions with the first two tab stops", async ({ page }) => {
  await signIn(page, "/settings/tokens");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to actions" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.locator("#actions :focus")).toHaveCount(1);
});

test("a user on a phone has no horizontal scrolling and reaches every page by the menu", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, "/models");
  const widths = () => page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  for (const [, address] of positions) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    // A page may redirect to another while it is measured.
    await expect(async () => {
      const [content, screen] = await widths();
      expect(content, address).toBeLessThanOrEqual(screen ?? 0);
    }).toPass();
  }
  await page.getByRole("button", { name: "Open menu" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Models" }).click();
  await expect(page).toHaveURL(/\/models$/);
  await expect(page.getByRole("dialog")).toBeHidden();
});
