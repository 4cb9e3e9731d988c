import { headingSlug } from "../text/heading-slug.ts";
import type { Documents } from "./documents.ts";

/** A heading of a guide. */
export interface GuideHeading {
  /** Title of the guide. */
  guide: string;
  heading: string;
  /** Address in the console: "/help/on-call#silences". */
  href: string;
}

const known = new WeakMap<Documents, Promise<GuideHeading[]>>();

/** Lists the titles and headings of all guides. They come with the program, so each is read once. */
export function guideHeadings(documents: Documents): Promise<GuideHeading[]> {
  const stored = known.get(documents);
  if (stored) return stored;
  const reading = readHeadings(documents);
  known.set(documents, reading);
  // What could not be read is tried again.
  reading.catch(() => known.delete(documents));
  return reading;
}

async function readHeadings(documents: Documents): Promise<GuideHeading[]> {
  const names = (await documents.list()).filter((name) => !name.endsWith("README"));
  const guides = await Promise.all(names.map((name) => documents.read(name)));
  return guides.flatMap((guide) => {
    if (!guide) return [];
    const href = `/help/${guide.name}`;
    const headings = headingsOf(guide.text).map((heading) => ({
      guide: guide.title,
      heading,
      href: `${href}#${headingSlug(heading)}`,
    }));
    return [{ guide: guide.title, heading: guide.title, href }, ...headings];
  });
}

/** Headings below the title. In a code block, a line that starts with "#" is a comment. */
function headingsOf(text: string): string[] {
  let isCode = false;
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("```")) isCode = !isCode;
    const heading = isCode ? undefined : /^#{2,4} (.+)$/.exec(line)?.[1];
    return heading === undefined ? [] : [heading.replaceAll(/[`*]/g, "")];
  });
}
