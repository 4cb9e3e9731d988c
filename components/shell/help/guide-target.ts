import { posix } from "node:path";

/** Target of a link in a guide. */
export type GuideTarget =
  | { kind: "guide" | "outside"; href: string }
  /** A file of the repository, which the running console does not have. */
  | { kind: "file" };

/**
 * Resolves a link from one guide: links to other guides stay in the console.
 * @param from name of the guide: "spec/drift"
 * @param names of all guides
 */
export function guideTarget(href: string, from: string, names: readonly string[]): GuideTarget {
  if (/^(?:https?|mailto):/.test(href)) return { kind: "outside", href };
  if (href.startsWith("#")) return { kind: "guide", href };
  const [path = "", anchor] = href.split("#");
  const name = posix.join(posix.dirname(from), path).replace(/\.md$/, "");
  if (!path.endsWith(".md") || !names.includes(name)) return { kind: "file" };
  return { kind: "guide", href: `${guideHref(name)}${anchor === undefined ? "" : `#${anchor}`}` };
}

/** Address of a guide: the index of a folder is at the address of the folder. */
export function guideHref(name: string): string {
  return posix.join("/help", name.replace(/(?:^|\/)README$/, ""));
}

/** Address of an image, if it is one of those that the console serves. */
export function guideImage(source: string, from: string): string | undefined {
  const path = posix.join("docs", posix.dirname(from), source);
  return path.startsWith("public/screenshots/") ? path.slice("public".length) : undefined;
}
