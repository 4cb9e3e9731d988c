import { execFileSync } from "node:child_process";
import { expect, type Page } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Prints a line every 200 ms, for longer than any journey. */
const counts = "import time; [print('epoch', n, flush=True) or time.sleep(0.2) for n in range(100000)]";

/** Adds the engine of this machine under a name of its own. */
async function newEngine(maxJobs = 2): Promise<string> {
  const name = unique("local");
  await call("POST", "/api/v1/training/engines", { name, settings: { kind: "local", maxJobs } });
  return name;
}

async function newJob(engine: string, spec: Record<string, unknown> = {}): Promise<{ id: string; name: string }> {
  const name = unique("job");
  const { id } = await call<{ id: string }>("POST", "/api/v1/training/jobs", {
    name,
    engine,
    spec: { command: ["python3", "-c", counts], ...spec },
  });
  return { id, name };
}

/** Zips files by Python's own library. */
const zipOf = (files: Record<string, string>): Buffer =>
  execFileSync("python3", ["-c", zipProgram, JSON.stringify(files)], { encoding: "buffer" });

const zipProgram = `
import io, json, sys, zipfile
zipped = io.BytesIO()
with zipfile.ZipFile(zipped, "w") as archive:
    for name, text in json.loads(sys.argv[1]).items():
        archive.writestr(name, text)
sys.stdout.buffer.write(zipped.getvalue())
`;

const stateOf = async (id: string) => (await call<{ state: string }>("GET", `/api/v1/training/jobs/${id}`)).state;

const log = (page: Page) => page.getByRole("region", { name: "Lines of the log" });

