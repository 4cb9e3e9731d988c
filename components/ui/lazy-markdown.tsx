"use client";

import dynamic from "next/dynamic";

/** Loads the parser, together with a text that is read. */
export const loadMarkdown = () => import("./markdown.tsx").then((module) => module.Markdown);

/** Markdown whose parser only pages with a text to show load. */
export const LazyMarkdown = dynamic(loadMarkdown);
