import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { faultyFile, newPromise, newServed, startPager, startTraffic, theoreticalMs } from "./night-shift-fixture.ts";
import { newVersion } from "./serving-fixture.ts";

test("an on-call engineer handles a bad deployment from page to post-mortem, by keyboard on the board", async ({
  page,
}, info) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newVersion(name, faultyFile);
  await newServed(name);
  const slo = await newPromise(name);
  const pager = await startPager();
  const traffic = startTraffic(name);
  try {
    await signIn(page, `/slos/${slo}`);
    await expect(page.getByRole("heading", { name: slo, level: 1 })).toBeVisible();
    // Waits a complete minute of good responses, so that the window is full when the bad ones start.
    const firstAt = Date.now();
    await expect.poll(() => (traffic.answers.at(-1)?.at ?? 0) - firstAt).toBeGreaterThan(60_000);
    expect(traffic.answers.filter(({ isBad }) => isBad)).toEqual([]);

    const reason = "Straight to everybody";
    await call("POST", `/api/v1/endpoints/${name}/deployments`, { model: name, version: 2, reason });
    await page.goto("/on-call");
    const line = page.getByRole("option", { name: new RegExp(name) });
    await expect(line).toBeVisible();
    await line.click();
    const isPage = ({ status, alerts }: (typeof pager.received)[number]) =>
      status === "firing" && alerts.some(({ labels }) => labels.slo === slo && labels.severity === "page");
    await expect.poll(() => pager.received.some(isPage)).toBe(true);
    const bad = traffic.answers.filter(({ isBad }) => isBad);
    const startedAt = bad[0]?.at ?? Number.NaN;
    const pagedAt = pager.received.find(isPage)?.at ?? Number.NaN;
    const until = traffic.answers.filter(({ at }) => at >= startedAt && at <= pagedAt);
    const theory = theoreticalMs(until.filter(({ isBad }) => isBad).length / until.length);
    const found = `${Math.round((pagedAt - startedAt) / 1000)} s from the first bad answer to the page, ${((pagedAt - startedAt) / theory).toFixed(1)} times the ${Math.round(theory / 1000)} s that a window of one minute needs in theory`;
    info.annotations.push({ type: "detection", description: found });
    console.log(found);

    await expect(
      page.getByRole("heading", { name: new RegExp(`^${name}: .*% of requests fail`), level: 2 }),
    ).toBeVisible();
    await expect(page.getByText("Not acknowledged").first()).toBeVisible();
    await expect(page.getByRole("region", { name: "Likely cause" })).toContainText(
      `${name} version 2 deployed to ${name}`,
    );
    const actions = page.getByRole("complementary", { name: "Actions" });
    const advised = actions.locator("button[data-recommended]");
    await expect(advised).toContainText("Roll back to v1");
    await expect(advised).toContainText("Likely to help: v2 was deployed just before the rise.");
    await page.keyboard.press("a");
    await expect(page.getByText("Acknowledged. Escalation stopped.")).toBeVisible();
    // Acknowledging changes nothing about what helps.
    await expect(advised).toContainText("Roll back to v1");

    await page.keyboard.press("r");
    const dialog = page.getByRole("dialog", { name: `Roll back ${name} to v1?` });
    await expect(dialog).toBeVisible();
    await dialog.getByRole("textbox", { name: "Reason" }).fill("Every eighth image fails");
    await page.keyboard.press("Control+Enter");
    await expect(dialog).toBeHidden();
    await expect(page.getByText("Rolled back. Leeway monitors recovery.")).toBeVisible();
    // Neither the version that was just left nor a second rollback is advised, whatever the burn rate is.
    await expect(page.getByText(/^(Watching for an effect|Recovering): /).first()).toBeVisible();
    await expect(advised).toHaveCount(0);
    const back = actions.getByRole("button", { name: /Roll back/ });
    await expect(back).toHaveAttribute("aria-disabled", "true");
    await expect(back).toContainText(`Rolled back ${name} to ${name} version 1`);
    await expect(
      page.getByText(/^Recovering: (burn rate \d\S*×|nothing fires), \d+\smin to go\.$/).first(),
    ).toBeVisible();
    await expect(advised).toHaveCount(0);
    const { blocks } = await call<{ blocks: { version: number }[] }>("GET", `/api/v1/endpoints/${name}/blocks`);
    expect(blocks).toMatchObject([{ version: 2, reason: "Every eighth image fails" }]);

    await page.keyboard.press("e");
    const resolve = page.getByRole("dialog", { name: /^Resolve INC-\d+\?$/ });
    await resolve.getByRole("textbox", { name: "Reason" }).fill("The old version answers everything");
    await page.keyboard.press("Control+Enter");
    await expect(page.getByText(/^INC-\d+ resolved\.$/)).toBeVisible();

    await page.goto("/incidents");
    await page
      .getByRole("link", { name: new RegExp(name) })
      .first()
      .click();
    await expect(page.getByText("Resolved", { exact: true }).first()).toBeVisible();
    await page.getByRole("link", { name: "Post-mortem" }).click();
    await page
      .getByRole("button", { name: "Generate draft" })
      .or(page.getByLabel("Markdown", { exact: true }))
      .first()
      .waitFor();
    const draft = page.getByRole("button", { name: "Generate draft" });
    if (await draft.isVisible()) await draft.click();
    const preview = page.getByRole("region", { name: "Preview" });
    await expect(
      preview.getByText(new RegExp(`Probable cause: ${name} version 2 deployed to ${name}`)).first(),
    ).toBeVisible();
  } finally {
    traffic.stop();
    await pager.stop();
  }
});
