"use client";

import dynamic from "next/dynamic";

/** The sweeps of an experiment, whose code only pages that show them load. */
export const LazyExperimentSweeps = dynamic(() =>
  import("./experiment-sweeps.tsx").then((module) => module.ExperimentSweeps),
);
