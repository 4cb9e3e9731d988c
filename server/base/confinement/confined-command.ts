/** Means that keep a process which handles foreign content away from Leeway. Each is present only on some machines. */
export interface Confinement {
  /** Runs as a user that owns nothing. Only root may choose the user of a process. */
  hasOwnUser: boolean;
  /**
   * plain: a user namespace, in which the memory and environment of Leeway cannot be read, and a network namespace without any network;
   * hiding: in addition a mount namespace, in which the folders of Leeway are empty.
   */
  namespaces: "none" | "plain" | "hiding";
}

export interface ConfinedProgram {
  /** Program and arguments. */
  program: readonly string[];
  /** Bytes of private memory that it may allocate; undefined without a limit. */
  dataBytes: number | undefined;
  /** Folders that "hiding" replaces by empty ones; none within another. */
  hidden: readonly string[];
}

/** User and group that nobody has: Debian reserves 65520 to 65533, and systemd assigns none of them. */
export const confinedUser = { uid: 65_520, gid: 65_520 };

/** Limits the memory, leaves no memory images, and lets the kernel end this process first when memory runs out. */
const limitMemory = `
ulimit -c 0
if [ "$1" != unlimited ]; then ulimit -d "$1"; fi
shift
echo 1000 2>/dev/null >/proc/self/oom_score_adj
exec "$@"
`;

/**
 * Hides folders below empty file systems, and continues in the current folder, which now lies in the first of them. Nothing can uncover
 * them again: the program runs without any capability.
 */
const hideFolders = `
set -e
for folder in $1; do mount -t tmpfs -o mode=755,size=64k tmpfs "$folder"; done
first=\${1%%"$IFS"*}
shift
mkdir "$first/model"
mount -c --bind . "$first/model"
cd "$first/model"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

/**
 * Returns the command that runs a program confined, on Linux. Folders must not contain a line feed. No part of the texts that the shell
 * interprets comes from elsewhere: folders and limits are its arguments.
 */
export function confinedCommand(
  { namespaces }: Confinement,
  { program, dataBytes, hidden }: ConfinedProgram,
): string[] {
  const kilobytes = dataBytes === undefined ? "unlimited" : String(Math.ceil(dataBytes / 1024));
  return ["sh", "-c", limitMemory, "sh", kilobytes, ...inNamespaces(namespaces, hidden), ...program];
}

function inNamespaces(namespaces: Confinement["namespaces"], hidden: readonly string[]): string[] {
  if (namespaces === "none") return [];
  if (namespaces === "plain") return ["unshare", "--user", "--map-current-user", "--net"];
  const hide = `IFS='\n'\n${hideFolders}`;
  return ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", hide, "sh", hidden.join("\n")];
}
