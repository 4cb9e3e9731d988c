import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A script that trains 240 steps on the digits of scikit-learn, and saves each 40. */
export interface Framework {
  name: string;
  script: string;
  /** Whether it keeps its random state, so that a resumed run ends with the weights of one that was not interrupted. */
  isExact: boolean;
}

/** Steps between two checkpoints of each script. */
export const interval = 40;

export const frameworks: readonly Framework[] = [
  { name: "torch", script: "torch_loop.py", isExact: true },
  { name: "lightning", script: "lightning_fit.py", isExact: false },
  { name: "transformers", script: "transformers_trainer.py", isExact: true },
  { name: "keras", script: "keras_fit.py", isExact: false },
  { name: "scikit-learn", script: "sklearn_partial_fit.py", isExact: true },
];

/** Absolute path of a file beside this one. */
export const besideThis = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Returns the Python with the frameworks; the first time it installs them. @throws Error that says what is missing */
export async function openPython(): Promise<string> {
  const folder = fileURLToPath(new URL("../../../.cache/venv-frameworks", import.meta.url));
  const python = join(folder, "bin", "python");
  const requirements = besideThis("requirements.txt");
  const stamp = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const stampFile = join(folder, "requirements.sha256");
  if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) return python;
  console.log("Installing torch, Lightning, transformers, Keras and scikit-learn (1.5 GB, with CUDA several GB more)…");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await succeed("python3", ["-m", "venv", folder], "Python 3.10 or newer with venv is missing.");
  const install = ["-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check"];
  await succeed(python, [...install, "-r", requirements], `pip could not install ${requirements}.`);
  await writeFile(stampFile, stamp);
  return python;
}

async function succeed(program: string, args: string[], problem: string): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
  const code = await once(child, "exit").then(
    ([code]) => code,
    () => null,
  );
  if (code !== 0) throw new Error(problem);
}