test("someone adds an engine, submits a command, follows and searches its log, and stops it", async ({ page }) => {
  const engine = unique("local");
  await signIn(page, "/jobs");
  await page.getByRole("link", { name: "Engines", exact: true }).click();
  await page.getByRole("link", { name: "Add engine…" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(engine);
  await page.getByLabel("Max jobs").fill("2");
  await page.getByRole("button", { name: "Add engine" }).click();
  await expect(page.getByRole("row", { name: new RegExp(engine) })).toBeVisible();

  await page.goto("/jobs/new");
  const name = unique("counting");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Program and arguments").fill(`python3\n-c\n${counts}`);
  await page.getByLabel("Parameters").fill("max_steps = 1000");
  await page.getByRole("radio", { name: new RegExp(`^${engine} `) }).check();
  await expect(page.getByText(`immediately on ${engine}`)).toBeVisible();
  await page.getByRole("button", { name: "Submit job" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();

  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  await expect(log(page).getByText("epoch 3", { exact: true })).toBeVisible();
  // It goes on by itself.
  await expect(log(page).getByText("epoch 12", { exact: true })).toBeVisible();

  await page.keyboard.press("/");
  await page.keyboard.type("epoch 7");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^1 of \d+$/)).toBeVisible();
  await expect(log(page).locator("[data-current] mark")).toHaveText("epoch 7");
  // What comes meanwhile is counted, and one click leads to it.
  await log(page).evaluate((box) => box.scrollTo({ top: 0 }));
  await page.getByRole("button", { name: /^\d+\snew lines?$/ }).click();
  await expect(page.getByRole("checkbox", { name: "Follow" })).toBeChecked();

  // The log of its attempt, by keyboard; the letters that were typed before are no keys of the page.
  const attempt = page.getByRole("link", { name: /^Attempt 1 / });
  await attempt.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?attempt=1$/);

  await page.getByRole("button", { name: "Stop…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("it has no checkpoint yet")).toBeVisible();
  await dialog.getByRole("button", { name: "Does not converge" }).click();
  await dialog.getByRole("button", { name: "Stop job" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
  await expect(page.getByText(/^By .*: Does not converge/)).toBeVisible();
  await expect(log(page).getByText("epoch 3", { exact: true })).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the log" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^tj-.*\.log$/);

  // A copy of it has what it ran.
  await page.getByRole("link", { name: "Edit and re-run…" }).click();
  await expect(page.getByLabel("Program and arguments")).toHaveValue(`python3\n-c\n${counts}`);
  await expect(page.getByLabel("Parameters")).toHaveValue("max_steps = 1000");
});

test("a queued job says why, in the list and on its page, and leaves the queue when it is stopped", async ({
  page,
}) => {
  const engine = await newEngine(1);
  const first = await newJob(engine);
  await expect.poll(() => stateOf(first.id)).toBe("running");
  const second = await newJob(engine);
  await signIn(page, `/jobs?q=${engine}`);
  const row = page.getByRole("row", { name: new RegExp(second.name) });
  await expect(row).toContainText("Queued");
  await expect(row).toContainText(`1 of 1 running on ${engine}.`);
  await expect(page.getByRole("row", { name: /^Queued, 1/ })).toBeVisible();

  // By keyboard: the row has the focus.
  await row.focus();
  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: `Stop ${second.name}?` })).toBeVisible();
  await dialog.getByLabel("Reason").fill("Not needed");
  await dialog.getByRole("button", { name: "Stop job" }).click();
  await expect.poll(() => stateOf(second.id)).toBe("stopped");
  await page.goto(`/jobs/${second.id}`);
  await expect(page.getByText("Its program never started.")).toBeVisible();
  await call("POST", `/api/v1/training/jobs/${first.id}/stop`, {});
  await expect.poll(() => stateOf(first.id)).toBe("stopped");
});

test("someone sends a package, and a job runs a script of it", async ({ page }) => {
  const engine = await newEngine();
  const buffer = zipOf({
    "train.py": "from helper import words\nprint(words)\n",
    "helper.py": "words = 'out of the package'\n",
  });
  await signIn(page, "/jobs/new");
  const name = unique("packaged");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Program and arguments").fill("python3\ntrain.py");
  await page.getByRole("radio", { name: new RegExp(`^${engine} `) }).check();
  const file = page.locator('input[type="file"]');
  await file.setInputFiles({ name: "train.txt", mimeType: "text/plain", buffer: Buffer.from("print(1)") });
  await expect(page.getByText("Choose a zip file.")).toBeVisible();
  await file.setInputFiles({ name: "package.zip", mimeType: "application/zip", buffer });
  await expect(page.getByText(/^Package [0-9a-f]+…[0-9a-f]+ /)).toBeVisible();
  await expect(page.getByText("Choose a zip file.")).toBeHidden();
  await page.getByRole("button", { name: "Submit job" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible();
  await expect(log(page).getByText("out of the package")).toBeVisible();

  // A copy of it has the package, too.
  await page.getByRole("link", { name: "Edit and re-run…" }).click();
  await expect(page.getByText(/^Package [0-9a-f]+…[0-9a-f]+ /)).toBeVisible();
});

test("an engine that cannot run a job is off and says why", async ({ page }) => {
  const engine = await newEngine();
  await expect
    .poll(async () => {
      const { engines } = await call<{ engines: { name: string; description: unknown }[] }>(
        "GET",
        "/api/v1/training/engines",
      );
      return engines.find(({ name }) => name === engine)?.description;
    })
    .toBeTruthy();
  await signIn(page, "/jobs/new");
  await page.getByLabel("Program and arguments").fill("true");
  const choice = page.getByRole("radio", { name: new RegExp(`^${engine} `) });
  await expect(choice).toBeEnabled();
  await page.getByLabel("Cores", { exact: true }).fill("4000");
  await expect(choice).toBeDisabled();
  await expect(page.getByText(/The job needs 4,000 cores; it has \d+\./).first()).toBeVisible();
  await page.getByLabel("Cores", { exact: true }).fill("many");
  await expect(page.getByText("Not ready")).toBeVisible();
});

test("someone creates a template, submits it with another parameter, and sees what was changed", async ({ page }) => {
  const engine = await newEngine();
  const name = unique("printer");
  await signIn(page, "/jobs/templates");
  await page.getByRole("link", { name: "Create template…" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Engine").selectOption(engine);
  const program =
    "import json, os; p = json.load(open(os.environ['LEEWAY_PARAMS'])); print('rate', p['rate'], p['net'], p['deep'])";
  await page.getByLabel("Program and arguments").fill(`python3\n-c\n${program}`);
  await page.getByRole("button", { name: "Add parameter" }).click();
  await page.getByLabel("Name of parameter 1").fill("rate");
  await page.getByLabel("Default of parameter 1").fill("0.5");
  await page.getByLabel("Maximum of parameter 1").fill("1");
  await page.getByRole("button", { name: "Add parameter" }).click();
  await page.getByLabel("Name of parameter 2").fill("net");
  await page.getByLabel("Kind of parameter 2").selectOption("choice");
  await expect(page.getByLabel("Default of parameter 2")).toBeDisabled();
  await page.getByLabel("Choices of parameter 2").fill("small, round\nlarge");
  await expect(page.getByLabel("Default of parameter 2")).toHaveValue("small, round");
  await page.getByRole("button", { name: "Add parameter" }).click();
  await page.getByLabel("Name of parameter 3").fill("deep");
  await page.getByLabel("Kind of parameter 3").selectOption("boolean");
  await page.getByLabel("Default of parameter 3").selectOption("true");
  await page.getByRole("button", { name: "Create template" }).click();
  await page
    .getByRole("row", { name: new RegExp(name) })
    .getByRole("link")
    .click();
  await page.getByRole("link", { name: "Submit job…" }).click();

  await page.getByLabel("rate").fill("7");
  await expect(page.getByText("was 0.5")).toBeVisible();
  await page.getByRole("button", { name: "Submit job" }).click();
  await expect(page.getByText('"rate" is at most 1.').first()).toBeVisible();
  await page.getByLabel("rate").fill("0.25");
  await expect(page.getByRole("combobox", { name: "net" })).toHaveValue("small, round");
  await page.getByRole("combobox", { name: "deep" }).selectOption("false");
  await page.getByRole("button", { name: "Submit job" }).click();
  await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible();
  await expect(log(page).getByText("rate 0.25 small, round False")).toBeVisible();
  await expect(page.getByText("rate = 0.25")).toBeVisible();
});
