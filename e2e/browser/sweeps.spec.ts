import { expect, type Page } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { logsMetrics } from "./training-programs.ts";

/** Adds the engine of this machine, and a template whose program logs a score by its parameter. */
async function newTemplate(program: string): Promise<{ engine: string; template: string }> {
  const [engine, template] = [unique("local"), unique("score")];
  await call("POST", "/api/v1/training/engines", { name: engine, settings: { kind: "local", maxJobs: 2, cores: 4 } });
  await call("PUT", `/api/v1/training/templates/${template}`, {
    spec: {
      job: {
        command: ["python3", "-c", `${logsMetrics}\n${program}`],
        checkpoints: { best: { metric: "score", goal: "max" } },
      },
      parameters: [
        { name: "rate", kind: "number", default: 0.5, min: 0, max: 10 },
        { name: "net", kind: "choice", default: "deep", choices: ["wide, shallow", "deep"] },
      ],
    },
  });
  return { engine, template };
}

/** The best is 0.3. */
const scoresOnce = "log('score', -(parameters['rate'] - 0.3) ** 2, 1)";
const trials = (page: Page) => page.getByRole("table", { name: "Trials, best first" });
const rows = (page: Page) => trials(page).getByRole("row");

async function fillGrid(page: Page, engine: string, values: string): Promise<void> {
  await page.getByLabel("How rate varies").selectOption("values");
  await page.getByLabel("Values of rate").fill(values);
  await page.getByRole("combobox", { name: "Search", exact: true }).selectOption("grid");
  await page.getByRole("radio", { name: new RegExp(`^${engine} `) }).check();
}

test("someone starts a sweep of three trials, and finds the best one", async ({ page }) => {
  const { engine, template } = await newTemplate(scoresOnce);
  await signIn(page, `/jobs/sweeps/new?template=${template}`);
  await expect(page.getByText("Vary at least one parameter.").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Start sweep" })).toBeDisabled();
  await page.getByLabel("How rate varies").selectOption("values");
  await page.getByLabel("Values of rate").fill("0.1, 50");
  await page.getByRole("combobox", { name: "Search", exact: true }).selectOption("grid");
  await expect(page.getByText('"rate" is at most 10.').first()).toBeVisible();
  await fillGrid(page, engine, "0.1, 0.3, 0.9");
  await expect(page.getByLabel("Metric")).toHaveValue("score");
  await expect(page.getByText(/^3\sjobs, 2 in parallel$/)).toBeVisible();
  await page.getByLabel("How net varies").selectOption("values");
  const nets = page.getByRole("group", { name: "Values of net" });
  await expect(page.getByText(/^6\sjobs, 2 in parallel$/)).toBeVisible();
  await nets.getByLabel("deep").uncheck();
  await nets.getByLabel("wide, shallow").uncheck();
  await expect(page.getByText("Check at least one value.").first()).toBeVisible();
  await nets.getByLabel("wide, shallow").check();
  await expect(page.getByText(/^3\sjobs, 2 in parallel$/)).toBeVisible();
  await page.getByRole("button", { name: "Start sweep" }).click();

  await expect(page.getByRole("heading", { name: `${template} sweep`, level: 1 })).toBeVisible();
  await expect(page.getByText("All done: 3 finished.")).toBeVisible();
  await expect(page.getByText(/^score 0 by trial 1 is the best\./)).toBeVisible();
  await expect(rows(page).nth(1)).toContainText("0.3");
  await expect(rows(page).nth(1)).toContainText("wide, shallow");
  await expect(rows(page).nth(3)).toContainText("0.9");
  await expect(page.getByText(/^3 of at least 20 trials have a value/)).toBeVisible();

  // The upper half of the metric, by keyboard, leaves two.
  await page.getByRole("slider", { name: "Selected range on score" }).focus();
  await page.keyboard.press("ArrowUp");
  await expect(rows(page)).toHaveCount(3);
  await expect(trials(page)).not.toContainText("0.9");
  await page.getByRole("button", { name: "Clear selection" }).click();
  await expect(rows(page)).toHaveCount(4);

  await rows(page).nth(1).getByRole("link").click();
  await expect(page.getByRole("heading", { name: `${template} sweep 1`, level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "a sweep", exact: true }).click();
  await expect(page.getByRole("heading", { name: `${template} sweep`, level: 1 })).toBeVisible();
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Sweeps" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`${template} sweep`) })).toContainText("3 of 3 done");
});

/** Scores 1 at best, with a rate of 0.3. One that finishes logs two steps; the others go on until they are asked to stop. */
const scoresOften = `
for step in range(1, 3 if parameters['rate'] == 0.5 else 100000):
    log('score', 1 - (parameters['rate'] - 0.3) ** 2, step)
    time.sleep(0.2)
`;

test("trials that fall behind end early, and someone stops the sweep, of which the best trial remains", async ({
  page,
}) => {
  const { engine, template } = await newTemplate(scoresOften);
  const name = unique("halving");
  const { id } = await call<{ id: string }>("POST", "/api/v1/training/sweeps", {
    name,
    template,
    engine,
    sweep: {
      kind: "grid",
      space: { rate: { kind: "values", values: [0.5, 0.9, 0.3, 0.1] } },
      maxParallel: 1,
      metric: "score",
      goal: "max",
      halving: { metric: "score", goal: "max", first: 1, factor: 2, last: 1000 },
    },
  });
  await signIn(page, `/jobs/sweeps/${id}`);
  const trialOf = (rate: string) => rows(page).filter({ has: page.getByRole("cell", { name: rate, exact: true }) });
  await expect(trialOf("0.9")).toContainText("Ended early");
  await expect(trialOf("0.9")).toContainText("Place 2 of 2 at step 1; the best continues");
  await expect(trialOf("0.3")).toContainText("Running");
  await expect(
    page.getByText(/^score 0\.96 by trial 0 is the best so far\. 2\strials left, 1 at a time\.$/),
  ).toBeVisible();

  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: `Stop ${name}?` })).toBeVisible();
  await expect(dialog).toContainText("1 of its trials that have not started");
  await dialog.getByRole("button", { name: "Good enough" }).click();
  await dialog.getByRole("button", { name: "Stop sweep" }).click();
  await expect(trialOf("0.3")).toContainText("Stopped");
  await expect(
    page.getByText("score 0.96 by trial 0 is the best. Stopped after 1 finished, 1 ended early, 1 stopped."),
  ).toBeVisible();
  await expect(rows(page)).toHaveCount(4);

  // The list has the sweep, not its trials; those are found by their own names.
  await page.goto(`/jobs?q=${name}`);
  const jobs = page.getByRole("table", { name: "Training jobs" });
  await expect(jobs.getByRole("row", { name: new RegExp(name) })).toHaveCount(1);
  await expect(jobs.getByRole("row", { name: new RegExp(name) })).toContainText("3 of 4 done, best score 0.96");
  await page.goto(`/jobs?q=${encodeURIComponent(`${name} 2`)}`);
  await jobs
    .getByRole("row", { name: new RegExp(`${name} 2`) })
    .getByRole("link")
    .click();
  await expect(page.getByText("By Leeway: Its sweep was stopped.").first()).toBeVisible();
  await page.getByRole("link", { name: "a sweep", exact: true }).click();
  await trialOf("0.9").getByRole("link").click();
  await expect(
    page.getByText(/At step 1 its score was not among the best 1\/2 of the trials so far\./).first(),
  ).toBeVisible();
});

