import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { execute } from "./command.ts";
import { ensurePython } from "./packages.ts";

/**
 * A virtual environment with some packages, made once per list of packages.
 * @param folder where it is, below `.cache`. @param packages as pip is given them. @param files requirement files that the list names.
 * @param first the one of these files whose packages are installed whatever Python they say they are for.
 * @returns its folder of programs; undefined where there is no Python, or a package cannot be had.
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
  // What is imported is compiled then: most of what is installed never is.
  const quick = ["--quiet", "--disable-pip-version-check", "--no-compile"];
  const install = async (options: string[]) =>
    (await execute(`${programs}/python`, ["-m", "pip", "install", ...quick, ...options])) === 0;
  const ok =
    (await execute(python, ["-m", "venv", environment])) === 0 &&
    // pip asks a package for its Python only when it installs it: what these need is then chosen for the Python that is here.
    (!first || (await install(["--ignore-requires-python", "--no-deps", "-r", first]))) &&
    (await install(packages));
  if (!ok) return undefined;
  writeFileSync(stamp, wanted);
  return programs;
}

/** The environment of MLServer, which the clients and the gateway's benchmark share; as `pythonPrograms`. */
export function mlserverPrograms(): Promise<string | undefined> {
  const [all, itself] = ["e2e/clients/requirements-mlserver.txt", "e2e/clients/requirements-mlserver-itself.txt"];
  return pythonPrograms("venv-mlserver", ["-r", all], [all, itself], itself);
}
