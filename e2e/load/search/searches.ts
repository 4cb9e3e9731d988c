import { createHash } from "node:crypto";

const runId = (run: number) => createHash("md5").update(String(run)).digest("hex");

/** What people type, by what makes it hard; the names are those of fill-search-workspace.ts. */
export const searches: Readonly<Record<string, readonly string[]>> = {
  "one letter": [..."abcdefghijklmnopqrstuvwxyz", "0", "7", "-"],
  prefix: [
    "fr",
    "car",
    "parc",
    "merc",
    "omnis",
    "card-f",
    "bold-a",
    "unic",
    "invoice-r",
    "photo-q",
    "gra",
    "ver",
    "mod",
  ],
  "common word": ["card", "fraud", "v3", "ada", "model", "run", "lively", "unicorn", "parcel", "risk", "grace", "hare"],
  "two words": [
    "card v3",
    "fraud 12",
    "bold ant",
    "calm ada",
    "parcel fraud",
    "merciful card",
    "owl grace",
    "roll back card",
    "start rollout parcel",
    "nosy hare churn",
    "jolly card fraud ada",
  ],
  "whole name": ["card-fraud-15", "bold-ant-16", "invoice-fraud-2", "churn-delay-33", "puzzled-yak-999"],
  "in the middle": ["nicor", "arce", "audu", "d-fr", "ully", "ntle-fi", "99", "12", "-eel-1", "ard-fra"],
  id: [runId(5).slice(0, 4), runId(60_000).slice(0, 8), runId(99_999), runId(31_000).slice(0, 6), "c0ffee", "1042"],
  typo: ["farud", "parcle", "unicron", "mercifull", "inovice", "card-fruad-15", "chrun", "zzzzzz", "jolly-gull-x"],
};

/** Beginnings of IDs, as after "#". */
export const idSearches: readonly string[] = ["a", "3f", "0c1", runId(77).slice(0, 5), runId(50_000), "zz"];
