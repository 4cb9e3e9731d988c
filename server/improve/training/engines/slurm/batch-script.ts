import { readFile } from "node:fs/promises";
import type { Launch } from "../engine.ts";

const fetcher = new URL("../fetch_package.py", import.meta.url);

/**
 * The script that Slurm runs. It brings the wrapper with it, which runs below `srun`: a preemption tells the steps of a job to end, and the script
 * nothing. The folder goes with the job; what has to stay is in Leeway. docs/spec/training.md section 9.
 */
export async function batchScript(
  { id, spec, package: archive }: Pick<Launch, "id" | "spec" | "package">,
  { wrapper, folder }: { wrapper: string; folder: string },
): Promise<string> {
  const cores = Math.ceil(spec.resources.cores);
  const program = archive ? `python3 fetch_package.py ${archive.sha256}` : "python3 leeway_run.py";
  return [
    "#!/bin/bash",
    `# Launch ${id} of Leeway.`,
    // The step gets the signal too; the shell waits for its end, to pass on the code.
    "trap : TERM",
    '[ -n "$HOME" ] || export HOME="$(getent passwd "$(id -u)" | cut -d: -f6)"',
    `work=${quote(`${folder.replace(/\/$/, "")}/leeway-${id}`)}`,
    'rm -rf "$work"; mkdir -p "$work" && cd "$work" || exit 126',
    await fileOf("leeway_run.py", wrapper),
    ...(archive ? [await fileOf("fetch_package.py", fetcher)] : []),
    // One copy, on the first machine: on several, its command starts the others, for one by srun and torchrun.
    `srun --overlap --nodes=1 --ntasks=1 --cpus-per-task=${cores} ${program}`,
    "code=$?",
    'cd / && rm -rf "$work"',
    "exit $code",
    "",
  ].join("\n");
}

async function fileOf(name: string, path: string | URL): Promise<string> {
  const text = (await readFile(path)).toString("base64").replace(/.{76}/g, "$&\n");
  return `base64 -d > ${name} <<'END_OF_FILE'\n${text}\nEND_OF_FILE`;
}

/** One word for a shell. */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
