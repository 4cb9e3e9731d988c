import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { leeway, signIn } from "./fixture.ts";
import { takeViolations, test } from "./journey.ts";

const manifest = new URL("../../.next/build-manifest.json", import.meta.url);

test("every kind of response of the console has its policy", async ({ page }) => {
  await signIn(page, "/overview");
  const [chunk = ""] = (JSON.parse(readFileSync(manifest, "utf8")) as { rootMainFiles: string[] }).rootMainFiles;
  const paths = ["/login", "/overview", "/there-is-none", "/api/v1/docs/", "/mark.svg", "/w/none/overview"];
  for (const path of [...paths, "/api/v1/models", `/_next/static/${chunk.split("static/")[1]}`]) {
    const response = await page.request.get(leeway.url + path, { maxRedirects: 0 });
    expect.soft(response.headers(), path).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'/),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    });
  }
});

test("a script that a page did not bring does not run, and is reported", async ({ page }) => {
  await signIn(page, "/overview");
  await page.evaluate(() => {
    const inline = document.createElement("div");
    inline.innerHTML = '<img src="/none" alt="" onerror="document.title = \'ran\'">';
    document.body.append(inline);
    const foreign = document.createElement("div");
    foreign.innerHTML = '<img src="https://example.test/pixel.png" alt="">';
    document.body.append(foreign);
  });
  const reported: string[] = [];
  await expect(async () => {
    reported.push(...takeViolations());
    expect(reported.join("\n")).toMatch(/script-src-attr blocks inline/);
    expect(reported.join("\n")).toMatch(/img-src blocks https:\/\/example\.test/);
  }).toPass();
  await expect(page).not.toHaveTitle("ran");
});
