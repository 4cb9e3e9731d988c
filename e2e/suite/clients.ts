import { existsSync, readFileSync, rmSync } from "node:fs";
import { execute } from "./command.ts";
import type { Outcome } from "./outcome.ts";
import { ensureCurl, ensurePrometheus, ensurePython, ensureSlurm } from "./packages.ts";
import { mlserverPrograms, pythonPrograms } from "./python.ts";
import type { Stack } from "./stack.ts";

interface Journey {
  /** Journeys of one lane run one after the other, beside those of the others. */
  lane: "mlflow" | "feast" | "engines";
  /** Folder of its Python environment, below `.cache`. */
  environment: string;
  /** Requirements files of the packages; the files after the first are included by it. */
  requirements: [string, ...string[]];
  /** Creates the environment if the requirements alone are not enough. */
  programs?: () => Promise<string | undefined>;
  tests: string[];
}

const mainJourney: Journey = {
  lane: "mlflow",
  environment: "venv",
  requirements: ["e2e/clients/requirements.txt", "e2e/clients/requirements-training.txt"],
  tests: [
    "e2e/clients",
    ...["older", "kserve", "engines", "feast", "label_studio", "ray", "kubernetes", "slurm"].map(
      (folder) => `--ignore=e2e/clients/${folder}`,
    ),
  ],
};

/**
 * Journeys by environment: the older mlflow needs its own, because an environment has one mlflow; so do KServe's client and MLServer.
 * More than half of their time they wait, so three lanes of them take little longer than one.
 */
const journeys: Journey[] = [
  mainJourney,
  {
    lane: "mlflow",
    environment: "venv-older",
    requirements: ["e2e/clients/requirements-older.txt"],
    // Without the conftest of the others, which needs their packages.
    tests: ["e2e/clients/older", "--confcutdir=e2e/clients/older", "--disable-warnings"],
  },
  {
    lane: "mlflow",
    environment: "venv-kserve",
    requirements: ["e2e/clients/requirements-kserve.txt"],
    tests: ["e2e/clients/kserve", "--confcutdir=e2e/clients/kserve", "--disable-warnings"],
  },
  {
    lane: "feast",
    environment: "venv-feast",
    requirements: ["e2e/clients/requirements-feast.txt"],
    tests: ["e2e/clients/feast", "--confcutdir=e2e/clients/feast", "--disable-warnings"],
  },
  {
    lane: "feast",
    environment: "venv-feast-older",
    requirements: ["e2e/clients/requirements-feast-older.txt"],
    tests: ["e2e/clients/feast", "--confcutdir=e2e/clients/feast", "--disable-warnings"],
  },
  {
    lane: "mlflow",
    environment: "venv-label-studio-sdk",
    requirements: ["e2e/clients/requirements-label-studio.txt"],
    tests: ["e2e/clients/label_studio", "--confcutdir=e2e/clients/label_studio", "--disable-warnings"],
  },
  {
    lane: "mlflow",
    environment: "venv-mlserver",
    requirements: ["e2e/clients/requirements-mlserver.txt"],
    programs: mlserverPrograms,
    tests: ["e2e/clients/engines", "--confcutdir=e2e/clients/engines", "--disable-warnings"],
  },
  {
    lane: "mlflow",
    environment: "venv-kubernetes",
    requirements: ["e2e/clients/requirements-kubernetes.txt"],
    tests: ["e2e/clients/kubernetes", "--confcutdir=e2e/clients/kubernetes", "--disable-warnings"],
  },
  {
    lane: "engines",
    environment: "venv-ray",
    requirements: ["e2e/clients/requirements-ray.txt"],
    tests: ["e2e/clients/ray", "--confcutdir=e2e/clients/ray", "--disable-warnings"],
  },
  {
    lane: "engines",
    environment: "venv-slurm",
    requirements: ["e2e/clients/requirements-slurm.txt"],
    tests: ["e2e/clients/slurm", "--confcutdir=e2e/clients/slurm", "--disable-warnings"],
  },
];

/** Installs what the clients need, once; `runClients` reports what could not be installed. */
export async function prepareClients(): Promise<void> {
  ensureCurl();
  ensurePrometheus();
  ensureSlurm();
  if (ensurePython()) for (const journey of journeys) await programsOf(journey);
}

/** Runs the real clients (mlflow, also of 2.22; feast, also of 0.63; label-studio-sdk; tritonclient, kserve, requests; Prometheus, amtool) against a running Leeway, and its engines against a real Ray and a real Slurm. */
export async function runClients(stack: Stack): Promise<Outcome> {
  const startedAt = Date.now();
  const outcome: Outcome = { suite: "clients", passed: 0, failed: 0, skipped: [], seconds: 0 };
  if (ensurePython()) {
    await Promise.all(
      [...Map.groupBy(journeys, ({ lane }) => lane).values()].map(async (inTurn) => {
        for (const journey of inTurn) add(outcome, await run(journey, stack));
      }),
    );
  } else {
    outcome.skipped.push("No Python 3.10 or newer with venv. Install python3 and python3-venv.");
  }
  return { ...outcome, seconds: (Date.now() - startedAt) / 1000 };
}

type Counts = Pick<Outcome, "passed" | "failed" | "skipped"> & { failures?: string[] };

function add(sum: Outcome, { passed, failed, skipped, failures = [] }: Counts): void {
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped.push(...skipped);
  sum.failures = [...(sum.failures ?? []), ...failures];
}

/** Returns the folder of a Python with what the scripts of templates need; undefined if it could not be installed. */
export const trainingPrograms = (): Promise<string | undefined> => programsOf(mainJourney);

const programsOf = ({ environment, requirements, programs }: Journey) =>
  programs?.() ?? pythonPrograms(environment, ["-r", requirements[0]], requirements);

async function run(journey: Journey, stack: Stack): Promise<Counts> {
  const { environment, requirements, tests } = journey;
  const programs = await programsOf(journey);
  if (!programs)
    return { passed: 0, failed: 0, skipped: [`The packages of ${requirements[0]} could not be installed.`] };
  const file = `.cache/results/clients-${environment}.xml`;
  rmSync(file, { force: true });
  const code = await execute(
    `${programs}/python`,
    ["-m", "pytest", ...tests, "-q", `--junitxml=${file}`],
    // If Python is configured to write no bytecode, each of the many processes would compile all packages again.
    { ...stack.environment, PYTHONDONTWRITEBYTECODE: "", PROMETHEUS_PROGRAMS: ensurePrometheus() ?? "" },
  );
  const report = existsSync(file) ? readFileSync(file, "utf8") : "";
  const count = (name: string) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  const skipped = [...report.matchAll(/<skipped [^>]*message="([^"]*)"/g)].map((match) => match[1] ?? "");
  const failures = [...report.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*><(?:failure|error) /g)].map(
    ([, url, name]) => `${url}: ${name}`,
  );
  const passed = count("tests") - failed - skipped.length;
  return { passed, failed: Math.max(failed, code === 0 ? 0 : 1), skipped, failures };
}
