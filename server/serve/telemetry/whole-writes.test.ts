import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { PredictionSpool } from "./prediction-spool.ts";
import { claimSlot } from "./slot.ts";
import { startOf } from "./spool-mark.ts";
import { journaledWindows, readJournal } from "./window-journal.ts";
import { WindowSpool } from "./window-spool.ts";

const root = mkdtempSync(join(tmpdir(), "leeway-whole-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = () => join(root, String(folders++));
const urlOf = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
const node = (script: string) => [process.execPath, "--input-type=module", "-e", script] as const;

const key = { workspaceId: "w", endpointId: "e", versionId: "v", arm: "stable" as const, provider: "cpu" };
const ok = { status: 200, rows: 2, latencyMs: 12, queueMs: 1, computeMs: 10 };
const start = 1_700_000_000_000;
const requestsIn = (folder: string, mark: number, unreadable: string[] = []) =>
  [...readJournal(folder, mark, (line) => unreadable.push(line)).values()].reduce((sum, one) => sum + one.requests, 0);

/** Runs a script whose files cannot grow beyond some KiB: the write that reaches the limit is cut short, as on a full disk. */
function runWithLimit(kibibytes: number, script: string): string {
  const quoted = node(script).map((part) => `'${part.replaceAll("'", `'\\''`)}'`);
  const child = spawnSync("bash", ["-c", `ulimit -f ${kibibytes}; exec ${quoted.join(" ")}`], { encoding: "utf8" });
  expect(child.stderr).toBe("");
  return child.stdout;
}

test("leaves only whole lines behind when the disk takes a part of a line", () => {
  const folder = newFolder();
  const script = `import { PredictionSpool } from ${urlOf("./prediction-spool.ts")};
    const spool = new PredictionSpool(${JSON.stringify(folder)}, 2 ** 30);
    const taken = [];
    for (let line = 0; line < 40; line += 1) {
      const text = JSON.stringify({ line, text: "x".repeat(line % 2 === 0 ? 600 : 20) });
      try { spool.add(text); taken.push(line); } catch {}
    }
    process.stdout.write(JSON.stringify(taken));`;
  const taken = JSON.parse(runWithLimit(8, script)) as number[];
  expect(taken.length).toBeLessThan(40);
  const [segment = ""] = readdirSync(folder);
  const lines = readFileSync(join(folder, segment), "utf8").split("\n");
  expect(lines.pop()).toBe("");
  // A short line still found room after a long one had not.
  expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(taken);
  expect(taken.some((line, index) => line > (taken[index - 1] ?? -1) + 1)).toBe(true);
});

test("counts every request of a disk that takes only a part, once and in the right window", async () => {
  const folder = newFolder();
  const script = `import { WindowSpool } from ${urlOf("./window-spool.ts")};
    const spool = new WindowSpool(${JSON.stringify(folder)}, "g", { now: () => ${start} });
    for (let request = 0; request < 400; request += 1)
      await spool.add(${JSON.stringify(key)}, { ...${JSON.stringify(ok)}, latencyMs: request });
    process.stdout.write(JSON.stringify(spool.hasDiskFailed));`;
  const log = runWithLimit(4, script).split("\n").at(-1);
  expect(log).toBe("true");
  const unreadable: string[] = [];
  const known = requestsIn(folder, start, unreadable);
  expect(unreadable).toEqual([]);
  expect(known).toBeGreaterThan(50);
  expect(known).toBeLessThan(400);
});

test("sets a line aside that is none, and counts the others", async () => {
  const folder = newFolder();
  mkdirSync(folder);
  const spool = new WindowSpool(folder, "g", { now: () => start });
  await spool.add(key, ok);
  spool.close();
  const torn = "r 0 200 2 12.0r 0 200 2 12.000 1.000 10.000 0.000";
  appendFileSync(join(folder, `${start}.log`), `${torn}\nr 0 200 2 12.000 1.000 10.000 0.000\n`);
  const next = new WindowSpool(folder, "g", { now: () => start });
  expect(next.dropped).toBe(1);
  expect(readFileSync(join(folder, "aside", `${start}.log`), "utf8")).toBe(`${torn}\n`);
  await next.add(key, ok);
  const unreadable: string[] = [];
  expect(requestsIn(folder, start, unreadable)).toBe(3);
  expect(unreadable).toEqual([]);
});

test("counts a time that is no number as none", async () => {
  const folder = newFolder();
  const spool = new WindowSpool(folder, "g", { now: () => start });
  await spool.add(key, { ...ok, computeMs: Number.NaN });
  await spool.add(key, ok);
  expect([...readJournal(folder, start).values()]).toMatchObject([{ requests: 2, computeSumMs: 10 }]);
});

test("removes drafts that a killed process left behind", () => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, `${start}.log.new`), "a {");
  new WindowSpool(folder, "g", { now: () => start }).close();
  expect(readdirSync(folder)).toEqual([`${start}.log`]);
});

test("closes the window of a clock that was ahead, and counts on in the right one under another id", async () => {
  const folder = newFolder();
  const day = 86_400_000;
  let now = start + day;
  const spool = new WindowSpool(folder, "g", { now: () => now });
  await spool.add(key, ok);
  now = start;
  await spool.add(key, ok);
  await spool.add(key, ok);
  spool.close();
  const marks = journaledWindows(folder);
  expect(marks.map((mark) => [startOf(mark), requestsIn(folder, mark)])).toEqual([
    [start, 2],
    [start + day, 1],
  ]);
  // The next process continues the window that was opened last, not the one that starts last.
  const next = new WindowSpool(folder, "g", { now: () => start + 4000 });
  await next.add(key, ok);
  expect(requestsIn(folder, start + 1)).toBe(3);
});

test("loses and doubles no confirmed request when the process is killed while it writes", async () => {
  const folder = newFolder();
  // In a file, since what is in a pipe is lost with a reader that is busy.
  const confirmations = join(root, "confirmations");
  const script = (round: number) => `import { appendFileSync } from "node:fs";
    import { WindowSpool } from ${urlOf("./window-spool.ts")};
    let now = ${start} + ${round} * 3000;
    const spool = new WindowSpool(${JSON.stringify(folder)}, "g", { now: () => now });
    for (let request = 1; ; request += 1) {
      await Promise.all([spool.add(${JSON.stringify(key)}, ${JSON.stringify(ok)}), spool.add(${JSON.stringify(key)}, ${JSON.stringify(ok)})]);
      appendFileSync(${JSON.stringify(confirmations)}, "2");
      process.stdout.write("2\\n");
      // Windows end, too, while the process may be killed.
      if (request % 40 === 0) now += 10_000;
      if (request % 25 === 0) await new Promise((resolve) => setImmediate(resolve));
    }`;
  const killAfter = [3, 11, 57, 83, 130, 201];
  for (const [round, lines] of killAfter.entries()) {
    const [command, ...args] = node(script(round * 20));
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    let seen = 0;
    for await (const _ of createInterface(child.stdout)) {
      seen += 1;
      if (seen === lines) child.kill("SIGKILL");
    }
    await ended;
  }
  const confirmed = 2 * readFileSync(confirmations, "utf8").length;
  const unreadable: string[] = [];
  const counted = journaledWindows(folder).reduce((sum, mark) => sum + requestsIn(folder, mark, unreadable), 0);
  expect(unreadable).toEqual([]);
  // Each kill may fall between the count on disk and its confirmation.
  expect(counted).toBeGreaterThanOrEqual(confirmed);
  expect(counted).toBeLessThanOrEqual(confirmed + 2 * killAfter.length);
});

test("gives simultaneous starts a slot each, and a dead one's slot to one of them", async () => {
  const script = (folder: string) => `import { claimSlot } from ${urlOf("./slot.ts")};
    const at = Number(process.argv.at(-1));
    while (Date.now() < at);
    process.stdout.write(claimSlot(${JSON.stringify(folder)}).gatewayId + "\\n");
    setInterval(() => {}, 1000);`;
  for (let round = 0; round < 3; round += 1) {
    const folder = newFolder();
    const dead = spawnSync(
      ...spawnArguments(`import { claimSlot } from ${urlOf("./slot.ts")};
      claimSlot(${JSON.stringify(folder)}); process.kill(process.pid, "SIGKILL");`),
    );
    expect(dead.signal).toBe("SIGKILL");
    const at = String(Date.now() + 1500);
    const children = Array.from({ length: 8 }, () => {
      const [command, ...args] = node(script(folder));
      return spawn(command, [...args, at], { stdio: ["ignore", "pipe", "inherit"] });
    });
    const ids: string[] = [];
    for (const child of children) {
      const [text] = (await once(child.stdout, "data")) as [Buffer];
      ids.push(text.toString().trim());
    }
    expect(new Set(ids).size).toBe(8);
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => once(child, "exit")));
    expect(ids).toContain(claimSlot(folder).gatewayId);
  }
});

test("replaces an id that a full disk left empty", () => {
  const folder = newFolder();
  mkdirSync(join(folder, "0"), { recursive: true });
  writeFileSync(join(folder, "0", "id"), "");
  expect(claimSlot(folder).gatewayId).toMatch(/-[0-9a-f]{8}$/);
});

test("returns predictions whole after a kill in the middle of a line", async () => {
  const folder = newFolder();
  const spool = new PredictionSpool(folder, 2 ** 20);
  spool.add('{"a":1}');
  spool.close();
  const [segment = ""] = readdirSync(folder);
  appendFileSync(join(folder, segment), '{"a":');
  const next = new PredictionSpool(folder, 2 ** 20);
  next.add('{"a":2}');
  const lines: string[] = [];
  await next.drain(async (stored) => {
    lines.push(...stored);
  });
  expect(lines).toEqual(['{"a":1}', '{"a":2}']);
  expect(next.waitingBytes).toBe(0);
});

function spawnArguments(script: string): [string, string[]] {
  const [command, ...args] = node(script);
  return [command, args];
}
