import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { ConfinedProcesses, type ConfinementMode, plainStarter } from "./confined-processes.ts";

const root = mkdtempSync(join(tmpdir(), "leeway-confined-"));
afterAll(() => rmSync(root, { recursive: true }));
/** Scripts of Leeway, which every user may read. */
chmodSync(root, 0o755);
const data = join(root, "data");
const model = join(data, "models", "1");
mkdirSync(model, { recursive: true, mode: 0o700 });
writeFileSync(join(data, "secret"), "secret", { mode: 0o600 });
writeFileSync(join(model, "model.onnx"), "model", { mode: 0o600 });

function script(name: string, text: string): URL {
  const path = join(root, `${name}.mjs`);
  writeFileSync(path, text, { mode: 0o644 });
  return pathToFileURL(path);
}

/** A program under foreign control that takes what it can reach. */
const thief = script(
  "thief",
  `import { readFileSync, readdirSync, writeFileSync } from "node:fs";
  import { connect } from "node:net";
  const attempt = (action) => { try { action(); return "done"; } catch (error) { return error.code; } };
  const parent = "/proc/" + process.ppid;
  const [, , data, port] = process.argv;
  const network = await new Promise((resolve) => {
    connect(Number(port), "127.0.0.1").on("connect", function () { this.destroy(); resolve("done"); }).on("error", (error) => resolve(error.code));
  });
  process.send({
    environment: attempt(() => readFileSync(parent + "/environ")),
    memory: attempt(() => readFileSync(parent + "/maps")),
    descriptors: attempt(() => readdirSync(parent + "/fd")),
    root: attempt(() => readFileSync(parent + "/root" + data + "/secret")),
    secret: attempt(() => readFileSync(data + "/secret")),
    above: attempt(() => readFileSync("../../secret")),
    model: attempt(() => readFileSync("model.onnx")),
    score: readFileSync("/proc/self/oom_score_adj", "utf8").trim(),
    network,
  }, () => process.disconnect());`,
);

async function firstMessage(child: ChildProcess): Promise<Record<string, string>> {
  const ended = once(child, "exit");
  const [message] = await once(child, "message");
  await ended;
  return message;
}

const processes = (mode: ConfinementMode) =>
  new ConfinedProcesses({
    mode,
    hidden: [data, join(data, "models")],
    folder: join(data, "models"),
    maxBytes: 2 ** 29,
  });
const isPossible = await processes("auto").check();

async function rob(mode: ConfinementMode): Promise<Record<string, string>> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  try {
    const starter = await processes(mode).starterFor({ folder: model, usesGpu: false });
    return await firstMessage(starter.start(thief, [data, String(port)], () => {}));
  } finally {
    server.close();
  }
}

test.runIf(isPossible)("hides the memory, files and network of Leeway, and shows the model", async () => {
  const seen = await rob("required");
  expect(seen).toMatchObject({ model: "done", score: "1000" });
  const { environment, memory, descriptors, root: throughRoot, secret, above, network } = seen;
  for (const outcome of [environment, memory, descriptors, throughRoot, secret, above, network]) {
    expect(outcome).toMatch(/^E[A-Z]+$/);
  }
});

test("hides nothing if the isolation is off", async () => {
  expect(await rob("none")).toMatchObject({ environment: "done", secret: "done", network: "done", model: "done" });
});

test("rejects a GPU if the isolation is required", async () => {
  await expect(processes("required").starterFor({ folder: model, usesGpu: true })).rejects.toThrow("CPU only");
});

test("kills a process that holds more memory than its limit", async () => {
  const hungry = script(
    "hungry",
    "const held = []; setInterval(() => held.push(Buffer.alloc(40 * 2 ** 20, 1)), 10); process.send('ready');",
  );
  const exceeded = Promise.withResolvers<void>();
  // Without a limit of the kernel's, as with a GPU.
  const child = plainStarter({ folder: model, usesGpu: true }, 2 ** 20).start(hungry, [], exceeded.resolve);
  const [[, signal]] = await Promise.all([once(child, "exit"), exceeded.promise]);
  expect(signal).toBe("SIGKILL");
});
