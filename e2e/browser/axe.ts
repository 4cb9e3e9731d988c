import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Rules that depend on the colour scheme; all others are checked only once. */
const ofColour = ["color-contrast", "link-in-text-block"];

/** Returns axe's serious findings for the page in both colour schemes, with their elements. The page follows the system's scheme. */
export async function findings(page: Page): Promise<string[]> {
  await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
  await page.waitForLoadState("networkidle").catch(() => {});
  // Without frames, axe can check the page from within: its default mode opens an empty page each time to combine frames.
  expect(page.frames()).toHaveLength(1);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("body")).toHaveCSS("color-scheme", colorScheme);
    // toHaveTitle waits for the title: Next streams it after the page, and removes it for a moment during a refresh.
    await expect(page).toHaveTitle(/\S/);
    // All rules are checked, but only violations are reported in detail.
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
    const { violations } = await (colorScheme === "light"
      ? axe.disableRules("document-title")
      : axe.withRules(ofColour)
    ).analyze();
    for (const { id, impact, nodes } of violations) {
      if (impact !== "serious" && impact !== "critical") continue;
      found.push(...nodes.map(({ target }) => `${colorScheme}: ${id}: ${target.join(" ")}`));
    }
  }
  return found;
}
