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

/** Returns the path of a Chromium for the tests, installing Debian's if allowed; undefined if none is available. */
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

/** Installs a software GPU, so that the WebGPU provider is tested on machines without a real one. Tests report what is missing. */
export function ensureVulkan(): void {
  const drivers = "/usr/share/vulkan/icd.d";
  if (!existsSync(drivers) || readdirSync(drivers).length === 0) installPackages(["libvulkan1", "mesa-vulkan-drivers"]);
}

/** Installs curl, which every example on screen and the pipeline script use; a bare Debian does not include it. */
export function ensureCurl(): void {
  if (spawnSync("curl", ["--version"]).status !== 0) installPackages(["curl", "ca-certificates"]);
}

/** Installs Prometheus' own linter. Tests report what is missing. */
export function ensurePromtool(): void {
  if (spawnSync("promtool", ["--version"]).status !== 0) installPackages(["prometheus"]);
}

/** Installs Debian's Slurm. Its services do not start, since they have no settings; tests start their own, and report what is missing. */
export function ensureSlurm(): void {
  if (spawnSync("slurmrestd", ["-V"]).status === 0) return;
  installPackages(["slurmctld", "slurmd", "slurm-client", "slurmrestd", "slurm-wlm-jwt-plugin", "munge"]);
}

/** Returns a Python with venv, installing Debian's if allowed; undefined if none is available. */
export function ensurePython(): string | undefined {
  const works = (name: string) =>
    spawnSync(name, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]).status === 0;
  const find = () => ["python3", "/usr/bin/python3"].find(works);
  return find() ?? (installPackages(["python3", "python3-venv"]) ? find() : undefined);
}

/** Debian's Alertmanager looks for its templates here and nowhere else. */
const templates = "/usr/share/prometheus/alertmanager";

/**
 * Provides Debian's Prometheus, and its Alertmanager with amtool. The packages are unpacked, not installed, so that no service starts.
 * @returns the folder of the programs; undefined if they are not available, which tests report
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

/** Provides Debian's Valkey and Redis, unpacked, so that no service starts. Tests find them in `.cache/redis`, and report what is missing. */
export function ensureRedisServers(): void {
  const folder = resolve(".cache/redis");
  const isThere = ["valkey-server", "redis-server"].every((name) => existsSync(`${folder}/usr/bin/${name}`));
  if (isThere) return;
  unpackPackages(["valkey-server", "valkey-tools", "redis-server", "redis-tools", "liblzf1", "libjemalloc2"], folder);
}

/** Fetches Debian packages and unpacks them into a folder. @returns whether that worked */
function unpackPackages(names: string[], folder: string): boolean {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (command: string, args: string[]) =>
    spawnSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  // As root, apt would download as another user, who may not write here.
  const download = () => run("apt-get", ["-qq", "-o", "APT::Sandbox::User=root", "download", ...names]);
  console.log(`Unpacking ${names.join(", ")} …`);
  if (!download() && !(isRoot && run("apt-get", ["-qq", "update"]) && download())) return false;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".deb"))
    .every((name) => run("dpkg", ["-x", name, "."]));
}