test("someone runs a job again exactly, then changed, and both are compared with it", async ({ page }) => {
  const { engine, template } = await newTemplate(scoresOnce);
  const { id, name } = await call<{ id: string; name: string }>("POST", "/api/v1/training/jobs", { engine, template });
  await signIn(page, `/jobs/${id}`);
  await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("x");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: `Re-run ${name} exactly?` })).toBeVisible();
  await expect(dialog.getByText(/^Its code lies on the machine, not in a package\./)).toBeVisible();
  await dialog.getByRole("button", { name: "Re-run exactly" }).click();
  await expect(page).not.toHaveURL(new RegExp(`${id}$`));
  await expect(page.getByText("Equal metrics", { exact: true })).toBeVisible();
  await expect(page.getByText("Its metric is equal to a millionth.")).toBeVisible();
  await expect(page.getByRole("row", { name: /^score / })).toContainText("equal");
  await expect(page.getByText("No difference in what was recorded.")).toBeVisible();

  await page.getByRole("link", { name: id }).click();
  const reruns = page.getByRole("table", { name: "Re-runs, newest first" });
  await expect(reruns.getByRole("row").nth(1)).toContainText(/exact.*Equal metrics/);

  await page.getByRole("link", { name: "Edit and re-run…" }).click();
  await page.getByLabel("rate").fill("0.7");
  await page.getByRole("button", { name: "Submit job" }).click();
  await expect(page.getByText("Too few repeats", { exact: true })).toBeVisible();
  await expect(page.getByText(/1\smetric differs\. At least 3 other finished exact re-runs/)).toBeVisible();
  const differences = page.getByRole("table", { name: /^Differences of both jobs/ });
  await expect(differences.getByRole("row", { name: "Parameter rate" })).toContainText(/0\.5.*0\.7/);
});

test("someone installs a ready template, and finds it among the others", async ({ page }) => {
  const name = unique("digits");
  await signIn(page, "/jobs/templates");
  await page.getByRole("button", { name: "Install Train digits…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Install", exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "Start sweep…" }).click();
  await expect(page.getByLabel("How learning_rate varies")).toBeVisible();
  await expect(page.getByLabel("Metric")).toHaveValue("accuracy");
});
