import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Folders of guides: the user guides, and the specifications that they refer to. */
const folders = ["", "spec"];

/** A guide as it is on disk. */
export interface Guide {
  /** "roll-out", "spec/drift"; "README" is the index of its folder. */
  name: string;
  /** Text of its first line. */
  title: string;
  /** Markdown without the title. */
  text: string;
}

/** The Markdown guides that come with the program. Only files that a listing of their folder has are read. */
export class Documents {
  private readonly folder: string;

  /** @param folder absolute path of the guides */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Lists the names of all guides. */
  async list(): Promise<string[]> {
    const lists = await Promise.all(
      folders.map(async (folder) => {
        const files = await readdir(join(this.folder, folder));
        return files.filter((file) => file.endsWith(".md")).map((file) => join(folder, file.slice(0, -".md".length)));
      }),
    );
    return lists.flat();
  }

  /** Reads a guide. @returns undefined if no guide has this name, whatever path the name spells */
  async read(name: string): Promise<Guide | undefined> {
    if (!(await this.list()).includes(name)) return undefined;
    const [first = "", ...rest] = (await readFile(join(this.folder, `${name}.md`), "utf8")).split("\n");
    return { name, title: first.replace(/^# /, ""), text: rest.join("\n") };
  }
}
