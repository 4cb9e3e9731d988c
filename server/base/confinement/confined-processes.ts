import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "../child-environment.ts";
import { log } from "../log.ts";
import { type Confinement, confinedCommand, confinedUser } from "./confined-command.ts";
import { halfOfMemory } from "./half-of-memory.ts";
import { watchMemory } from "./memory-watch.ts";
import type { ProbeReport } from "./probe.ts";

/** auto: as far as this machine allows; required: not at all otherwise; none: only with limited memory. */
export type ConfinementMode = "auto" | "required" | "none";

export interface ConfinedOptions {
  mode: ConfinementMode;
  /** Folders of Leeway. */
  hidden: readonly string[];
  /** A folder inside them for what the probes need. */
  folder: string;
  /** Memory of each process. */
  maxBytes: number;
}

/** What the process is about to handle. */
export interface Foreign {
  /** Folder of its files, which becomes its current folder. */
  folder: string;
  /** Whether it uses a GPU: its driver needs devices, and more address space than memory. */
  usesGpu: boolean;
}

/** Starts processes of one kind. */
export interface ProcessStarter {
  readonly maxBytes: number;
  /** Whether such a process can read neither memory nor files of Leeway. */
  readonly isConfined: boolean;
  /** @param onExceeded called when the process holds too much memory, after it was killed */
  start(script: URL, args: readonly string[], onExceeded: () => void): ChildProcess;
}

const isLinux = process.platform === "linux";
/** Address space that V8 and ONNX Runtime reserve: 593 MB were measured with Node 24.21 and onnxruntime-node 1.30. */
const reservedBytes = 768 * 2 ** 20;
/** Program, libraries and heap of JavaScript, which are no part of what the content needs: 82 MB were measured. */
const ownBytes = 256 * 2 ** 20;
const probeLimitMs = 20_000;
const nothing: Confinement = { hasOwnUser: false, namespaces: "none" };

/** Starts processes that handle foreign content, as confined as this machine allows: docs/security.md#model-processes. */
export class ConfinedProcesses {
  readonly isRequired: boolean;
  private readonly options: ConfinedOptions;
  private readonly hidden: string[];
  private readonly probes = new Map<string, Promise<ProbeReport | undefined>>();

  constructor(options: ConfinedOptions) {
    this.options = options;
    this.isRequired = options.mode === "required";
    const isInside = (path: string) => options.hidden.some((other) => path.startsWith(`${other}${sep}`));
    this.hidden = [...new Set(options.hidden)].filter((path) => existsSync(path) && !isInside(path));
  }

  /** Finds out what this machine allows, once, and logs it. @returns whether processes can read neither memory nor files of Leeway */
  async check(): Promise<boolean> {
    const found = await this.strongest(wanted());
    const level = found ? { ...found.means, ...found.report } : { ...nothing, isProbed: false };
    log.info("model_isolation.chosen", { mode: this.options.mode, ...level });
    return isClosed(found?.report);
  }

  /**
   * Returns how to start processes for some content.
   * @throws Error if the confinement is required and impossible
   */
  async starterFor(foreign: Foreign): Promise<ProcessStarter> {
    // A driver finds its devices by groups, and reserves address space by the terabyte.
    const found = foreign.usesGpu ? undefined : await this.strongest(meansFor(foreign.folder));
    const isConfined = isClosed(found?.report);
    if (this.isRequired && !isConfined) throw new Error(whyNot(foreign));
    return starter(found?.means, foreign, { maxBytes: this.options.maxBytes, isConfined, hidden: this.hidden });
  }

  /** Returns the first means that work here; undefined without any. */
  private async strongest(
    candidates: readonly Confinement[],
  ): Promise<{ means: Confinement; report: ProbeReport } | undefined> {
    if (this.options.mode === "none") return undefined;
    for (const means of candidates) {
      const key = JSON.stringify(means);
      const known = this.probes.get(key) ?? this.probe(means);
      this.probes.set(key, known);
      const report = await known;
      if (report) return { means, report };
    }
    return undefined;
  }

