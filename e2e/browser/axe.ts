import { expect, type Page } from "@playwright/test";
import axe, { type RunOptions } from "axe-core";

/** Rules that depend on the colour scheme; all others are checked only once. */
const ofColour = ["color-contrast", "link-in-text-block"];
// Next streams the title after the page; toHaveTitle waits for it.
const rules: Record<"light" | "dark", RunOptions> = {
  light: { rules: { "document-title": { enabled: false } } },
  dark: { runOnly: { type: "rule", values: ofColour } },
};
/** Only violations in detail; no rule that is on needs the style sheets and media, which would be loaded again. */
const options: RunOptions = { resultTypes: ["violations"], preload: false };

/** Returns axe's serious findings for the page in both colour schemes, with their elements. The page follows the system's scheme. */
export async function findings(page: Page): Promise<string[]> {
  await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
  await page.waitForLoadState("networkidle").catch(() => {});
  // axe looks at this frame only.
  expect(page.frames()).toHaveLength(1);
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("body")).toHaveCSS("color-scheme", colorScheme);
    // The title comes after the page, and is gone for a moment during a refresh.
    await expect(page).toHaveTitle(/\S/);
    // What is wrong stays so; a page that shows the other scheme, or new data, only in part does not.
    let wrong = await seriousOf(page, colorScheme);
    for (let again = 0; wrong.length > 0 && again < 3; again += 1) {
      await page.waitForTimeout(500);
      wrong = await seriousOf(page, colorScheme);
    }
    found.push(...wrong);
  }
  return found;
}

async function seriousOf(page: Page, colorScheme: keyof typeof rules): Promise<string[]> {
  const violations = await page.evaluate(violationsOf, { ...options, ...rules[colorScheme] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${colorScheme}: ${id}: ${target.join(" ")}`));
}

/** Returns the rules that the page breaks as it is now, however serious, each with the first element. */
export async function brokenRules(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(violationsOf, options);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** Runs in the page. Colours that are still on their way to the other scheme have no contrast of their own. */
async function violationsOf(options: RunOptions) {
  await new Promise(requestAnimationFrame);
  const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
  const { axe } = window as unknown as { axe: typeof import("axe-core") };
  return (await axe.run(document, options)).violations;
}
