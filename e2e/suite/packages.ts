import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";

const isRoot = process.getuid?.() === 0;
let listed = false;

/** Installs Debian packages when root on a machine with apt. @returns whether they are there now. */
function installPackages(names: string[]): boolean {
  if (!isRoot || spawnSync("apt-get", ["--version"]).status !== 0) return false;
  const apt = (args: string[]) =>
    spawnSync("apt-get", ["-qq", ...args], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0;
  if (!listed) listed = apt(["update"]);
  console.log(`Installing ${names.join(", ")} …`);
  return apt(["install", "-y", "--no-install-recommends", ...names]);
}

/** Path of a Chromium to drive, installing Debian's when allowed; undefined where none can be had. */
export function ensureChromium(): string | undefined {
  const find = (): string | undefined =>
    [
      process.env.CHROMIUM_PATH,
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
      bundledChromium(),
    ].find((path) => path !== undefined && existsSync(path));
  if (!find() && !installPackages(["chromium", "fonts-liberation"])) {
    spawnSync("npx", ["--no-install", "playwright", "install", "chromium"], { stdio: "inherit" });
  }
  return find();
}

function bundledChromium(): string | undefined {
  const folder = `${process.env.HOME ?? ""}/.cache/ms-playwright`;
  const build = existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith("chromium-")) : undefined;
  return build && `${folder}/${build}/chrome-linux/chrome`;
}

/** A software GPU, so that the WebGPU provider is tested where there is no real one. Tests name what is missing. */
export function ensureVulkan(): void {
  const drivers = "/usr/share/vulkan/icd.d";
  if (!existsSync(drivers) || readdirSync(drivers).length === 0) installPackages(["libvulkan1", "mesa-vulkan-drivers"]);
}

/** The program of every example on screen and of the pipeline script; a bare Debian has none. */
export function ensureCurl(): void {
  if (spawnSync("curl", ["--version"]).status !== 0) installPackages(["curl", "ca-certificates"]);
}

/** Prometheus' own linter. Tests name what is missing. */
export function ensurePromtool(): void {
  if (spawnSync("promtool", ["--version"]).status !== 0) installPackages(["prometheus"]);
}

/** A Python with venv, installing Debian's when allowed; undefined where none can be had. */
export function ensurePython(): string | undefined {
  const works = (name: string) =>
    spawnSync(name, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]).status === 0;
  const find = () => ["python3", "/usr/bin/python3"].find(works);
  return find() ?? (installPackages(["python3", "python3-venv"]) ? find() : undefined);
}

/** Debian's Alertmanager looks for its templates here and nowhere else. */
const templates = "/usr/share/prometheus/alertmanager";

/**
 * Debian's Prometheus, and its Alertmanager with amtool. Unpacked and not installed, so that no service starts.
 * @returns the folder of the programs; undefined where they cannot be had, which tests name
 */
export function ensurePrometheus(): string | undefined {
  const folder = resolve(".cache/prometheus");
  const programs = `${folder}/usr/bin`;
  const names = ["prometheus", "prometheus-alertmanager", "amtool"];
  const isThere = () => names.every((name) => existsSync(`${programs}/${name}`));
  if (!isThere() && !unpackPackages(["prometheus", "prometheus-alertmanager"], folder)) return undefined;
  if (isRoot && !existsSync(templates)) cpSync(`${folder}${templates}`, templates, { recursive: true });
  return isThere() ? programs : undefined;
}

/** Fetches Debian packages and unpacks them into a folder. @returns whether that worked */
function unpackPackages(names: string[], folder: string): boolean {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (command: string, args: string[]) =>
    spawnSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  // As root, apt would fetch as another user, who may not write here.
  const download = () => run("apt-get", ["-qq", "-o", "APT::Sandbox::User=root", "download", ...names]);
  console.log(`Unpacking ${names.join(", ")} …`);
  if (!download() && !(isRoot && run("apt-get", ["-qq", "update"]) && download())) return false;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".deb"))
    .every((name) => run("dpkg", ["-x", name, "."]));
}
