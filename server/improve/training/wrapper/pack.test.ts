import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

const program = `
import io, sys, zipfile
sys.path.insert(0, sys.argv[1])
import leeway_jobs
with zipfile.ZipFile(io.BytesIO(leeway_jobs._pack(sys.argv[2]))) as packed:
    print(*("%s %o" % (entry.filename, entry.external_attr >> 16) for entry in packed.infolist()))
`;

test("the package of a folder says which files may be executed, and no other rights", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeway-pack-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "bin"));
  for (const [name, mode] of [
    ["train.py", 0o666],
    ["bin/as-root", 0o4755],
    ["bin/others", 0o601],
  ] as const) {
    await writeFile(join(folder, name), "");
    await chmod(join(folder, name), mode);
  }
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await run("python3", ["-c", program, import.meta.dirname, folder], { env });
  expect(stdout).toBe("bin/as-root 100755 bin/others 100755 train.py 100644\n");
});
