import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** What depends on the scheme; all else is the same in both, and looked for once. */
const ofColour = ["color-contrast", "link-in-text-block"];

/** Serious findings of axe on the page as it stands, in both schemes, with the parts they are about. The page follows the system's scheme. */
export async function findings(page: Page): Promise<string[]> {
  await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
  await page.waitForLoadState("networkidle").catch(() => {});
  // Nothing is framed, so axe looks at all from within: its other way opens an empty page each time to put frames together.
  expect(page.frames()).toHaveLength(1);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("body")).toHaveCSS("color-scheme", colorScheme);
    // The title is looked at by what waits for it: Next streams it after the page, and takes it away for a moment when it reads anew.
    await expect(page).toHaveTitle(/\S/);
    // Only what is wrong is written up in full; every rule is looked at all the same.
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