  private async probe(means: Confinement): Promise<ProbeReport | undefined> {
    mkdirSync(this.options.folder, { recursive: true });
    const folder = mkdtempSync(join(this.options.folder, ".isolation-"));
    const secret = join(folder, "secret");
    const content = join(folder, "content");
    writeFileSync(secret, "A confined process cannot read this.", { mode: 0o600 });
    mkdirSync(content);
    writeFileSync(join(content, "probe"), "A confined process can read this.", { mode: 0o600 });
    try {
      const options = { maxBytes: this.options.maxBytes, isConfined: false, hidden: this.hidden };
      const started = starter(means, { folder: content, usesGpu: false }, options, "ignore");
      const needed = import.meta.resolve("onnxruntime-node");
      return await reportOf(started.start(new URL("./probe.ts", import.meta.url), [secret, needed], () => {}));
    } catch (cause) {
      // Root without the right to change owners or users.
      log.debug("model_isolation.probe_failed", { ...means, cause });
      return undefined;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Starts processes with limited memory, and without any further confinement. */
export function plainStarter(foreign: Foreign, maxBytes = halfOfMemory()): ProcessStarter {
  return starter(nothing, foreign, { maxBytes, isConfined: false, hidden: [] });
}

function starter(
  means = nothing,
  { folder, usesGpu }: Foreign,
  { maxBytes, isConfined, hidden }: { maxBytes: number; isConfined: boolean; hidden: readonly string[] },
  output: "inherit" | "ignore" = "inherit",
): ProcessStarter {
  return {
    maxBytes,
    isConfined,
    start: (script, args, onExceeded) => {
      if (means.hasOwnUser) openTo(folder, confinedUser.gid);
      const dataBytes = usesGpu ? undefined : maxBytes + reservedBytes;
      const program = [process.execPath, fileURLToPath(script), ...args];
      const [command = "", ...rest] = isLinux ? confinedCommand(means, { program, dataBytes, hidden }) : program;
      const child = spawn(command, rest, {
        cwd: folder,
        // Typed arrays as they are, without a detour over JSON.
        serialization: "advanced",
        stdio: ["ignore", output, output, "ipc"],
        env: childEnvironment(),
        ...(means.hasOwnUser && confinedUser),
      });
      const { pid } = child;
      if (pid === undefined) return child;
      const stopWatching = watchMemory({
        pid,
        maxBytes: maxBytes + ownBytes,
        onExceeded: () => {
          child.kill("SIGKILL");
          onExceeded();
        },
      });
      child.once("exit", stopWatching);
      return child;
    },
  };
}

function wanted(): Confinement[] {
  if (!isLinux) return [];
  const asOther: Confinement[] = [
    { hasOwnUser: true, namespaces: "plain" },
    { hasOwnUser: true, namespaces: "none" },
  ];
  const asSame: Confinement[] = [
    { hasOwnUser: false, namespaces: "hiding" },
    { hasOwnUser: false, namespaces: "plain" },
    nothing,
  ];
  return process.getuid?.() === 0 ? [...asOther, ...asSame] : asSame;
}

/**
 * Of a model with weights in files beside it, ONNX Runtime resolves the complete path, and another user cannot pass through the folders of
 * Leeway. Where these are hidden, the path is a different one.
 */
function meansFor(folder: string): Confinement[] {
  const hasFilesBeside = readdirSync(folder).length > 1;
  return wanted().filter(({ hasOwnUser }) => !(hasOwnUser && hasFilesBeside));
}

function isClosed(report: ProbeReport | undefined): boolean {
  return report !== undefined && !report.readsMemory && !report.readsFiles;
}

function whyNot({ usesGpu }: Foreign): string {
  if (usesGpu) return "MODEL_ISOLATION=required allows the CPU only: a GPU's driver cannot be isolated.";
  return "MODEL_ISOLATION=required, but this machine cannot isolate the process of this version. See docs/security.md, Model processes.";
}

/** Lets a group read a folder and what it contains. Its parents remain closed: the process starts inside. */
function openTo(path: string, gid: number): void {
  const found = lstatSync(path);
  const isFolder = found.isDirectory();
  // What a link leads to is not of this folder.
  if (!isFolder && !found.isFile()) return;
  chownSync(path, found.uid, gid);
  chmodSync(path, (found.mode & 0o700) | (isFolder ? 0o050 : 0o040));
  if (isFolder) for (const name of readdirSync(path)) openTo(join(path, name), gid);
}

/** Returns what a probe reports, or undefined when it fails: then the means do not work here. */
function reportOf(child: ChildProcess): Promise<ProbeReport | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), probeLimitMs);
    let report: ProbeReport | undefined;
    child.once("message", (message) => {
      report = message as ProbeReport;
    });
    const end = () => {
      clearTimeout(timer);
      resolve(report);
    };
    child.once("error", end);
    child.once("exit", () => (child.connected ? child.once("disconnect", end) : end()));
  });
}
