"use client";

import dynamic from "next/dynamic";

/** Markdown whose parser only pages with a text to show load. */
export const LazyMarkdown = dynamic(() => import("./markdown.tsx").then((module) => module.Markdown));
