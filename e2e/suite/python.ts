import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { execute } from "./command.ts";
import { ensurePython } from "./packages.ts";

/**
 * Creates a virtual environment with some packages, once per list of packages.
 * @param folder its location, below `.cache`. @param packages arguments for pip. @param files requirement files that the list names.
 * @param first the one of these files whose packages are installed regardless of the Python versions they declare.
 * @returns its folder of programs; undefined without Python, or if a package is not available.
 */
export async function pythonPrograms(
  folder: string,
  packages: string[],
  files: string[] = [],
  first?: string,
): Promise<string | undefined> {
  const environment = resolve(".cache", folder);
  const programs = `${environment}/bin`;
  const wanted = createHash("sha256")
    .update([...packages, ...files.map((file) => readFileSync(file, "utf8"))].join())
    .digest("hex");
  const stamp = `${environment}/packages.sha256`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return programs;
  const python = ensurePython();
  if (!python) return undefined;
  rmSync(environment, { recursive: true, force: true });
  // Packages are compiled when they are imported, because most installed files are never imported.
  const quick = ["--quiet", "--disable-pip-version-check", "--no-compile"];
  const install = async (options: string[]) =>
    (await execute(`${programs}/python`, ["-m", "pip", "install", ...quick, ...options])) === 0;
  const ok =
    (await execute(python, ["-m", "venv", environment])) === 0 &&
    // pip checks a package's Python version only when it installs it, so its dependencies are then selected for the current Python.
    (!first || (await install(["--ignore-requires-python", "--no-deps", "-r", first]))) &&
    (await install(packages));
  if (!ok) return undefined;
  writeFileSync(stamp, wanted);
  return programs;
}

/** Returns the programs of MLServer's environment, which the clients and the gateway's benchmark share; as `pythonPrograms`. */
export function mlserverPrograms(): Promise<string | undefined> {
  const [all, itself] = ["e2e/clients/requirements-mlserver.txt", "e2e/clients/requirements-mlserver-itself.txt"];
  return pythonPrograms("venv-mlserver", ["-r", all], [all, itself], itself);
}
