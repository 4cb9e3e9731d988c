import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/free-port.ts";
import { pythonPrograms } from "../../suite/python.ts";
import { waitFor } from "../../suite/stack.ts";
import { stopped } from "../gateway.ts";

export interface LabelStudioServer extends AsyncDisposable {
  url: string;
  token: string;
  /** Programs of its environment, which has its client too. */
  programs: string;
}

/** Starts Label Studio 1.23.2 on SQLite with one user, as its documentation says for a trial. It takes half a minute. */
export async function startLabelStudio(): Promise<LabelStudioServer> {
  const programs = await pythonPrograms("venv-label-studio", ["label-studio==1.23.2", "label-studio-sdk==2.1.2"]);
  if (!programs) throw new Error("Label Studio could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  const folder = await mkdtemp(join(tmpdir(), "leeway-label-studio-"));
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const token = randomBytes(20).toString("hex");
  const address = ["--internal-host", "127.0.0.1", "--host", url, "--port", port];
  const user = ["--username", "ann@example.com", "--password", randomBytes(12).toString("hex"), "--user-token", token];
  const options = [...address, ...user, "--data-dir", folder, "--log-level", "ERROR", "--no-browser"];
  const child = spawn(`${programs}/label-studio`, ["start", ...options], {
    cwd: folder,
    stdio: "ignore",
    env: {
      ...process.env,
      LABEL_STUDIO_BASE_DATA_DIR: folder,
      // Else its tokens live for five minutes and need a refresh.
      LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN: "true",
      LATEST_VERSION_CHECK: "false",
      COLLECT_ANALYTICS: "false",
      SENTRY_DSN: "",
      FRONTEND_SENTRY_DSN: "",
    },
  });
  const stop = async () => {
    await stopped(child);
    await rm(folder, { recursive: true, force: true });
  };
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error(`Label Studio ended with ${child.exitCode}.`);
    return fetch(`${url}/api/version/`).then(
      (response) => response.ok,
      () => false,
    );
  };
  await waitFor(isUp, 240_000).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, token, programs, [Symbol.asyncDispose]: stop };
}
