import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** `from "…"`, `import "…"`, `import("…")` and `new URL("…", import.meta.url)`, which starts worker threads. */
const specifier = /\b(?:from|import)\s*(?:\(\s*)?"([^"\n]+)"|\bnew URL\(\s*"([^"\n]+)",\s*import\.meta\.url/g;

/** Imports between the project's own source files, read once a file until `invalidate` is called for it. */
export class SourceGraph {
  private readonly root: string;
  private readonly imports = new Map<string, string[]>();

  /** @param root absolute path of the checkout */
  constructor(root: string) {
    this.root = root;
  }

  /** Reads this file again the next time. @param file absolute path */
  invalidate(file: string): void {
    this.imports.delete(file);
  }

  /** Returns the absolute paths of all files that a program loads when it starts at `entry`. Files that do not exist count as empty. */
  async reachableFrom(entry: string): Promise<Set<string>> {
    const reached = new Set([entry]);
    for (const file of reached) {
      for (const target of await this.importsOf(file)) reached.add(target);
    }
    return reached;
  }

  private async importsOf(file: string): Promise<string[]> {
    const known = this.imports.get(file);
    if (known) return known;
    const source = await readFile(file, "utf8").catch(() => "");
    const targets = [...source.matchAll(specifier)].flatMap(([, imported, url]) => {
      const target = this.resolve(file, imported ?? url ?? "");
      return target ? [target] : [];
    });
    this.imports.set(file, targets);
    return targets;
  }

  private resolve(from: string, name: string): string | undefined {
    if (!/\.tsx?$/.test(name)) return undefined;
    // "#server/x.ts" is server/x.ts: package.json maps each prefix to the folder of its name.
    if (name.startsWith("#")) return join(this.root, name.slice(1));
    return name.startsWith(".") ? join(dirname(from), name) : undefined;
  }
}
