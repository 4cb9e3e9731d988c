import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/free-port.ts";
import { ensurePrometheus } from "../../suite/packages.ts";
import { waitFor } from "../../suite/stack.ts";
import { stopped } from "../gateway.ts";
import { type Client, openClient } from "../tracking/client.ts";

/** Configuration with the same grouping as the defaults of Leeway. JSON is valid YAML. */
const config = {
  route: { receiver: "nobody", group_by: ["alertname", "service", "slo"], group_wait: "5s" },
  receivers: [{ name: "nobody" }],
};

/** Starts Debian's Alertmanager; if it is unavailable, logs this and returns undefined. */
export async function startAlertmanager(): Promise<{ client: Client; stop(): Promise<void> } | undefined> {
  const programs = ensurePrometheus();
  if (!programs) {
    console.log("Without a peer: Debian's prometheus-alertmanager could not be had.");
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "leeway-bench-"));
  await writeFile(join(folder, "alertmanager.yml"), JSON.stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    join(programs, "prometheus-alertmanager"),
    [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=${url.slice("http://".length)}`,
      "--cluster.listen-address=",
      "--log.level=error",
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const client = openClient(url);
  const stop = async () => {
    client.close();
    await stopped(child);
    await rm(folder, { recursive: true, force: true });
  };
  const isReady = () =>
    client.send("GET", "/-/ready").then(
      () => true,
      () => false,
    );
  try {
    await waitFor(isReady, 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { client, stop };
}
