"use client";

import dynamic from "next/dynamic";

/** The table of runs, whose code the charts and sweeps of an experiment do not load. */
export const LazyRunsPanel = dynamic(() => import("./runs-panel.tsx").then((module) => module.RunsPanel));
