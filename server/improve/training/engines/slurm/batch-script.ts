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
  const { nodes, cores } = spec.resources;
  const work = quote(`${folder.replace(/\/$/, "")}/leeway-${id}`);
  const files = [
    await fileOf("leeway_run.py", wrapper),
    ...(archive ? [await fileOf("fetch_package.py", fetcher)] : []),
  ];
  const program = archive ? `python3 fetch_package.py ${archive.sha256}` : "python3 leeway_run.py";
  const step = `srun --overlap --nodes=${nodes} --ntasks=${nodes} --cpus-per-task=${Math.ceil(cores)}`;
  const head = [
    "#!/bin/bash",
    `# Launch ${id} of Leeway.`,
    // The step gets the signal too; the shell waits for its end, to pass on the code.
    "trap : TERM",
    '[ -n "$HOME" ] || export HOME="$(getent passwd "$(id -u)" | cut -d: -f6)"',
  ];
  if (nodes === 1) return [...head, ...runIn(work, files, `${step} ${program}`)].join("\n");
  return [
    ...head,
    // The first machine is the one that the script runs on.
    `export LEEWAY_NODES=${nodes} LEEWAY_MAIN_ADDRESS="$(hostname)"`,
    // Each machine has a folder of its own, whether they share a disk or not. One that fails tells Leeway, which stops the others in order.
    `${step} --ntasks-per-node=1 --kill-on-bad-exit=0 --wait=0 bash -s <<'END_OF_MACHINE'`,
    "trap : TERM",
    'export LEEWAY_RANK="$SLURM_PROCID"',
    ...runIn(`${work}-"$SLURM_PROCID"`, files, `${program} </dev/null`),
    "END_OF_MACHINE",
    "",
  ].join("\n");
}

/** Lines that run something in a new folder, and end with its exit code. */
const runIn = (work: string, files: string[], command: string): string[] => [
  `work=${work}`,
  'rm -rf "$work"; mkdir -p "$work" && cd "$work" || exit 126',
  ...files,
  command,
  "code=$?",
  'cd / && rm -rf "$work"',
  "exit $code",
  "",
];

async function fileOf(name: string, path: string | URL): Promise<string> {
  const text = (await readFile(path)).toString("base64").replace(/.{76}/g, "$&\n");
  return `base64 -d > ${name} <<'END_OF_FILE'\n${text}\nEND_OF_FILE`;
}

/** One word for a shell. */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
