import { pythonPrograms } from "../../suite/python.ts";
import { outputOf } from "../drift/output-of.ts";

const packages = ["cleanlab==2.9.0", "crowd-kit==1.4.2", "numpy==1.26.4", "pandas==2.2.3", "scikit-learn==1.5.2"];

/** Runs a Python program beside the libraries that labelling is compared with. @returns what its last line says. @throws Error if it fails */
export async function peerResult<Result>(script: string, args: readonly string[]): Promise<Result> {
  const programs = await pythonPrograms("venv-labelling", packages);
  if (!programs) throw new Error("cleanlab could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  return JSON.parse(await outputOf(`${programs}/python`, [script, ...args])) as Result;
}
