import { guideTarget } from "./guide-target.ts";

/** Guides that the index links to, in its order: what the list beside a guide shows. @param index Markdown of the index */
export function listedGuides(index: string, names: readonly string[]): { href: string; title: string }[] {
  return [...index.matchAll(/\[([^\][]+)\]\(([^()\s]+)\)/g)].flatMap(([, title = "", href = ""]) => {
    const target = guideTarget(href, "README", names);
    return target.kind === "guide" ? [{ href: target.href, title }] : [];
  });
}
