import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

const minuteMs = 60_000;

/** Posts four days of a hundred events a minute, all of which were bad for a quarter of an hour two days ago. */
async function postHistory(source: string): Promise<void> {
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  const outage = now - 2 * 1440 * minuteMs;
  const counts = Array.from({ length: 4 * 1440 }, (_, index) => {
    const at = now - index * minuteMs;
    const isOut = at >= outage && at < outage + 15 * minuteMs;
    return { minute: new Date(at), good: isOut ? 0 : 100, total: 100 };
  });
  for (let from = 0; from < counts.length; from += 5000) {
    await call("POST", "/api/v1/sli-counts", { source, counts: counts.slice(from, from + 5000) });
  }
}

test("a user replays an SLO before creating it, sees the remaining budget, and edits it with its history kept", async ({
  page,
}) => {
  const name = unique("nightly-load");
  await postHistory(name);
  await signIn(page, "/slos/new");
  await page.getByRole("combobox", { name: "SLI" }).click();
  await page.getByRole("option", { name: "Externally posted counts" }).click();
  await page.getByLabel("Source").fill(name);
  await page.getByLabel("Target").fill("99.9");
  await expect(page.getByText(`99.9% of events posted by "${name}" are good, over 30 days.`)).toBeVisible();

  await page.getByRole("button", { name: "Replay 30 days" }).click();
  await expect(page.getByText(/would have paged once/)).toBeVisible();
  await expect(page.getByRole("figure", { name: "Bad events" })).toBeVisible();

  // A validation error is shown at its field, and no input is lost.
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("No Good Name");
  await page.getByRole("button", { name: "Create SLO" }).click();
  await expect(page.getByText(/Use at most 63 lower-case letters/)).toBeVisible();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("button", { name: "Create SLO" }).click();
  await expect(page).toHaveURL(new RegExp(`/slos/${name}$`));

  // 1,500 of 576,000 events were bad, where 576 may: overspent by 160.4%.
  await expect(page.getByText("160.4% over").first()).toBeVisible();
  await expect(page.getByText("Exhausted").first()).toBeVisible();
  await expect(page.getByRole("table", { name: "Burn-rate alerts" }).getByRole("row")).toHaveCount(5);

  await page.getByRole("link", { name: "Edit…" }).click();
  await page.getByLabel("Target").fill("99");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(/Give a reason/)).toBeVisible();
  await page.getByLabel("Reason").fill("The load may be late once a month");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL(new RegExp(`/slos/${name}$`));
  await expect(page.getByText(/The load may be late once a month/)).toBeVisible();
  await expect(page.getByText("74% left").first()).toBeVisible();
});

test("a user validates an OpenSLO file before saving it, and exports it again", async ({ page }) => {
  const name = unique("from-a-file");
  const file = `apiVersion: openslo/v1
kind: SLO
metadata: {name: ${name}, displayName: Features of the night}
spec:
  service: features
  indicator:
    metadata: {name: ${name}}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Prometheus, spec: {query: "good"}}}
        total: {metricSource: {type: Prometheus, spec: {query: "total"}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: "99.9", targetPercent: 99.9}]
`;
  await signIn(page, "/slos");
  await page.getByRole("button", { name: "OpenSLO…" }).click();
  const field = page.getByRole("textbox", { name: "File" });
  await field.fill(file.replace("openslo/v1", "openslo/v9"));
  await page.getByRole("button", { name: "Validate file" }).click();
  await expect(page.getByText(/v9/).last()).toBeVisible();
  await field.fill(file);
  await page.getByRole("button", { name: "Validate file" }).click();
  await expect(page.getByRole("list", { name: "Import preview" }).getByText(name, { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("link", { name: "features", exact: true }).first()).toBeVisible();
  const response = await call<{ definition: { target: number } }>("GET", `/api/v1/slos/${name}`);
  expect(response.definition.target).toBe(0.999);
});
