"use client";

import dynamic from "next/dynamic";

/** The charts of runs, whose code only pages that show them load: a client component splits it, a server component would not. */
export const LazyRunWorkspace = dynamic(() =>
  import("./run-workspace.tsx").then((module) => module.RunWorkspacePanels),
);
