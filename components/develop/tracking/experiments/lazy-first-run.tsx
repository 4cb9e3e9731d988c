"use client";

import dynamic from "next/dynamic";

/** The first steps, whose code only experiments without runs load. */
export const LazyFirstRun = dynamic(() => import("./first-run.tsx").then((module) => module.FirstRun));
