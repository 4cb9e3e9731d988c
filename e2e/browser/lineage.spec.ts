import { expect, type Locator, type Page } from "@playwright/test";
import { brokenRules } from "./axe.ts";
import { call, demoFile, mlflow, newExperiment, newRun, putArtifact, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { image, newEndpoint, run } from "./serving-fixture.ts";

/** A version that a run made from logged rows, on an endpoint that has served requests. */
async function newChain() {
  const [dataset, model, endpoint] = [unique("parcels"), unique("digits"), unique("digits")];
  const digest = "4be10508";
  const experiment = await newExperiment(unique("digits"));
  const runId = await newRun(experiment, { name: "even-keel", status: "FINISHED" });
  const logged = { name: dataset, digest, source_type: "s3", source: "{}" };
  const tags = [{ key: "mlflow.data.context", value: "training" }];
  await mlflow("runs/log-inputs", { run_id: runId, datasets: [{ dataset: logged, tags }] });
  await putArtifact(experiment, runId, "model/model.onnx", demoFile("digits/models/digits-v1.onnx"));
  await mlflow("registered-models/create", { name: model });
  await mlflow("model-versions/create", { name: model, source: `runs:/${runId}/model`, run_id: runId });
  const version = () => call<{ inspection: string }>("GET", `/api/v1/models/${model}/versions/1`);
  await expect.poll(async () => (await version()).inspection).toBe("servable");
  await newEndpoint(endpoint, model, 1);
  for (let at = 0; at < 3; at += 1) await run(endpoint, { inputs: [image(new Array<number>(64).fill(0.5))] });
  return { dataset, digest, model, endpoint };
}

/** Clicks and counts. */
function clicker() {
  let clicks = 0;
  return {
    click: async (link: Locator) => {
      clicks += 1;
      await link.click();
    },
    count: () => clicks,
  };
}

const panel = (page: Page, title: string) =>
  page.locator("section", { has: page.getByRole("heading", { level: 2, name: title }) });

test("a user walks from a dataset to the predictions it influenced, and back to its digest, in three clicks each", async ({
  page,
}) => {
  const { dataset, digest, model, endpoint } = await newChain();
  const id = encodeURIComponent(`${dataset}@${digest}`);
  const requests = async () => {
    const walk = await call<{ wentInto: { nodes: { kind: string; requests: number | null }[] } }>(
      "GET",
      `/api/v1/lineage?kind=dataset-version&id=${id}&direction=went-into`,
    );
    return walk.wentInto.nodes.find(({ kind }) => kind === "predictions")?.requests ?? 0;
  };
  // Gateways report a window when it has ended.
  await expect.poll(requests, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);

  const there = clicker();
  await signIn(page, `/datasets/${dataset}?version=${digest}`);
  await there.click(page.getByRole("link", { name: "Lineage", exact: true }));
  const wentInto = panel(page, "Went into");
  await expect(wentInto.getByText(/\d+\s+requests/)).toBeVisible();
  expect(await brokenRules(page)).toEqual([]);
  await there.click(wentInto.locator('a[href*="/predictions?"]'));
  await expect(page).toHaveURL(new RegExp(`/endpoints/${endpoint}/predictions\\?q=version`));
  await expect(page.getByRole("row")).not.toHaveCount(0);
  expect(there.count()).toBeLessThanOrEqual(3);

  for (const address of [`/endpoints/${endpoint}`, `/models/${model}/v1`]) {
    const back = clicker();
    await page.goto(address);
    await back.click(page.getByRole("link", { name: "Lineage", exact: true }));
    const rows = panel(page, "Created from").getByRole("listitem").filter({ hasText: dataset });
    await expect(rows).toContainText(digest);
    await back.click(rows.getByRole("link", { name: dataset, exact: true }));
    await expect(page).toHaveURL(new RegExp(`/datasets/${dataset}\\?version=${digest}`));
    expect(back.count()).toBeLessThanOrEqual(3);
  }
});

test("a user walks on from a node by keyboard, and reads of what is not there", async ({ page }) => {
  const dataset = unique("rows");
  const experiment = await newExperiment(unique("walk"));
  const runId = await newRun(experiment, { name: "steady", status: "FINISHED" });
  const logged = { name: dataset, digest: "77aa", source_type: "s3", source: "{}" };
  await mlflow("runs/log-inputs", { run_id: runId, datasets: [{ dataset: logged, tags: [] }] });
  await signIn(page, `/lineage?kind=run&id=${runId}`);
  await expect(panel(page, "Went into")).toContainText("Nothing recorded");
  await page.getByRole("link", { name: `Continue from here: Dataset version ${dataset}` }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: dataset })).toBeVisible();
  await expect(panel(page, "Went into").getByRole("link", { name: "steady", exact: true })).toBeVisible();
  await page.goto("/lineage?kind=run&id=none");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/not found|no page/i);
});
